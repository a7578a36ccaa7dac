/**
 * How long a session in NSD's own layout takes to import (81 × 104 × 83 voxels, 750 trials, int16 × 300; HDF5 with one voxel's
 * trials per chunk, and .nii.gz), beside nibabel or h5py with numpy doing the same work. Both sides take turns in one run, each time
 * in a new process; read the ratio rather than the seconds. Peak memory is that of the whole process.
 *
 *   node bench/import/run.ts [--trials 750] [--rounds 3] [--python PYTHON] [--data DIR] [--format nifti|hdf5]
 *
 * PYTHON needs numpy, nibabel and h5py; it also makes the session. --data keeps the session there for the next run.
 * Figures go to bench/results/import.json; with --format, the other format's stay as they are.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, getPriority, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const once = z.object({
  seconds: z.number(),
  trials: z.number(),
  voxels: z.number(),
  checksum: z.number(),
  peakBytes: z.number(),
})
type Once = z.infer<typeof once>

const { values: options } = parseArgs({
  options: {
    trials: { type: 'string', default: '750' },
    rounds: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    data: { type: 'string' },
    format: { type: 'string' },
  },
})
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 20 })
  if (error !== undefined || status !== 0) throw new Error(`${program} ${args[0]} failed: ${error?.message ?? stderr}`)
  return stdout
}

const python = options.python
const probe = spawnSync(
  python,
  ['-c', 'import numpy, nibabel, h5py; print(numpy.__version__, nibabel.__version__, h5py.__version__)'],
  { encoding: 'utf8' },
)
if (probe.status !== 0) {
  console.error(`${python} has no numpy, nibabel and h5py. Name one that has with --python; nothing was measured.`)
  process.exit(1)
}
const [numpy, nibabel, h5py] = probe.stdout.trim().split(' ')

const folder = options.data ?? mkdtempSync(join(tmpdir(), 'troi-import-'))
try {
  if (!existsSync(join(folder, 'trials.tsv'))) {
    mkdirSync(folder, { recursive: true })
    console.log(`making a session of ${options.trials} trials`)
    run(python, [here('reference.py'), 'make', folder, options.trials])
  }
  const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!
  const file = here('../results/import.json')
  const formats = new Map<string, unknown>()
  if (existsSync(file))
    for (const entry of z
      .object({ formats: z.array(z.looseObject({ format: z.string() })) })
      .parse(JSON.parse(readFileSync(file, 'utf8'))).formats)
      formats.set(entry.format, entry)
  for (const format of ['nifti', 'hdf5'] as const) {
    if (options.format !== undefined && options.format !== format) continue
    const before = loadavg()[0]!
    const ours: Once[] = []
    const theirs: Once[] = []
    for (let round = 0; round < Number(options.rounds); round++) {
      theirs.push(once.parse(JSON.parse(run(python, [here('reference.py'), format, folder]))))
      ours.push(once.parse(JSON.parse(run(process.execPath, [here('import-once.ts'), format, folder]))))
    }
    const [a, b] = [ours[0]!, theirs[0]!]
    if (
      a.trials !== b.trials ||
      a.voxels !== b.voxels ||
      Math.abs(a.checksum - b.checksum) > 1e-6 * Math.abs(b.checksum)
    )
      throw new Error(`the two sides read different numbers: ${JSON.stringify(a)} and ${JSON.stringify(b)}`)
    const summary = (side: readonly Once[]) => ({
      medianSeconds: median(side.map((run) => run.seconds)),
      seconds: side.map((run) => run.seconds),
      peakBytes: Math.max(...side.map((run) => run.peakBytes)),
    })
    const ratio = median(ours.map((run, round) => run.seconds / theirs[round]!.seconds))
    formats.set(format, {
      format,
      trials: a.trials,
      voxels: a.voxels,
      ours: summary(ours),
      theirs: summary(theirs),
      ratio,
      niceness: getPriority(),
      load: { before, after: loadavg()[0]! },
    })
    console.log(
      `${format}: ours ${summary(ours).medianSeconds.toFixed(1)} s, ${(summary(ours).peakBytes / 2 ** 30).toFixed(2)} GiB; ` +
        `theirs ${summary(theirs).medianSeconds.toFixed(1)} s, ${(summary(theirs).peakBytes / 2 ** 30).toFixed(2)} GiB; ratio ${ratio.toFixed(2)}`,
    )
  }
  const result = {
    machine: { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown' },
    node: process.version,
    python: { numpy, nibabel, h5py },
    formats: [...formats.values()],
  }
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
} finally {
  if (options.data === undefined) rmSync(folder, { recursive: true, force: true })
}
