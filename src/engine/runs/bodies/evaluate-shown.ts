/** Metrics on held-out pictures, and the pictures beside their reconstructions for the gallery. */
import type { Evaluation } from '../../../core/contract/result.ts'
import type { SubjectData } from '../../../core/data/subject-data.ts'
import { evaluatePictures } from '../../../core/evaluate/evaluate-decoder.ts'
import { type Decoder, decode } from '../../../core/troi/decoder.ts'
import type { ShownPictures } from '../../packs/embed-pictures.ts'
import { drawByPack, judgeByPacks } from '../../packs/judge-pictures.ts'
import { Blobs } from '../../project/blobs.ts'
import type { Job } from '../job.ts'
import { sourceOf } from '../picture-file.ts'

export async function evaluateShown(
  job: Job,
  decoder: Decoder,
  subject: SubjectData,
  set: ShownPictures,
): Promise<{ content: Evaluation; gallery: string }> {
  const { targets } = set
  const { test } = subject
  const decoded = await decode(decoder, test.betas, job.compute.kernels)
  const prediction = { trials: decoded.trials, projected: decoded.projected, embedding: decoded.prior }
  const source = sourceOf(set)
  const row = (trial: number) => decoded.prior.subarray(trial * targets.dimensions, (trial + 1) * targets.dimensions)
  const drawn = await drawByPack(job, set, decoded.prior)
  const shown = (trial: number) => source.shown(test.target[trial]!)
  const reconstructed = (trial: number) => drawn?.pictures[trial] ?? source.reconstruct(row(trial))
  const pair = (trial: number) => ({ truth: shown(trial), reconstruction: reconstructed(trial) })
  const { metrics, ranks, nearest, pixCorr, ssim } = evaluatePictures(
    prediction,
    targets,
    test.target,
    0,
    pair,
    job.compute.comparePictures,
  )

  const byPacks = await judgeByPacks(job, decoded.trials, shown, reconstructed)
  const notes = [...(drawn === null ? [] : [drawn.note]), ...embeddingNotes(set, drawn !== null), ...byPacks.notes]

  const { width, height } = set.pictures
  const size = width * height * 3
  const truth = new Uint8Array(decoded.trials * size)
  const reconstruction = new Uint8Array(decoded.trials * size)
  for (let i = 0; i < decoded.trials; i++) {
    const both = pair(i)
    for (let p = 0; p < size; p++) {
      truth[i * size + p] = Math.round(255 * both.truth.pixels[p]!)
      reconstruction[i * size + p] = Math.round(255 * both.reconstruction.pixels[p]!)
    }
  }
  const blobs = new Blobs(job.project)
  const shape = [decoded.trials, height, width, 3]
  const items = Array.from({ length: decoded.trials }, (_, i) => ({
    name: targets.names[test.target[i]!] ?? `picture ${test.target[i]}`,
    pixCorr: pixCorr[i]!,
    ssim: ssim[i]!,
    rankBrainToImage: ranks.brainToImage[i]!,
    rankImageToBrain: ranks.imageToBrain[i]!,
    nearest: nearest[i]!,
  }))
  return {
    content: {
      metrics,
      packMetrics: byPacks.metrics,
      missingMetrics: byPacks.missing,
      ...(notes.length > 0 ? { notes } : {}),
    },
    gallery: JSON.stringify({
      width,
      height,
      items,
      truth: blobs.put(truth, shape),
      reconstruction: blobs.put(reconstruction, shape),
    }),
  }
}

/** What the reader of the numbers must know of a pack's embedding. */
function embeddingNotes({ packFit, targets }: ShownPictures, drawn: boolean): string[] {
  if (packFit === null) return []
  const parts = `dimensions 1 to ${targets.semanticStart} are the built-in pixel part, ${targets.semanticStart + 1} to ${targets.dimensions} the pack’s`
  return [
    `The embedding holds two parts: ${parts}. twoWay and correlationDistance are of the pack’s part; retrieval uses both.`,
    ...(drawn
      ? []
      : [
          'Pictures are reconstructed from the built-in pixel part alone: the pack’s part cannot be turned back into a picture.',
        ]),
  ]
}
