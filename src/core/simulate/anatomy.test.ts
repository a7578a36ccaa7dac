import { describe, expect, it } from 'vitest'
import { componentSizes } from '../volume/components.ts'
import { overlap } from '../volume/overlap.ts'
import { growAnatomy } from './anatomy.ts'
import { sizeSettings } from './settings.ts'
import { gridAffine, reorder, storage } from './space.ts'
import { streamNames } from './streams.ts'

const cases = [100, 101, 102].flatMap((seed) => [0, 1].map((subject) => ({ seed, subject })))

describe.each(['small', 'medium'] as const)('anatomy of the %s world', (name) => {
  const size = sizeSettings[name]

  it.each(cases)('has exact counts and an ROI that holds most true voxels (seed $seed, subject $subject)', (key) => {
    const { brain, truth, annotated } = growAnatomy(size, key.seed, key.subject)
    expect(truth.at.length).toBe(size.trueVoxels)
    expect(new Set(truth.at).size).toBe(size.trueVoxels)
    expect(annotated.reduce((sum, value) => sum + value, 0)).toBe(size.annotatedVoxels)
    for (const at of truth.at) expect(brain.inside[at]).toBe(1)
    annotated.forEach((value, at) => {
      if (value) expect(brain.inside[at]).toBe(1)
    })
    const isTrue = new Uint8Array(annotated.length)
    for (const at of truth.at) isTrue[at] = 1
    const { recall, precision } = overlap(annotated, isTrue)
    expect(recall).toBeGreaterThanOrEqual(0.75)
    expect(recall).toBeLessThanOrEqual(0.93)
    expect(precision).toBeLessThan(0.2)
  })

  it.each(cases)('has every stream in both hemispheres, on the right sides (seed $seed, subject $subject)', (key) => {
    const { brain, truth } = growAnatomy(size, key.seed, key.subject)
    for (const side of [-1, 1])
      streamNames.forEach((_, s) => {
        const patch = [...truth.at.keys()].filter((v) => truth.stream[v] === s && truth.side[v] === side)
        expect(patch.length).toBeGreaterThan(5)
      })
    truth.at.forEach((at, v) => {
      expect(Math.sign(brain.fromMidline[at]!)).toBe(truth.side[v])
    })
    // Early areas lie behind the parietal ones, those above the ventral ones.
    const mean = (stream: (typeof streamNames)[number], axis: 1 | 2) => {
      const members = [...truth.at.keys()].filter((v) => streamNames[truth.stream[v]!] === stream)
      return members.reduce((sum, v) => sum + brain.position[axis][truth.at[v]!]! / members.length, 0)
    }
    expect(mean('early', 1)).toBeLessThan(mean('parietal', 1))
    expect(mean('ventral', 2)).toBeLessThan(mean('parietal', 2))
  })

  it('true voxels form a sheet: few patches, and hardly a voxel with all neighbours true', () => {
    const { brain, truth } = growAnatomy(size, 100, 0)
    const mask = new Uint8Array(brain.inside.length)
    for (const at of truth.at) mask[at] = 1
    const space = {
      grid: { shape: size.shape, affine: gridAffine(size.shape, 'RAS') },
      index: Int32Array.from(mask.keys()),
    }
    expect(
      componentSizes(mask, space, 26)
        .slice(0, 8)
        .reduce((sum, value) => sum + value, 0),
    ).toBeGreaterThan(0.8 * size.trueVoxels)
    const [, ny, nz] = size.shape
    const steps = [1, -1, nz, -nz, ny * nz, -ny * nz]
    const deep = truth.at.filter((at) => steps.every((step) => mask[at + step] === 1))
    expect(deep.length / size.trueVoxels).toBeLessThan(0.15)
  })
})

describe('anatomy', () => {
  it('is the subject’s own, and the same every time', () => {
    const size = sizeSettings.tiny
    const first = growAnatomy(size, 100, 0)
    expect(growAnatomy(size, 100, 0).truth).toEqual(first.truth)
    expect(growAnatomy(size, 100, 1).truth.at).not.toEqual(first.truth.at)
    expect(growAnatomy(size, 101, 0).truth.at).not.toEqual(first.truth.at)
  })
})

describe('storage', () => {
  it('reorders columns of every row, and counts x the other way in LAS', () => {
    const shape = [3, 1, 2] as const
    const at = Int32Array.of(0, 3, 4)
    const { space, order } = storage(shape, at, 'LAS')
    // Voxels (0,0,0), (1,0,1), (2,0,0) become (2,0,0), (1,0,1), (0,0,0).
    expect(Array.from(space.index)).toEqual([0, 3, 4])
    const values = Float32Array.of(10, 11, 12, 20, 21, 22)
    reorder(values, 3, order)
    expect(Array.from(values)).toEqual([12, 11, 10, 22, 21, 20])
    expect(storage(shape, at, 'RAS').order).toBeNull()
  })
})
