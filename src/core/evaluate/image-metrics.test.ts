import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import {
  comparePictures,
  comparisonSize,
  type Picture,
  pixelCorrelation,
  resizeBilinear,
  structuralSimilarity,
} from './image-metrics.ts'

function noise(random: Random, width: number, height: number): Picture {
  return { width, height, pixels: Float32Array.from({ length: width * height * 3 }, () => random.uniform()) }
}

function plain(value: number, width = 16, height = 16): Picture {
  return { width, height, pixels: new Float32Array(width * height * 3).fill(value) }
}

/** SSIM by its definition: for every place, a sum over the 11 × 11 window with explicit variances. */
function bruteForceSsim(a: Picture, b: Picture): number {
  const { width, height } = a
  const grey = ({ pixels }: Picture, x: number, y: number) => {
    const at = 3 * (y * width + x)
    return 0.2125 * pixels[at]! + 0.7154 * pixels[at + 1]! + 0.0721 * pixels[at + 2]!
  }
  const weights: number[] = []
  for (let dy = -5; dy <= 5; dy++) for (let dx = -5; dx <= 5; dx++) weights.push(Math.exp(-(dx * dx + dy * dy) / 4.5))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const scores: number[] = []
  for (let y = 5; y < height - 5; y++) {
    for (let x = 5; x < width - 5; x++) {
      const window = weights.map((weight, k) => {
        const [px, py] = [x - 5 + (k % 11), y - 5 + Math.floor(k / 11)]
        return { weight: weight / total, p: grey(a, px, py), q: grey(b, px, py) }
      })
      const expectation = (value: (w: { p: number; q: number }) => number) =>
        window.reduce((sum, w) => sum + w.weight * value(w), 0)
      const [p, q] = [expectation((w) => w.p), expectation((w) => w.q)]
      const variances = expectation((w) => (w.p - p) ** 2) + expectation((w) => (w.q - q) ** 2)
      const covariance = expectation((w) => (w.p - p) * (w.q - q))
      scores.push(((2 * p * q + 1e-4) * (2 * covariance + 9e-4)) / ((p * p + q * q + 1e-4) * (variances + 9e-4)))
    }
  }
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}

describe('SSIM', () => {
  it('equals its definition for any size', () => {
    const seed = 113
    const random = Random.of(seed, 'ssim')
    for (const [width, height] of [
      [11, 11],
      [14, 12],
      [12, 17],
    ] as const) {
      const a = noise(random, width, height)
      const b = { ...a, pixels: a.pixels.map((value) => Math.min(1, value + 0.4 * random.uniform())) }
      expect(structuralSimilarity(a, b), `seed ${seed}`).toBeCloseTo(bruteForceSsim(a, b), 10)
      expect(structuralSimilarity(b, a)).toBeCloseTo(structuralSimilarity(a, b), 12)
    }
  })

  it('is 1 for equal pictures, constant ones too', () => {
    const picture = noise(Random.of(1, 'picture'), 20, 20)
    expect(structuralSimilarity(picture, picture)).toBeCloseTo(1, 12)
    expect(structuralSimilarity(plain(0.1), plain(0.1))).toBeCloseTo(1, 9)
    expect(structuralSimilarity(plain(0), plain(1))).toBeCloseTo(1e-4 / 1.0001, 9)
  })

  it('refuses pictures that do not compare', () => {
    expect(() => structuralSimilarity(plain(0, 10, 20), plain(0, 10, 20))).toThrow(RangeError)
    expect(() => structuralSimilarity(plain(0, 16, 16), plain(0, 16, 17))).toThrow(RangeError)
    expect(() => pixelCorrelation(plain(0, 16, 16), plain(0, 8, 32))).toThrow(RangeError)
  })
})

describe('PixCorr', () => {
  it('is 1 for a copy, −1 for the negative, and blind to brightness and contrast', () => {
    const picture = noise(Random.of(2, 'picture'), 9, 7)
    const changed = (f: (value: number) => number) => ({ ...picture, pixels: picture.pixels.map(f) })
    expect(pixelCorrelation(picture, picture)).toBeCloseTo(1, 12)
    expect(
      pixelCorrelation(
        picture,
        changed((value) => 1 - value),
      ),
    ).toBeCloseTo(-1, 6)
    expect(
      pixelCorrelation(
        picture,
        changed((value) => 0.3 + 0.2 * value),
      ),
    ).toBeCloseTo(1, 6)
  })

  it('is 0 where a picture is constant, both included', () => {
    const picture = noise(Random.of(3, 'picture'), 16, 16)
    expect(pixelCorrelation(picture, plain(0.1))).toBe(0)
    expect(pixelCorrelation(plain(0.1), plain(0.7))).toBe(0)
  })
})

describe('resizing', () => {
  it('interpolates between pixel centres and holds the ends', () => {
    const two: Picture = { width: 2, height: 1, pixels: Float32Array.of(0, 0, 0, 1, 1, 1) }
    const four = resizeBilinear(two, 4, 1)
    expect([...four.pixels].filter((_, at) => at % 3 === 0)).toEqual([0, 0.25, 0.75, 1])
    // Downwards without antialias: the two pixels around the centre, and no others.
    const eight: Picture = {
      width: 8,
      height: 1,
      pixels: Float32Array.from({ length: 24 }, (_, at) => Math.floor(at / 3)),
    }
    expect([...resizeBilinear(eight, 2, 1).pixels].filter((_, at) => at % 3 === 0)).toEqual([1.5, 5.5])
  })

  it('keeps colours, rows and columns apart', () => {
    const seed = 127
    const picture = noise(Random.of(seed, 'resize'), 5, 3)
    const larger = resizeBilinear(picture, 15, 9)
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 5; x++) {
        // Three times as large: the middle of each block is the original pixel.
        for (let c = 0; c < 3; c++) {
          const at = 3 * ((3 * y + 1) * 15 + 3 * x + 1) + c
          expect(larger.pixels[at], `seed ${seed}`).toBeCloseTo(picture.pixels[3 * (y * 5 + x) + c]!, 6)
        }
      }
    }
  })

  it('gives a picture of the wanted size back as it is', () => {
    const picture = noise(Random.of(4, 'picture'), 6, 6)
    expect(resizeBilinear(picture, 6, 6)).toBe(picture)
    const single: Picture = { width: 1, height: 1, pixels: Float32Array.of(0.2, 0.4, 0.6) }
    const grown = resizeBilinear(single, 3, 2)
    expect(grown.pixels).toEqual(Float32Array.from({ length: 18 }, (_, at) => [0.2, 0.4, 0.6][at % 3]!))
  })
})

describe('comparing a pair', () => {
  it('resizes both to 425 as MindEye2 does, or to the size asked for', () => {
    const seed = 131
    const random = Random.of(seed, 'pair')
    const [a, b] = [noise(random, 24, 24), noise(random, 32, 20)]
    for (const size of [comparisonSize, 40]) {
      const [p, q] = [resizeBilinear(a, size, size), resizeBilinear(b, size, size)]
      const found = size === comparisonSize ? comparePictures(a, b) : comparePictures(a, b, size)
      expect(found.pixCorr).toBe(pixelCorrelation(p, q))
      expect(found.ssim).toBe(structuralSimilarity(p, q))
    }
    expect(comparisonSize).toBe(425)
  })
})
