/**
 * Public data sets through the commands that a user types: import --dry-run, import, mask, decode, evaluate. Writes accuracies with
 * interval, n, chance and permutation null to bench/results/real-data.json. The data are not part of this repository:
 *
 *     node bench/real-data/run.ts --data DIR [--seed N] [part of a name …]
 *
 * DIR holds the folders that `recipes.ts` names: haxby2001_slice (example data of PyMVPA, mvpa2/data, with its OpenfMRI layout),
 * bids_ds105 (ds105 of bids-standard/bids-examples) and localizer_sub1005 (inst/extdata of bbuchsbaum/rMVPA).
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { withPaths } from '../../src/engine/import/recipe-file.ts'
import { cases } from './recipes.ts'

const { values, positionals } = parseArgs({
  options: { data: { type: 'string' }, seed: { type: 'string', default: '0' } },
  allowPositionals: true,
})
if (values.data === undefined) {
  // Every other benchmark brings its own data.
  console.log('left out: needs --data DIR')
  process.exit(0)
}
const data = resolve(values.data)
const cli = new URL('../../src/cli/index.ts', import.meta.url).pathname

function troi(...words: string[]) {
  return JSON.parse(
    execFileSync(process.execPath, [cli, ...words, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
}

const out = new URL('../results/real-data.json', import.meta.url)
const results: Record<string, unknown>[] = []
for (const { name, folders, budget, recipe } of cases) {
  if (positionals.length > 0 && !positionals.some((part) => name.includes(part))) continue
  const absent = folders.find((folder) => !existsSync(join(data, folder)))
  if (absent !== undefined) {
    console.log(`${name}: ${absent} is not in --data, left out`)
    continue
  }
  const work = mkdtempSync(join(tmpdir(), 'troi-real-data-'))
  try {
    const file = join(work, 'recipe.json')
    const moved = withPaths(recipe, (path) => relative(work, join(data, path)).split(sep).join('/'))
    writeFileSync(file, JSON.stringify(moved))
    const project = join(work, 'project')
    const { preview } = troi('import', file, '--project', project, '--dry-run')
    troi('import', file, '--project', project)
    const seed = ['--seed', values.seed]
    const where = ['--project', project]
    const { mask, run } = troi('mask', ...where, '--subject', recipe.subject, '--budget', String(budget), ...seed)
    // The default, and the network of the paper beside it.
    const judged = (method: string) => {
      const decoded = troi('decode', ...where, '--mask', run, '--method', method, ...seed)
      const { metrics, permutation } = troi('evaluate', ...where, '--decoder', decoded.run)
      console.log(name, decoded.decoder.restart, JSON.stringify(metrics.accuracy), JSON.stringify(permutation))
      return { decoder: decoded.decoder.restart, accuracy: metrics.accuracy, permutation }
    }
    const { accuracy, permutation, decoder } = judged('auto')
    const network = judged('network')
    results.push({
      ...{
        name,
        budget,
        voxels: preview.voxels,
        maskVoxels: mask.voxels,
        trials: preview.trials,
        folds: preview.folds,
      },
      ...{ seed: Number(values.seed), steps: preview.steps, decoder, accuracy, permutation, network },
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
// Cases that were not run now keep their figures.
const before: typeof results = existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : []
const all = cases.flatMap(({ name }) => {
  const found = results.find((entry) => entry.name === name) ?? before.find((entry) => entry.name === name)
  return found === undefined ? [] : [found]
})
mkdirSync(new URL('.', out), { recursive: true })
writeFileSync(out, `${JSON.stringify(all, null, 2)}\n`)
