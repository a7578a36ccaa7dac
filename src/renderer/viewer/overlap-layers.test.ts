/** Three fills that never share a voxel, in colours that people with any kind of colour blindness can tell apart. */
import { describe, expect, it } from 'vitest'
import { drawSlice } from './draw-slice.ts'
import { layerStyles } from './layers.ts'
import { overlapColours, overlapNames, overlapVolumes } from './overlap-layers.ts'

type Colour = readonly number[]

/** Linear RGB as people without one kind of cone see it: Machado, Oliveira and Fernandes 2009, severity 1. */
const sights: Readonly<Record<string, readonly Colour[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** CIE L*a*b* (D65) of an sRGB colour after a matrix. */
function lab(colour: Colour, matrix: readonly Colour[]): number[] {
  const linear = colour.map((value) => (value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
  const [r, g, b] = matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, weight, at) => sum + weight * linear[at]!, 0),
      ),
    ),
  )
  const curve = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = curve((0.4124 * r! + 0.3576 * g! + 0.1805 * b!) / 0.95047)
  const y = curve(0.2126 * r! + 0.7152 * g! + 0.0722 * b!)
  const z = curve((0.0193 * r! + 0.1192 * g! + 0.9505 * b!) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function distance(a: Colour, b: Colour, sight: string): number {
  const [one, other] = [lab(a, sights[sight]!), lab(b, sights[sight]!)]
  return Math.hypot(...one.map((value, at) => value - other[at]!))
}

/** ΔE of about 2 can just be seen; this many can be told apart without being side by side. */
const clear = 18
const annotated = layerStyles.find(({ name }) => name === 'annotated')!.colour

describe.each(Object.keys(sights))('the colours of an overlap, seen by %s eyes', (sight) => {
  it('stay apart from each other, from the annotated ROI and from every grey', () => {
    const { onlyHere, onlyThere, both } = overlapColours
    for (const [a, b] of [
      [onlyHere, onlyThere],
      [onlyHere, both],
      [onlyThere, both],
    ] as const)
      expect(distance(a, b, sight)).toBeGreaterThan(2 * clear)
    for (const name of overlapNames) {
      expect(distance(overlapColours[name], annotated, sight), name).toBeGreaterThan(clear)
      for (let grey = 0; grey <= 255; grey += 15)
        expect(distance(overlapColours[name], [grey, grey, grey], sight), `${name} on ${grey}`).toBeGreaterThan(clear)
    }
  })
})

describe('the overlap of two masks', () => {
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
  const grid = { shape: [4, 1, 1] as const, affine }
  const volume = (...values: number[]) => ({ grid, values: Float32Array.from(values) })

  it('is three masks that hold every voxel of either once', () => {
    const found = overlapVolumes(volume(0, 1, 0, 1), volume(0, 0, 1, 1))
    expect(overlapNames.map((name) => [...found[name].values])).toEqual([
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ])
    expect(() => overlapVolumes(volume(0, 1, 0, 1), { grid, values: new Float32Array(3) })).toThrow(RangeError)
  })

  it('is filled although masks are drawn as outlines', () => {
    const found = overlapVolumes(volume(0, 1, 0, 1), volume(0, 0, 1, 1))
    const { pixels } = drawSlice({
      ...{ plane: 'axial', at: 0, convention: { leftRight: 'neurological', nose: 'left' }, fill: false },
      ...{ background: volume(0, 0, 0, 0), window: [0, 1] },
      layers: overlapNames.map((name) => ({
        ...{ style: layerStyles.find((style) => style.name === name)!, volume: found[name], visible: true, opacity: 1 },
      })),
    })
    const colour = (at: number) => [...pixels.slice(4 * at, 4 * at + 3)]
    expect([0, 1, 2, 3].map(colour)).toEqual([
      [0, 0, 0],
      [...overlapColours.onlyHere],
      [...overlapColours.onlyThere],
      [...overlapColours.both],
    ])
  })
})
