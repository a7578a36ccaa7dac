/** Retrieval, picture metrics, identification and noise ceiling against reference numbers (numpy, scikit-image). */
import { describe, expect, it } from 'vitest'
import golden from '../../../test/golden/metrics.json' with { type: 'json' }
import { correlationDistance, twoWayIdentification } from './identification.ts'
import { type Picture, pixelCorrelation, resizeBilinear, structuralSimilarity } from './image-metrics.ts'
import { mean } from './intervals.ts'
import { noiseCeiling } from './noise-ceiling.ts'
import { retrieval } from './retrieval.ts'

const floats = (rows: readonly (readonly number[])[]) => Float32Array.from(rows.flat())

describe('retrieval', () => {
  const { brain, image, image_retrieval_pct, brain_retrieval_pct } = golden.retrieval
  const found = retrieval(floats(brain), floats(image), brain.length, 1)

  // The reference names a direction by what is retrieved: its "image retrieval" is the best image for each brain row.
  it('brain to image', () => {
    expect(100 * found.brainToImage.value).toBeCloseTo(image_retrieval_pct, 5)
    expect(found.brainToImage).toMatchObject({ direction: 'higher', chance: 1 / 12, n: 12 })
  })

  it('image to brain', () => {
    expect(100 * found.imageToBrain.value).toBeCloseTo(brain_retrieval_pct, 5)
  })

  it('tells the directions apart', () => {
    expect(image_retrieval_pct).not.toBeCloseTo(brain_retrieval_pct, 1)
  })
})

describe('pictures', () => {
  const picture = (rows: number[][][]): Picture => ({
    width: rows[0]!.length,
    height: rows.length,
    pixels: Float32Array.from(rows.flat(2)),
  })

  it.each(golden.images.map((pair, number) => ({ number, ...pair })))('pair $number', (pair) => {
    const [a, b] = [picture(pair.a), picture(pair.b)]
    expect(pixelCorrelation(a, b)).toBeCloseTo(pair.pixcorr_native, 5)
    expect(structuralSimilarity(a, b)).toBeCloseTo(pair.ssim_native, 5)
    const [larger, other] = [resizeBilinear(a, 45, 45), resizeBilinear(b, 45, 45)]
    expect(pixelCorrelation(larger, other)).toBeCloseTo(pair.pixcorr_up45, 5)
    expect(structuralSimilarity(larger, other)).toBeCloseTo(pair.ssim_up45, 5)
    pair.up45_first_row_r.forEach((red, x) => {
      expect(larger.pixels[3 * x]).toBeCloseTo(red, 5)
    })
  })
})

describe('identification', () => {
  const { pred, target, two_way_pct, corr_distance } = golden.two_way

  it('two-way, per prediction', () => {
    expect(100 * mean(twoWayIdentification(floats(pred), floats(target), pred.length))).toBeCloseTo(two_way_pct, 5)
  })

  it('correlation distance', () => {
    expect(mean(correlationDistance(floats(pred), floats(target), pred.length))).toBeCloseTo(corr_distance, 5)
  })
})

it('noise ceiling of three repeats', () => {
  const { X, image_id, nc3 } = golden.noise_ceiling
  const found = noiseCeiling(floats(X), Int32Array.from(image_id), 4)
  nc3.forEach((value, voxel) => {
    expect(found[voxel]).toBeCloseTo(value, 5)
  })
})
