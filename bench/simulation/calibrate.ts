/**
 * Measures a simulated world against the levels it must reproduce: Dice of closed-form selectors with the true voxels and
 * retrieval of a closed-form ridge decoder, per size and mean over seeds.
 *
 *   node bench/simulation/calibrate.ts --size medium --seeds 100,101,102 [--world standard|leak|nonlinear] [--amplitude a]
 *
 * Constants of the simulator are tuned on seeds 100 and above only; lower seeds are for evaluation.
 */
import { parseArgs } from 'node:util'
import { controlScore, fixedMask, maskFromScore, type ScoreControl } from '../../src/core/controls/masks.ts'
import { decodeWithRidge, fitRidgeDecoder } from '../../src/core/controls/ridge-decoder.ts'
import type { SubjectData, Targets } from '../../src/core/data/subject-data.ts'
import { retrieval } from '../../src/core/evaluate/retrieval.ts'
import { silentContext } from '../../src/core/pipeline/run-context.ts'
import { type CohortSize, type SimulatedWorld, simulateCohort } from '../../src/core/simulate/simulate-cohort.ts'
import type { Compute } from '../../src/core/tensor/compute.ts'
import { gatherRows } from '../../src/core/troi/batches.ts'
import { selectVoxels } from '../../src/core/troi/select-voxels.ts'
import { maskPresets } from '../../src/core/troi/settings.ts'
import { overlap } from '../../src/core/volume/overlap.ts'
import { openCompute } from '../../src/engine/tensor/compute.ts'

type Row = Record<string, number>

const { values: given } = parseArgs({
  options: {
    size: { type: 'string', default: 'medium' },
    seeds: { type: 'string', default: '100,101,102' },
    world: { type: 'string', default: 'standard' },
    amplitude: { type: 'string' },
    controls: { type: 'string', default: 'noise-ceiling,encoding,ridge' },
    whole: { type: 'boolean', default: false },
  },
})

async function selectors(subject: SubjectData, targets: Targets, budget: number, compute: Compute): Promise<Row> {
  const context = silentContext()
  const truth = fixedMask('true', subject, budget, 0)
  const row: Row = {}
  for (const control of given.controls.split(',').filter(Boolean) as ScoreControl[]) {
    const score = await controlScore(control, subject, targets, 0, compute.kernels, context)
    for (const sigma of [0, 0.7])
      row[`Dice ${control} σ ${sigma}`] = overlap(maskFromScore(subject, score, budget, sigma), truth).dice
  }
  const settings = { ...maskPresets.instant, budget }
  const chosen = await selectVoxels(subject, targets, null, settings, compute, context)
  row['Dice E (no backbone)'] = overlap(chosen.mask, truth).dice
  return row
}

async function decoders(subject: SubjectData, targets: Targets, compute: Compute): Promise<Row> {
  const row: Row = {}
  const pictures = gatherRows(targets.vectors, targets.dimensions, subject.test.target)
  for (const control of ['true', 'annotated', 'whole'] as const) {
    if (control === 'whole' && !given.whole) continue
    const decoder = await fitRidgeDecoder(
      subject,
      targets,
      fixedMask(control, subject, 0, 0),
      0,
      compute.kernels,
      silentContext(),
    )
    const predicted = decodeWithRidge(decoder, subject.test.betas, compute.kernels)
    const { brainToImage, imageToBrain } = retrieval(predicted.projected, pictures, subject.test.trials, 0)
    row[`${control}: brain→image %`] = 100 * brainToImage.value
    row[`${control}: image→brain %`] = 100 * imageToBrain.value
    row[`${control}: held-out R²`] = decoder.heldOutR2
  }
  return row
}

function anatomy(subject: SubjectData, ceiling: Float32Array): Row {
  const { annotated, truth, space } = subject
  const count = (mask: Uint8Array | null) => mask?.reduce((sum, value) => sum + value, 0) ?? 0
  const inside = ceiling.filter((_, v) => truth?.[v] === 1).sort()
  const quantile = (share: number) =>
    100 * (inside[Math.min(inside.length - 1, Math.floor(share * inside.length))] ?? 0)
  return {
    'brain voxels': space.index.length,
    'true voxels': count(truth),
    'annotated voxels': count(annotated),
    'annotated recall': annotated && truth ? overlap(annotated, truth).recall : 0,
    'noise ceiling median %': quantile(0.5),
    'noise ceiling 90th percentile %': quantile(0.9),
    'noise ceiling max %': quantile(1),
  }
}

const open = await openCompute()
const rows: Row[] = []
for (const seed of given.seeds.split(',').map(Number)) {
  const start = performance.now()
  const { matmul } = open.compute.kernels
  const cohort = simulateCohort(
    {
      size: given.size as CohortSize,
      seed,
      world: given.world as WorldName,
      ...(given.amplitude === undefined ? {} : { amplitude: Number(given.amplitude) }),
    },
    { matmul: matmul.bind(open.compute.kernels) },
  )
  const simulated = (performance.now() - start) / 1000
  const subject = cohort.subjects[0]
  if (subject === undefined) throw new RangeError('the cohort has no new subject')
  rows.push({
    'simulation s': simulated,
    ...anatomy(subject, cohort.noiseCeiling),
    ...(await selectors(subject, cohort.targets, cohort.budget, open.compute)),
    ...(await decoders(subject, cohort.targets, open.compute)),
  })
  console.error(`seed ${seed}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
}
for (const key of Object.keys(rows[0] ?? {})) {
  const values = rows.map((row) => row[key] ?? Number.NaN)
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const digits = Math.abs(mean) >= 1000 ? 0 : 3
  console.log(
    `${key.padEnd(34)} ${mean.toFixed(digits).padStart(9)}   ${values.map((v) => v.toFixed(digits)).join('  ')}`,
  )
}
await open.close()
