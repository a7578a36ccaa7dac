import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Picture } from '../evaluate/image-metrics.ts'
import { ProblemError } from '../problem.ts'
import { namedPreparations, type Preparation, preparationNames, type ResizeFilter } from './preparation.ts'
import { pictureFromNetwork, preparePicture, resizePicture } from './prepare-picture.ts'

interface Reference {
  readonly width: number
  readonly height: number
  readonly cases: readonly {
    readonly filter: ResizeFilter
    readonly width: number
    readonly height: number
    readonly values: readonly number[]
  }[]
}
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/resize-pillow.json', import.meta.url), 'utf8'),
) as Reference

function drawn(width: number, height: number, value: (x: number, y: number, channel: number) => number): Picture {
  const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const place = Math.floor(i / 3)
    return value(place % width, Math.floor(place / width), i % 3)
  })
  return { width, height, pixels }
}

const plain = (own: Partial<Preparation>): Preparation => ({
  steps: [{ do: 'crop-centre', width: 2, height: 2 }],
  width: 2,
  height: 2,
  colour: 'RGB',
  range: [0, 1],
  normalise: null,
  ...own,
})

function prepared(picture: Picture, preparation: Preparation, layout: 'NCHW' | 'NHWC' = 'NCHW'): number[] {
  const out = new Float32Array(3 * preparation.width * preparation.height)
  preparePicture(picture, preparation, layout, out)
  return [...out]
}

describe('resizing', () => {
  it.each(reference.cases)('$filter to $width × $height as Pillow does', ({ filter, width, height, values }) => {
    const picture = drawn(reference.width, reference.height, (x, y) => 0.5 + 0.5 * Math.sin(1.7 * x + 0.6 * y * y))
    const out = resizePicture(picture, width, height, filter)
    values.forEach((value, place) => {
      for (let c = 0; c < 3; c++) expect(Math.abs(out.pixels[3 * place + c]! - value)).toBeLessThan(2e-6)
    })
  })

  it.each(['bilinear', 'bilinear-antialiased', 'bicubic-antialiased'] as const)(
    '%s keeps an even picture even',
    (filter) => {
      const out = resizePicture(
        drawn(9, 7, (_x, _y, c) => 0.2 + 0.3 * c),
        5,
        13,
        filter,
      )
      out.pixels.forEach((value, i) => {
        expect(value).toBeCloseTo(0.2 + 0.3 * (i % 3), 5)
      })
    },
  )
})

describe('preparing', () => {
  // Value = column + 10 · row + 100 · channel, so that every number says where it came from.
  const marked = (width: number, height: number) => drawn(width, height, (x, y, c) => x + 10 * y + 100 * c)

  it('crops the centre, half rounding to even as Python does', () => {
    expect(prepared(marked(4, 4), plain({})).slice(0, 4)).toEqual([11, 12, 21, 22])
    // (5 − 2) / 2 = 1.5 → 2 across, (3 − 2) / 2 = 0.5 → 0 down.
    expect(prepared(marked(5, 3), plain({})).slice(0, 4)).toEqual([2, 3, 12, 13])
  })

  it('refuses a crop larger than the picture', () => {
    expect(() => prepared(marked(3, 1), plain({}))).toThrow(ProblemError)
  })

  it('orders channels and layout', () => {
    const of = (own: Partial<Preparation>, layout: 'NCHW' | 'NHWC') => prepared(marked(2, 2), plain(own), layout)
    expect(of({}, 'NCHW')).toEqual([0, 1, 10, 11, 100, 101, 110, 111, 200, 201, 210, 211])
    expect(of({}, 'NHWC')).toEqual([0, 100, 200, 1, 101, 201, 10, 110, 210, 11, 111, 211])
    expect(of({ colour: 'BGR' }, 'NCHW').slice(0, 4)).toEqual([200, 201, 210, 211])
    expect(of({ colour: 'BGR' }, 'NHWC').slice(0, 3)).toEqual([200, 100, 0])
  })

  it('maps the range first, then normalises per channel of the given order', () => {
    const half = drawn(2, 2, (_x, _y, c) => [0, 0.5, 1][c]!)
    const own = plain({ range: [-1, 1], normalise: { mean: [0, 0.5, 1], deviation: [1, 2, 4] }, colour: 'BGR' })
    const out = prepared(half, own)
    expect([out[0], out[4], out[8]]).toEqual([1, -0.25, -0.5])
  })

  it('brings the shorter side to its size, then the longer in proportion', () => {
    const steps: Preparation['steps'] = [
      { do: 'resize-short-side', side: 4, filter: 'bilinear' },
      { do: 'crop-centre', width: 4, height: 4 },
    ]
    for (const [width, height] of [
      [8, 11],
      [11, 8],
    ] as const) {
      const even = drawn(width, height, () => 0.25)
      expect(prepared(even, plain({ steps, width: 4, height: 4 }))).toEqual(Array.from({ length: 48 }, () => 0.25))
    }
    // 8 × 12 → 4 × 6, whose middle rows lie between old rows 2½ and 8½.
    const rows = prepared(
      drawn(8, 12, (_x, y) => y),
      plain({ steps, width: 4, height: 4 }),
    )
    expect([0, 4, 8, 12].map((at) => rows[at])).toEqual([2.5, 4.5, 6.5, 8.5])
  })

  it('has every named preparation at hand, at the size that it says', () => {
    for (const name of preparationNames) {
      const preparation = namedPreparations[name]
      const out = prepared(
        drawn(20, 30, () => 0.5),
        preparation,
      )
      const { mean, deviation } = preparation.normalise!
      const middle = (preparation.range[0] + preparation.range[1]) / 2
      const places = preparation.width * preparation.height
      for (let c = 0; c < 3; c++) {
        expect(out[c * places]).toBeCloseTo((middle - mean[c]!) / deviation[c]!, 4)
        expect(out[(c + 1) * places - 1]).toBeCloseTo((middle - mean[c]!) / deviation[c]!, 4)
      }
    }
  })
})

describe('pictures from a decoder', () => {
  it('undoes layout, colour and range, and clips', () => {
    for (const layout of ['NCHW', 'NHWC'] as const)
      for (const colour of ['RGB', 'BGR'] as const) {
        const picture = drawn(3, 2, (x, y, c) => (x + 3 * y + 6 * c) / 18)
        const form = { steps: [{ do: 'resize' as const, width: 3, height: 2, filter: 'bilinear' as const }] }
        const own = { ...form, width: 3, height: 2, colour, range: [-1, 1] as [number, number], normalise: null }
        const back = pictureFromNetwork(prepared(picture, own, layout), { ...own, layout })
        back.pixels.forEach((value, i) => {
          expect(value).toBeCloseTo(picture.pixels[i]!, 6)
        })
      }
    const clipped = pictureFromNetwork([-5, 0, 5], {
      width: 1,
      height: 1,
      layout: 'NCHW',
      colour: 'RGB',
      range: [-1, 1],
    })
    expect([...clipped.pixels]).toEqual([0, 0.5, 1])
  })
})
