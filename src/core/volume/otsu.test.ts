import { describe, expect, it } from 'vitest'
import { unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import { largestComponent } from './components.ts'
import { boxCoverage, boxOfRule, insideBox } from './crop-rule.ts'
import { flatIndex, type Grid } from './grid.ts'
import { otsuMask, otsuThreshold } from './otsu.ts'

const grid = (shape: Grid['shape'], sizes = [1, 1, 1], origin = [0, 0, 0]): Grid => ({
  shape,
  affine: [sizes[0]!, 0, 0, origin[0]!, 0, sizes[1]!, 0, origin[1]!, 0, 0, sizes[2]!, origin[2]!, 0, 0, 0, 1],
})

describe('the threshold of Otsu', () => {
  it('lies between two classes, in the middle of the gap', () => {
    expect(otsuThreshold([0, 0, 0, 1, 1, 10, 10, 11])).toBeGreaterThan(1)
    expect(otsuThreshold([0, 0, 0, 1, 1, 10, 10, 11])).toBeLessThan(10)
    const random = Random.of(5, 'otsu')
    const values = Float32Array.from({ length: 4000 }, (_, i) => (i % 4 === 0 ? 100 : 20) + 5 * random.normal())
    const threshold = otsuThreshold(values)!
    expect(threshold).toBeGreaterThan(45)
    expect(threshold).toBeLessThan(80)
  })

  it('leaves out what is not a number, and knows no threshold without contrast', () => {
    expect(otsuThreshold([Number.NaN, 0, 0, 10, 10])).toBe(otsuThreshold([0, 0, 10, 10]))
    expect(otsuThreshold([3, 3, 3])).toBeNull()
    expect(otsuMask(new Float32Array(8), grid([2, 2, 2]))).toMatchObject({ ok: false, problem: { code: 'BAD_FILE' } })
  })
})

describe('a brain mask by threshold', () => {
  it('is the largest bright piece, without bright specks elsewhere', () => {
    const space = grid([8, 8, 8])
    const mean = new Float32Array(512).fill(10)
    for (let x = 2; x < 6; x++)
      for (let y = 2; y < 6; y++) for (let z = 2; z < 6; z++) mean[flatIndex(space.shape, x, y, z)] = 900
    mean[flatIndex(space.shape, 0, 0, 7)] = 950
    const { mask, voxels, threshold } = unwrap(otsuMask(mean, space))
    expect(voxels).toBe(64)
    expect(mask[flatIndex(space.shape, 0, 0, 7)]).toBe(0)
    expect(threshold).toBeGreaterThan(10)
    expect(threshold).toBeLessThan(900)
  })

  it('keeps one piece only, the first of equals, joined by faces', () => {
    const space = grid([3, 3, 1])
    expect([...largestComponent([1, 0, 1, 0, 1, 1, 1, 0, 0], space)]).toEqual([0, 0, 1, 0, 1, 1, 0, 0, 0])
    expect([...largestComponent([1, 0, 0, 0, 1, 0, 0, 0, 0], space)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0])
    expect([...largestComponent([0, 0, 0, 0, 0, 0, 0, 0, 0], space)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0])
  })
})

describe('the crop of a recipe', () => {
  const space = grid([10, 12, 8], [4, 4, 4], [-20, -30, -10])
  const brain = new Uint8Array(960).fill(1)

  it('is nothing without a rule', () => {
    expect(boxOfRule(undefined, space, null)).toEqual({ ok: true, value: null })
    expect(boxOfRule({ rule: 'none' }, space, null)).toEqual({ ok: true, value: null })
  })

  it('is the same box in voxels and in millimetres', () => {
    const box = unwrap(boxOfRule({ rule: 'voxels', start: [1, 2, 3], shape: [4, 5, 2] }, space, null))
    const same = boxOfRule({ rule: 'millimetres', from: [-16, -22, 2], to: [-4, -6, 6] }, space, null)
    expect(unwrap(same)).toEqual(box)
  })

  it('needs a brain for the occipital box', () => {
    expect(boxOfRule({ rule: 'occipital' }, space, null)).toMatchObject({ ok: false, problem: { code: 'BAD_RECIPE' } })
    const box = unwrap(boxOfRule({ rule: 'occipital' }, space, brain))
    expect(box).toEqual({ start: [0, 0, 0], shape: [10, 12, 8] })
  })

  it('covers a share of a mask', () => {
    const inside = insideBox(space, { start: [0, 0, 0], shape: [5, 12, 8] })
    expect(boxCoverage(brain, inside)).toBe(0.5)
    expect(boxCoverage(new Uint8Array(960), inside)).toBeNull()
  })
})
