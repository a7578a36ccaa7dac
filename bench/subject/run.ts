/**
 * How long one new subject takes from its scans to a judged decoder (stage 1, stage 2, evaluation) and how much memory that
 * needs, at the sizes of the simulated cohort. Simulating and pretraining are timed beside it; they are not part of a new
 * subject. Writes bench/results/subject.json. `node bench/subject/run.ts medium full`
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { pictureSource, pictureWorld } from '../../src/core/experiment/world.ts'
import { silentContext } from '../../src/core/pipeline/run-context.ts'
import { simulateCohort } from '../../src/core/simulate/cohort.ts'
import { decode } from '../../src/core/troi/decoder.ts'
import { pretrain } from '../../src/core/troi/pretrain.ts'
import { retrain } from '../../src/core/troi/retrain.ts'
import { selectVoxels } from '../../src/core/troi/select-voxels.ts'
import { defaultDecoderSettings, defaultPretrainSettings, maskPresets } from '../../src/core/troi/settings.ts'
import { overlap } from '../../src/core/volume/overlap.ts'
import { openCompute } from '../../src/engine/tensor/compute.ts'

const sizes = process.argv.slice(2).filter((word) => word === 'small' || word === 'medium' || word === 'full') as (
  | 'small'
  | 'medium'
  | 'full'
)[]
const seed = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 0)
const results: Record<string, unknown>[] = []
const { compute, threads, close } = await openCompute()

for (const size of sizes.length > 0 ? sizes : (['medium', 'full'] as const)) {
  const seconds: Record<string, number> = {}
  const timed = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now()
    const value = await work()
    seconds[name] = Math.round((performance.now() - start) / 100) / 10
    return value
  }
  const context = silentContext()
  const cohort = await timed('simulate', () => simulateCohort({ size, seed }, { matmul: compute.kernels.matmul }))
  const teachers = cohort.subjects.slice(1).map((subject) => ({ subject, targets: cohort.targets }))
  const backbone = await timed('pretrain', () =>
    pretrain(teachers, { ...defaultPretrainSettings, seed }, compute, context),
  )
  const subject = cohort.subjects[0]!
  const truth = subject.truth!
  const budget = truth.reduce((sum, value) => sum + value, 0)
  const mask = await timed('stage 1', () =>
    selectVoxels(subject, cohort.targets, backbone, { ...maskPresets.troi, budget, seed }, compute, context),
  )
  const decoder = await timed('stage 2', () =>
    retrain(subject, cohort.targets, mask.mask, backbone, { ...defaultDecoderSettings, seed }, compute, context),
  )
  const world = pictureWorld(
    subject,
    cohort.targets,
    backbone,
    pictureSource(cohort.pictures, cohort.embedding),
    compute.comparePictures,
  )
  const metrics = await timed('evaluation', async () =>
    world.evaluate([await decode(decoder, subject.test.betas, compute.kernels)], seed),
  )
  const subjectSeconds = seconds['stage 1']! + seconds['stage 2']! + seconds.evaluation!
  const row = {
    size,
    voxels: subject.space.index.length,
    budget,
    seconds,
    subjectSeconds: Math.round(subjectSeconds * 10) / 10,
    peakMemoryGigabytes: Math.round(process.resourceUsage().maxRSS / 1e4) / 100,
    dice: overlap(mask.mask, truth).dice,
    brainToImage: metrics.brainToImage!.value,
    imageToBrain: metrics.imageToBrain!.value,
  }
  results.push(row)
  console.log(JSON.stringify(row))
}
await close()
mkdirSync('bench/results', { recursive: true })
writeFileSync(
  'bench/results/subject.json',
  `${JSON.stringify({ machine: { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown' }, threads, seed, results }, null, 2)}\n`,
)
