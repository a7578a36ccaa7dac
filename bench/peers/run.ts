/**
 * The Haxby slice that comes with the program, decoded by our procedure (mask of 100 voxels and decoder, both trained anew for every
 * run held out) beside nilearn's Decoder and SpaceNetClassifier on the same trials: block means, z-scored with the training trials.
 *
 *   node bench/peers/run.ts [--minutes 8] [part of a peer's name …]
 *
 * TROI_BENCH_PYTHON names a Python with nilearn (`python3` by default); without it nothing is measured. A peer that takes more than
 * --minutes of processor time is ended, and what it finished is kept as unfinished. Seconds are those of the whole process: ours also
 * opens the project and shuffles labels a thousand times, Python also loads its libraries. Figures go to bench/results/peers.json;
 * peers that were not run now keep theirs. Nothing was tuned on these accuracies: settings are each side's defaults.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, getPriority, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { wilsonInterval } from '../../src/core/evaluate/intervals.ts'
import { metricSchema } from '../../src/core/evaluate/metric.ts'

const { values: options, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '8' } },
  allowPositionals: true,
})
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const python = process.env.TROI_BENCH_PYTHON ?? 'python3'
const probe = spawnSync(python, [here('peers.py'), 'versions'], { encoding: 'utf8' })
if (probe.status !== 0) {
  console.log(`left out: ${python} has no nilearn; TROI_BENCH_PYTHON names another`)
  process.exit(0)
}

/** Runs a program to its end, or until it took `limit` seconds of processor time. */
function timed(program: string, args: readonly string[], limit: number) {
  const before = loadavg()[0]!
  const start = performance.now()
  // `times` prints what children took on its second line, grandchildren that were waited for included.
  const script = 'ulimit -S -t "$1"; shift; "$@"; status=$?; times >&2; exit $status'
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script, 'sh', String(limit), program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  const seconds = (performance.now() - start) / 1000
  const times = [...(stderr.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  const processorSeconds = times.reduce((sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest), 0)
  return { stdout, stderr, status, cost: { seconds, processorSeconds, load: { before, after: loadavg()[0]! } } }
}

const limit = 60 * Number(options.minutes)
const work = mkdtempSync(join(tmpdir(), 'troi-peers-'))
const project = join(work, 'project')
function troi(...words: string[]) {
  const args = [here('../../src/cli/index.ts'), ...words, '--project', project, '--json']
  const { stdout, stderr, status, cost } = timed(process.execPath, args, limit)
  if (status !== 0) throw new Error(`troi ${words[0]} failed: ${stderr}`)
  return { answer: JSON.parse(stdout) as unknown, cost }
}

const fold = z.object({
  run: z.number(),
  hits: z.number(),
  trials: z.number(),
  voxels: z.number(),
  voxelsPerClass: z.number(),
})
const entry = z.looseObject({ peer: z.string() })
const results: z.infer<typeof entry>[] = []
const chance = 1 / 8
const wanted = (peer: string) => positionals.length === 0 || positionals.some((part) => peer.includes(part))
function say(result: z.infer<typeof entry>): void {
  results.push(result)
  console.log(JSON.stringify(result))
}

const nilearn = ['decoder', 'decoder-own-standardising', 'decoder-100-voxels', 'spacenet', 'spacenet-reduced']
/** Where a peer does not run with its defaults. */
const settings: Readonly<Record<string, string>> = {
  'spacenet-reduced':
    'n_alphas=3 instead of 10, cv=3 instead of 8, max_iter=100 instead of 200; graph-net, logistic and the rest as they are by default',
}
const recipe = here('../../resources/examples/haxby2001/recipe.json')
try {
  troi('import', recipe)
  for (const seed of ['0', '1', '2']) {
    const peer = seed === '0' ? 'ours' : `ours, seed ${seed}`
    if (!wanted(peer)) continue
    const made = troi('mask', '--subject', 'haxby1', '--budget', '100', '--seed', seed)
    const mask = z.object({ run: z.string(), mask: z.object({ voxels: z.number() }) }).parse(made.answer)
    const decoded = troi('decode', '--mask', mask.run, '--seed', seed)
    const { metrics, decoder } = z
      .object({ metrics: z.record(z.string(), metricSchema), decoder: z.object({ restart: z.string() }) })
      .parse(decoded.answer)
    const { accuracy } = metrics
    say({ peer, finished: true, decoder: decoder.restart, accuracy, voxels: mask.mask.voxels, ...decoded.cost })
  }
  const [imported] = readdirSync(join(project, 'runs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('subject.data'),
  )
  if (imported === undefined) throw new Error('the import left no subject.data')
  for (const peer of nilearn) {
    if (!wanted(peer)) continue
    const { stdout, stderr, cost } = timed(python, [here('peers.py'), peer, join(project, 'runs', imported)], limit)
    const folds = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => fold.parse(JSON.parse(line)))
    const sum = (of: (each: z.infer<typeof fold>) => number) => folds.reduce((total, each) => total + of(each), 0)
    const [hits, n] = [sum((each) => each.hits), sum((each) => each.trials)]
    const finished = folds.length === 12
    if (!finished) console.log(`${peer}: ${folds.length} of 12 folds, then: ${stderr.trim().split('\n').at(-3) ?? ''}`)
    const accuracy =
      n === 0 ? null : { value: hits / n, direction: 'higher', chance, n, interval: wilsonInterval(hits, n) }
    // Means over folds: voxels with a weight for one class at least, and for each class.
    const mean = (total: number) => (folds.length === 0 ? null : total / folds.length)
    const voxels = {
      voxels: mean(sum((each) => each.voxels)),
      voxelsPerClass: mean(sum((each) => each.voxelsPerClass)),
    }
    const own = settings[peer] === undefined ? {} : { settings: settings[peer] }
    say({ peer, finished, folds: folds.length, ...own, accuracy, ...voxels, ...cost, niceness: getPriority() })
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}

const file = here('../results/peers.json')
const before = existsSync(file)
  ? z.object({ peers: z.array(entry) }).parse(JSON.parse(readFileSync(file, 'utf8'))).peers
  : []
const order = ['ours', 'ours, seed 1', 'ours, seed 2', ...nilearn]
const peers = order.flatMap((peer) => [...results, ...before].find((each) => each.peer === peer) ?? [])
const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown' }
const versions: unknown = JSON.parse(probe.stdout)
const result = { machine, node: process.version, python: versions, niceness: getPriority(), peers }
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
