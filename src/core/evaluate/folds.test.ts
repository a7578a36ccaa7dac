import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { foldsByTarget } from './folds.ts'
import { noiseCeiling } from './noise-ceiling.ts'

describe('folds by picture', () => {
  it('keep repeats together and are even, for any trials and number of folds', () => {
    const seed = 167
    const random = Random.of(seed, 'folds')
    for (let round = 0; round < 60; round++) {
      const pictures = 1 + random.integer(30)
      const folds = 1 + random.integer(6)
      const target = Int32Array.from({ length: 1 + random.integer(120) }, () => 10 * random.integer(pictures))
      const fold = foldsByTarget(target, folds, round)
      const foldOf = new Map<number, number>()
      const held = new Map<number, Set<number>>()
      target.forEach((picture, i) => {
        const label = `seed ${seed}, round ${round}`
        expect(fold[i], label).toBe(foldOf.get(picture) ?? fold[i])
        foldOf.set(picture, fold[i]!)
        held.set(fold[i]!, (held.get(fold[i]!) ?? new Set()).add(picture))
      })
      const counts = Array.from({ length: folds }, (_, f) => held.get(f)?.size ?? 0)
      expect(Math.max(...counts) - Math.min(...counts), `seed ${seed}, round ${round}`).toBeLessThanOrEqual(1)
    }
  })

  it('depend on the seed and the pictures, not on the order of the trials', () => {
    const target = Int32Array.from({ length: 60 }, (_, i) => i % 20)
    const fold = foldsByTarget(target, 4, 1)
    expect(foldsByTarget(target, 4, 1)).toEqual(fold)
    expect(foldsByTarget(target, 4, 2)).not.toEqual(fold)
    expect(foldsByTarget(target.slice().reverse(), 4, 1)).toEqual(fold.slice().reverse())
  })
})

describe('leaving one run out', () => {})

describe('noise ceiling', () => {
  it('recovers the share of signal of an average of three repeats', () => {
    const seed = 173
    const random = Random.of(seed, 'noise ceiling')
    const pictures = 1500
    const target = Int32Array.from({ length: 2 * pictures }, (_, i) => i % pictures)
    const signal = random.normals(pictures)
    // Voxel 0 is signal of sd 1 under noise of sd 1; voxel 1 is noise alone.
    const betas = new Float32Array(2 * target.length)
    target.forEach((picture, i) => {
      betas[2 * i] = signal[picture]! + random.normal()
      betas[2 * i + 1] = random.normal()
    })
    const found = noiseCeiling(betas, target, 2)
    expect(Math.abs(found[0]! - 0.75), `seed ${seed}`).toBeLessThan(0.03)
    expect(found[1], `seed ${seed}`).toBeLessThan(0.1)
  })

  it('is 0 without repeats, for a constant voxel, and 1 without noise', () => {
    expect([...noiseCeiling(Float32Array.of(1, 2, 3), Int32Array.of(0, 1, 2), 1)]).toEqual([0])
    const betas = Float32Array.of(1, 5, 1, -5, 1, 5, 1, -5)
    expect([...noiseCeiling(betas, Int32Array.of(0, 1, 0, 1), 2)]).toEqual([0, 1])
  })
})
