/**
 * Public data sets through the commands that a user types: import --dry-run, import, mask, decode, evaluate. Writes accuracies with
 * interval, n, chance and permutation null to bench/results/real-data.json. The data are not part of this repository:
 *
 *     node bench/real-data/run.ts --data DIR [--seed N] [part of a name …]
 *
 * DIR holds the folders that `recipes.ts` names (Haxby 2001 from PyMVPA's example data; the localizer of rMVPA).
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { withPaths } from '../../src/engine/import/recipe-file.ts'
import { cases } from './recipes.ts'

const { values, positionals } = parseArgs({
  options: { data: { type: 'string' }, seed: { type: 'string', default: '0' } },
  allowPositionals: true,
})
if (values.data === undefined) throw new Error('--data DIR is needed')
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

const results: Record<string, unknown>[] = []
for (const { name, folder, budget, recipe } of cases) {
  if (positionals.length > 0 && !positionals.some((part) => name.includes(part))) continue
  if (!existsSync(join(data, folder))) {
    console.log(`${name}: ${folder} is not in --data, left out`)
    continue
  }
  const work = mkdtempSync(join(tmpdir(), 'troi-real-data-'))
  try {
    const file = join(work, 'recipe.json')
    const moved = withPaths(recipe, (path) =>
      relative(work, join(data, folder, path))
        .split(sep)
        .join('/'),
    )
    writeFileSync(file, JSON.stringify(moved))
    const project = join(work, 'project')
    const { preview } = troi('import', file, '--project', project, '--dry-run')
    troi('import', file, '--project', project)
    const seed = ['--seed', values.seed]
    const where = ['--project', project]
    const { mask, run } = troi('mask', ...where, '--subject', recipe.subject, '--budget', String(budget), ...seed)
    const decoded = troi('decode', ...where, '--mask', run, ...seed)
    const evaluated = troi('evaluate', ...where, '--decoder', decoded.run)
    const { accuracy } = evaluated.metrics
    results.push({
      ...{
        name,
        budget,
        voxels: preview.voxels,
        maskVoxels: mask.voxels,
        trials: preview.trials,
        folds: preview.folds,
      },
      ...{ seed: Number(values.seed), steps: preview.steps, accuracy, permutation: evaluated.permutation },
    })
    console.log(name, JSON.stringify(accuracy), JSON.stringify(evaluated.permutation))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
const out = new URL('../results/real-data.json', import.meta.url)
mkdirSync(new URL('.', out), { recursive: true })
writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`)
