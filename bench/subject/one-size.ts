/** One size of the simulated cohort, in a process of its own so that its peak memory is its own. Prints one line of JSON. */
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

const [size, seedText] = process.argv.slice(2)
if (size !== 'small' && size !== 'medium' && size !== 'full') throw new Error(`no size ${size}`)
const seed = Number(seedText ?? 0)
const { compute, threads, close } = await openCompute()

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
console.log(JSON.stringify({ threads, ...row }))
await close()
