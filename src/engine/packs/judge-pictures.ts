/**
 * What installed packs say of reconstructions: pictures drawn by a pack's decoder where there is one for the embedding in use, and
 * the metrics of every pack that has some. A metric pack that fails costs its own numbers, not the evaluation: why is said instead.
 */

import { valuesIn } from '../../core/contract/pack.ts'
import type { PackMetric } from '../../core/contract/result.ts'
import type { Picture } from '../../core/evaluate/image-metrics.ts'
import { compareOutputs, metricOutputs, missingMetrics, packMetric } from '../../core/evaluate/pack-metrics.ts'
import { invertPackEmbedding } from '../../core/packs/pack-embedding.ts'
import { resizePicture } from '../../core/packs/prepare-picture.ts'
import { ProblemError } from '../../core/problem.ts'
import type { Job } from '../runs/job.ts'
import { embeddingOfJob } from '../runs/targets.ts'
import type { ShownPictures } from './embed-pictures.ts'
import { openGraph } from './graph.ts'
import type { PackFolder } from './pack-folder.ts'
import { describePictures, drawPictures } from './run-network.ts'

export interface DrawnPictures {
  readonly pictures: Picture[]
  readonly note: string
}

export interface PackJudgement {
  readonly metrics: PackMetric[]
  readonly missing: { name: string; words: string }[]
  readonly notes: string[]
}

/** Metrics of all packs on `count` pictures and their reconstructions. Of problems only CANCELLED is thrown. */
export async function judgeByPacks(
  job: Job,
  count: number,
  truth: (at: number) => Picture,
  reconstruction: (at: number) => Picture,
): Promise<PackJudgement> {
  const metrics: PackMetric[] = []
  const notes: string[] = []
  for (const pack of job.inputs.packs.filter(({ manifest }) => manifest.kinds.includes('metrics'))) {
    const { title, name } = pack.manifest
    job.context.phase(`Compare pictures with ${title}`)
    try {
      metrics.push(...(await judgeByPack(job, pack, count, truth, reconstruction)))
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code === 'CANCELLED') throw error
      notes.push(`The pack ${name} gave no numbers: ${error.problem.message}`)
    }
  }
  return { metrics, missing: missingMetrics(metrics), notes }
}

async function judgeByPack(
  job: Job,
  pack: PackFolder,
  count: number,
  truth: (at: number) => Picture,
  reconstruction: (at: number) => Picture,
): Promise<PackMetric[]> {
  const { manifest, manifestSha256 } = pack
  const found: PackMetric[] = []
  for (const network of manifest.networks) {
    const outputs = metricOutputs(network)
    if (outputs.length === 0) continue
    const graph = await openGraph(pack, network.file)
    const describe = (picture: (at: number) => Picture) =>
      describePictures({
        ...{ graph, network, outputs, count, picture, pooled: false },
        breathe: () => job.context.breathe(),
      })
    try {
      const shown = await describe(truth)
      const reconstructed = await describe(reconstruction)
      for (const output of outputs) {
        const [a, b] = [shown.get(output.name)!, reconstructed.get(output.name)!]
        const metric = compareOutputs(a, b, count, output.metric!.measure, 0, job.compute.kernels.matmul)
        found.push(packMetric(manifest, manifestSha256, output, metric))
        // Maps of a few hundred pictures are large; each is dropped as soon as it is compared.
        shown.delete(output.name)
        reconstructed.delete(output.name)
      }
    } finally {
      await graph.close()
    }
  }
  return found
}

/**
 * Pictures drawn from predicted embeddings by an installed decoder pack, or null where the embedding in use has none. `predicted`:
 * items × dimensions of the targets. Throws ProblemError where the decoder fails: pictures by other means would be mistaken for its.
 */
export async function drawByPack(
  job: Job,
  { packFit, targets, pictures }: ShownPictures,
  predicted: Float32Array,
): Promise<DrawnPictures | null> {
  const choice = embeddingOfJob(job)
  if (choice === 'built-in' || packFit === null) return null
  const fitting = job.inputs.packs.flatMap((pack) =>
    pack.manifest.decoders
      .filter(({ draws, input }) => {
        const same = draws.pack === choice.pack && draws.output === choice.output
        return same && valuesIn(input.shape) === packFit.columns
      })
      .map((decoder) => ({ pack, decoder })),
  )
  const chosen = fitting[0]
  if (chosen === undefined) return null
  const { pack, decoder } = chosen
  job.context.phase(`Draw pictures with ${pack.manifest.title}`)
  const { dimensions, semanticStart } = targets
  const count = predicted.length / dimensions
  const embeddings = new Float32Array(count * packFit.columns)
  for (let i = 0; i < count; i++) {
    const reduced = predicted.subarray(i * dimensions + semanticStart, (i + 1) * dimensions)
    embeddings.set(invertPackEmbedding(packFit, reduced), i * packFit.columns)
  }
  const graph = await openGraph(pack, decoder.file)
  const drawn = await drawPictures({ graph, decoder, embeddings, seed: 0, breathe: () => job.context.breathe() })
  await graph.close()
  const { width, height } = pictures
  return {
    pictures: drawn.map((picture) => clipped(resizePicture(picture, width, height, 'bilinear-antialiased'))),
    note: `Pictures are drawn by the pack ${pack.manifest.name} from the predicted embedding ${choice.pack}/${choice.output}${decoder.standIn ? '; it is a stand-in, so they do not compare with published reconstructions' : ''}.`,
  }
}

function clipped(picture: Picture): Picture {
  return { ...picture, pixels: picture.pixels.map((value) => Math.min(1, Math.max(0, value))) }
}
