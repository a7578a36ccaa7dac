/**
 * Prints the levels of the simulated world, to compare with those of the reference simulation: Dice of the closed-form
 * selectors against the true voxels, and retrieval of the closed-form ridge decoder on all, annotated and true voxels.
 *
 *   node bench/simulation/calibrate.ts [--size medium] [--seeds 100,101,102] [--world standard] [--set tuning.sigma=2 ...]
 *
 * --product adds the product's own ridge decoder, whose λ is chosen by held-out R² (columns R²…).
 * Seeds 100 and up are for calibration; nothing is tuned on the seeds that experiments use.
 */
import { controlScore, fixedMask, maskFromScore } from '../../src/core/controls/masks.ts'
import { decodeWithRidge, fitRidgeDecoder } from '../../src/core/controls/ridge-decoder.ts'
import type { SubjectData, Targets } from '../../src/core/data/subject-data.ts'
import { retrieval } from '../../src/core/evaluate/retrieval.ts'
import { silentContext } from '../../src/core/pipeline/run-context.ts'
import { pictureSteps } from '../../src/core/simulate/cohort.ts'
import { type CohortOptions, type CohortSize, sizeSettings, type WorldName } from '../../src/core/simulate/settings.ts'
import { finish, simulateSubject } from '../../src/core/simulate/subject.ts'
import { type WorldConstants, worldConstants } from '../../src/core/simulate/world-constants.ts'
import type { DenseKernels } from '../../src/core/tensor/dense-kernels.ts'
import { gatherRows } from '../../src/core/troi/batches.ts'
import { latentTargets } from '../../src/core/troi/closed-form.ts'
import { evidence } from '../../src/core/troi/evidence.ts'
import { subjectGram } from '../../src/core/troi/subject-gram.ts'
import { overlap } from '../../src/core/volume/overlap.ts'
import { wasmDenseKernels } from '../../src/engine/tensor/wasm-dense-kernels.ts'
import { WorkerPool } from '../../src/engine/tensor/worker-pool.ts'
import { ridgeLevels } from './ridge-levels.ts'

const context = silentContext()

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`)
  return at >= 0 ? (process.argv[at + 1] ?? fallback) : fallback
}

/** `--set a.b=1 --set c=2` on a copy of the constants. */
function changed(constants: WorldConstants): WorldConstants {
  const out = structuredClone(constants) as unknown as Record<string, Record<string, number> | number>
  process.argv.forEach((word, i) => {
    if (word !== '--set') return
    const [path = '', value = ''] = (process.argv[i + 1] ?? '').split('=')
    const [group = '', key] = path.split('.')
    const owner = out[group]
    if (key === undefined) out[group] = Number(value)
    else if (typeof owner === 'object') owner[key] = Number(value)
  })
  return out as unknown as WorldConstants
}

type Row = Record<string, number>
const columnWidth = 9

async function levels(subject: SubjectData, targets: Targets, kernels: DenseKernels, product: boolean): Promise<Row> {
  const truth = fixedMask('true', subject, 0, 0)
  const budget = truth.reduce((sum, value) => sum + value, 0)
  const dice = (score: Float64Array, sigma: number) => overlap(maskFromScore(subject, score, budget, sigma), truth).dice
  const row: Row = {}
  const gram = await subjectGram(subject.train, kernels, context)
  const shown = gatherRows(targets.vectors, targets.dimensions, subject.train.target)
  const latents = latentTargets(shown, targets.dimensions, null, 30)
  const found = await evidence(gram, latents.projected, { ridge: 3, clip: 8 }, context)
  gram.dispose()
  row['E.6'] = dice(found.values, 0.6)
  row.E0 = dice(found.values, 0)
  for (const control of ['ridge', 'encoding', 'noise-ceiling'] as const) {
    const score = await controlScore(control, subject, targets, 0, kernels, context)
    const short = control === 'noise-ceiling' ? 'NC' : control === 'encoding' ? 'enc' : 'ridge'
    row[`${short}0`] = dice(score, 0)
    row[`${short}.7`] = dice(score, 0.7)
    if (control === 'ridge') row['ridge.6'] = dice(score, 0.6)
  }
  const masks = { all: 'whole', ann: 'annotated', true: 'true' } as const
  for (const [name, control] of Object.entries(masks)) {
    const mask = fixedMask(control, subject, budget, 0)
    const best = await ridgeLevels(subject, targets, mask, kernels)
    row[`${name} b>i`] = best.brainToImage
    row[`${name} i>b`] = best.imageToBrain
    row[`${name} λ`] = best.ridge
    if (!product) continue
    const decoder = await fitRidgeDecoder(subject, targets, mask, 0, kernels, context)
    const decoded = decodeWithRidge(decoder, subject.test.betas, kernels)
    const truthVectors = gatherRows(targets.vectors, targets.dimensions, subject.test.target)
    const { brainToImage, imageToBrain } = retrieval(decoded.projected, truthVectors, subject.test.trials, 0)
    row[`R²${name}b>i`] = 100 * brainToImage.value
    row[`R²${name}i>b`] = 100 * imageToBrain.value
  }
  return row
}

const size = option('size', 'medium') as CohortSize
const world = option('world', 'standard') as WorldName
const constants = changed(worldConstants[world])
const seeds = option('seeds', '100,101,102').split(',').map(Number)
const pool = new WorkerPool(Number(option('threads', '1')))
const kernels = wasmDenseKernels(pool)
const rows: Row[] = []
for (const seed of seeds) {
  const amplitude = process.argv.includes('--amplitude') ? { amplitude: Number(option('amplitude', '')) } : {}
  const options: CohortOptions = { size, seed, world, ...amplitude }
  const start = performance.now()
  const made = finish(pictureSteps(options, { matmul: kernels.matmul }))
  const between = performance.now()
  const { data, noiseCeiling } = simulateSubject(made.set, options, 0, { voxels: 'brain', constants })
  const end = performance.now()
  const row = await levels(data, made.targets, kernels, process.argv.includes('--product'))
  const own = noiseCeiling.filter((_, v) => data.truth?.[v] === 1).toSorted()
  const rim = noiseCeiling.filter((value, v) => data.truth?.[v] === 0 && value > 0)
  row.ncMed = own[own.length >> 1]!
  row.nc90 = own[Math.floor(0.9 * own.length)]!
  row.ncMax = own.at(-1)!
  row.rim = rim.length / own.length
  row.rimNC = rim.reduce((sum, value) => sum + value / Math.max(1, rim.length), 0)
  rows.push(row)
  if (rows.length === 1)
    console.log(['seed'.padEnd(6), ...Object.keys(row).map((name) => name.padStart(columnWidth))].join(''))
  show(String(seed), row, (name) => row[name]!)
  const times = `pictures ${Math.round(between - start)}, subject ${Math.round(end - between)}, levels ${Math.round(performance.now() - end)} ms`
  console.log(
    `${size} ${world} seed ${seed}: brain ${data.space.index.length} of ${sizeSettings[size].shape.join('×')}; ${times}`,
  )
}
await pool.close()
if (rows.length > 1) show('mean', rows[0]!, (name) => rows.reduce((sum, row) => sum + row[name]! / rows.length, 0))

function show(label: string, like: Row, value: (name: string) => number): void {
  const cells = Object.keys(like).map((name) =>
    value(name)
      .toFixed(Math.abs(value(name)) >= 2 ? 1 : 3)
      .padStart(columnWidth),
  )
  console.log([label.padEnd(6), ...cells].join(''))
}
