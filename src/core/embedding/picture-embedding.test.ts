import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { lowFrequencies } from './low-frequencies.ts'
import { embed, fitPictureEmbedding, reconstruct } from './picture-embedding.ts'
import { type Pictures, pictureAt, pictureLength } from './pictures.ts'
import { pixelFeatures } from './semantic-features.ts'

const [width, height] = [32, 24]

/** Pictures of a few smooth waves per channel: `waves` of the lowest frequencies, in bytes. */
function smoothPictures(count: number, seed = 1, waves = 5): Pictures {
  const basis = lowFrequencies({ width, height, channels: 3 })
  const length = width * height * 3
  const pixels = new Uint8Array(count * length)
  const drawn = new Float32Array(length)
  for (let i = 0; i < count; i++) {
    const random = Random.of(seed, 'picture', i)
    const coefficients = new Float32Array(basis.length)
    const perChannel = basis.length / 3
    for (let c = 0; c < 3; c++)
      for (let k = 0; k < waves; k++) coefficients[c * perChannel + k] = (2 * random.normal()) / (k + 1)
    basis.synthesise(coefficients, drawn)
    drawn.forEach((value, p) => {
      pixels[i * length + p] = Math.round(255 * Math.min(1, Math.max(0, 0.5 + value / 3)))
    })
  }
  return { count, width, height, channels: 3, pixels }
}

function difference(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return Math.sqrt(sum / a.length)
}

describe('lowFrequencies', () => {
  it('is orthonormal: analysis undoes synthesis and keeps length', () => {
    const basis = lowFrequencies({ width, height, channels: 3 })
    const coefficients = Random.of(3, 'dct').normals(basis.length)
    const pixels = new Float32Array(width * height * 3)
    basis.synthesise(coefficients, pixels)
    const back = new Float32Array(basis.length)
    basis.analyse(pixels, back)
    expect(difference(back, coefficients)).toBeLessThan(1e-6)
    const square = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0)
    expect(square(pixels) / square(coefficients)).toBeCloseTo(1, 5)
  })
})

describe('the picture embedding', () => {
  const pictures = smoothPictures(60)
  const features = pixelFeatures(pictures)
  const fitRows = Int32Array.from({ length: 48 }, (_, i) => i)
  const options = { pixelDimensions: 20, semanticDimensions: 10, fitRows }
  const fit = fitPictureEmbedding(pictures, features, options)
  const vectors = embed(fit, pictures, features)

  it('has the wanted parts, each with mean 0 and mean variance 1 over the fitted pictures', () => {
    expect(fit).toMatchObject({ dimensions: 30, semanticStart: 20, width, height })
    expect(vectors.length).toBe(60 * 30)
    for (const [from, to] of [
      [0, 20],
      [20, 30],
    ] as const) {
      let variance = 0
      for (let k = from; k < to; k++) {
        let mean = 0
        for (const row of fitRows) mean += vectors[row * 30 + k]! / fitRows.length
        for (const row of fitRows) variance += (vectors[row * 30 + k]! - mean) ** 2 / fitRows.length / (to - from)
        expect(Math.abs(mean)).toBeLessThan(1e-4)
      }
      expect(variance).toBeCloseTo(1, 3)
    }
  })

  it('gives pictures back, also those it was not fitted on', () => {
    const back = reconstruct(fit, vectors)
    expect(back).toMatchObject({ count: 60, width, height })
    const length = pictureLength(pictures)
    for (let i = 0; i < 60; i++)
      expect(difference(pictureAt(pictures, i), back.pixels.subarray(i * length, (i + 1) * length))).toBeLessThan(0.02)
    expect(back.pixels.every((value) => value >= 0 && value <= 1)).toBe(true)
  })

  it('clips what a wild prediction would give', () => {
    const { pixels } = reconstruct(
      fit,
      vectors.map((value) => 100 * value),
    )
    const reduced = (pick: (...values: number[]) => number) => pixels.reduce((a, b) => pick(a, b))
    expect(reduced(Math.min)).toBe(0)
    expect(reduced(Math.max)).toBe(1)
  })

  it('does not depend on pictures outside the fitted rows', () => {
    const others = smoothPictures(60, 2)
    const length = pictureLength(pictures)
    const pixels = Uint8Array.from(pictures.pixels)
    pixels.set(others.pixels.subarray(48 * length), 48 * length)
    const mixed = { ...pictures, pixels }
    expect(fitPictureEmbedding(mixed, pixelFeatures(mixed), options)).toEqual(fit)
  })

  it('embeds a picture the same alone as among others', () => {
    const length = pictureLength(pictures)
    const alone = { ...pictures, count: 1, pixels: pictures.pixels.slice(7 * length, 8 * length) }
    const own = embed(fit, alone, pixelFeatures(alone))
    expect(difference(own, vectors.subarray(7 * 30, 8 * 30))).toBeLessThan(1e-6)
  })

  it('refuses pictures and features of another kind', () => {
    expect(() => embed(fit, { ...pictures, width: 24, height: 32 }, features)).toThrow(RangeError)
    expect(() => embed(fit, { ...pictures, count: 59 }, features)).toThrow(RangeError)
    expect(() => reconstruct(fit, new Float32Array(31))).toThrow(RangeError)
    expect(() => pictureAt(pictures, 60)).toThrow(RangeError)
  })
})
