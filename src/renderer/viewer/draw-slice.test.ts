import { describe, expect, it } from 'vitest'
import { toRas, type ViewConvention } from '../../core/volume/orientation.ts'
import { drawSlice, outlinesOf, type SliceRequest, voxelUnder } from './draw-slice.ts'
import { layerStyles, mapLook } from './layers.ts'

const shape = [6, 7, 8] as const
/** Stored with x falling: index 0 is the subject's right. */
const affine = [-2, 0, 0, 5, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]
const neurological: ViewConvention = { leftRight: 'neurological', nose: 'left' }

function request(own: Partial<SliceRequest> = {}): SliceRequest {
  const grid = { shape, affine }
  const mask = new Float32Array(shape[0] * shape[1] * shape[2])
  // Index 5 along x is x = −5 mm: left.
  mask[(5 * shape[1] + 6) * shape[2] + 4] = 1
  const background = new Float32Array(mask.length).fill(0.5)
  return {
    plane: 'axial',
    at: 4,
    convention: neurological,
    background: toRas(background, grid),
    window: [0, 1],
    layers: [{ style: layerStyles[0]!, volume: toRas(mask, grid), visible: true, opacity: 1 }],
    fill: true,
    ...own,
  }
}

function coloured(own: Partial<SliceRequest> = {}): [number, number][] {
  const { width, height, pixels } = drawSlice(request(own))
  const found: [number, number][] = []
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const at = 4 * (row * width + column)
      if (pixels[at] !== pixels[at + 2]) found.push([column, row])
    }
  return found
}

describe('a slice as pixels', () => {
  it('has the left voxel at the left edge in neurological and at the right edge in radiological pictures', () => {
    expect(coloured()).toEqual([[0, 0]])
    expect(coloured({ convention: { ...neurological, leftRight: 'radiological' } })).toEqual([[5, 0]])
  })

  it('has the front on the left with the nose left, and superior on top', () => {
    expect(coloured({ plane: 'sagittal', at: 0 })).toEqual([[0, 3]])
    expect(coloured({ plane: 'sagittal', at: 0, convention: { ...neurological, nose: 'right' } })).toEqual([[6, 3]])
  })

  it('finds under a pixel the voxel that was drawn there', () => {
    for (const leftRight of ['neurological', 'radiological'] as const) {
      const own = request({ convention: { leftRight, nose: 'left' } })
      const [[column, row] = [-1, -1]] = coloured({ convention: own.convention })
      const { layout } = drawSlice(own)
      expect(voxelUnder(layout, shape, own.at, column, row)).toEqual([0, 6, 4])
    }
  })

  it('mixes by opacity, and leaves hidden layers out', () => {
    const layer = request().layers[0]!
    const pixel = (opacity: number, visible = true) => {
      const { pixels } = drawSlice(request({ layers: [{ ...layer, opacity, visible }] }))
      return [...pixels.subarray(0, 3)]
    }
    const [grey, full] = [pixel(0), pixel(1)]
    expect(full).toEqual([...layer.style.colour])
    pixel(0.5).forEach((value, c) => {
      expect(value).toBeCloseTo((grey[c]! + full[c]!) / 2, -0.5)
    })
    expect(pixel(1, false)).toEqual(grey)
  })

  it('draws an outline as lines and leaves the pixels alone', () => {
    expect(coloured({ fill: false })).toEqual([])
    const [outline] = outlinesOf(request({ fill: false }))
    expect(outline!.lines).toHaveLength(4)
    expect(outlinesOf(request({ fill: true }))).toEqual([])
  })
})

describe('how a map shows a value', () => {
  it('has a clear step at the threshold, is full above it and fades below', () => {
    const [below, at, above] = [0.299, 0.3, 0.8].map((value) => mapLook(value, 0.3, 1))
    expect(below!.share).toBeLessThan(0.75)
    expect(at!.share).toBe(1)
    expect(above!.share).toBe(1)
    expect(mapLook(0.1, 0.3, 1).share).toBeLessThan(below!.share)
    const brightness = ({ colour }: { colour: readonly number[] }) => colour.reduce((sum, value) => sum + value, 0)
    expect(brightness(at!)).toBeGreaterThan(brightness(below!) + 20)
    expect(brightness(above!)).toBeGreaterThan(brightness(at!))
  })
})
