import { describe, expect, it } from 'vitest'
import fixture from '../../../test/fixtures/nibabel-orientation.json' with { type: 'json' }
import { Random } from '../random/random.ts'
import {
  affineToQuaternion,
  applyAffine,
  determinant,
  invertAffine,
  multiplyAffines,
  quaternionToAffine,
  sameAffine,
  voxelSizes,
} from './affine.ts'

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const largest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))

describe('affines', () => {
  it('undo themselves through their inverse', () => {
    for (const { affine } of [...fixture.orders, ...fixture.turned]) {
      expect(largest(multiplyAffines(affine, invertAffine(affine)), identity)).toBeLessThan(1e-12)
      const point = [3, -2, 7.5] as const
      const back = applyAffine(invertAffine(affine), applyAffine(affine, point))
      expect(largest(back, point)).toBeLessThan(1e-10)
    }
  })

  it('apply one after the other as their product does', () => {
    const [a, b] = [fixture.turned[3]!.affine, fixture.turned[50]!.affine]
    const point = [1.5, 4, -3] as const
    expect(largest(applyAffine(multiplyAffines(a, b), point), applyAffine(a, applyAffine(b, point)))).toBeLessThan(1e-9)
  })

  it('have the volume of a voxel as determinant, negative where the axes are left-handed', () => {
    for (const { affine, kind } of fixture.qforms) {
      const [x, y, z] = voxelSizes(affine)
      expect(Math.abs(determinant(affine)), kind).toBeCloseTo(x * y * z, 6)
    }
    const flipped = identity.map((value, at) => (at === 0 ? -2 : value))
    expect(determinant(flipped)).toBe(-2)
    expect(voxelSizes(flipped)).toEqual([2, 1, 1])
  })

  it('are the same up to the tolerance, and not beyond it', () => {
    const moved = (at: number, by: number) => identity.map((value, i) => (i === at ? value + by : value))
    expect(sameAffine(identity, moved(5, 0.9e-3))).toBe(true)
    expect(sameAffine(identity, moved(5, 1.1e-3))).toBe(false)
    expect(sameAffine(identity, moved(3, 9e-3))).toBe(true)
    expect(sameAffine(identity, moved(3, 11e-3))).toBe(false)
    expect(sameAffine(identity, moved(0, -2))).toBe(false)
    expect(sameAffine(identity, moved(0, Number.NaN))).toBe(false)
  })

  it('that flatten space have no inverse', () => {
    const flat = identity.map((value, at) => (at === 10 ? 0 : value))
    expect(() => invertAffine(flat)).toThrow(RangeError)
    expect(() => invertAffine(identity.map(() => Number.NaN))).toThrow(RangeError)
    expect(affineToQuaternion(flat)).toBeNull()
  })
})

describe('qform quaternions', () => {
  it(`are those nibabel ${fixture.nibabel} writes, and give back its affine`, () => {
    for (const expected of fixture.qforms) {
      const found = affineToQuaternion(expected.affine)
      if (found === null) throw new Error(`no quaternion for ${expected.affine}`)
      expect(found.qfac).toBe(expected.qfac)
      expect(largest(found.sizes, expected.sizes)).toBeLessThan(1e-6)
      // q and −q are one rotation; where a is 0 the sign is free.
      const own = [found.b, found.c, found.d]
      const distance = Math.min(
        largest(own, expected.quaternion),
        largest(
          own.map((q) => -q),
          expected.quaternion,
        ),
      )
      expect(distance).toBeLessThan(2e-6)
      if (found.b ** 2 + found.c ** 2 + found.d ** 2 < 0.999)
        expect(largest(own, expected.quaternion)).toBeLessThan(2e-6)

      const [b, c, d] = expected.quaternion as [number, number, number]
      const sizes = expected.sizes as [number, number, number]
      const offset = [expected.affine[3]!, expected.affine[7]!, expected.affine[11]!] as const
      const back = quaternionToAffine({ b, c, d, sizes, offset, qfac: expected.qfac === 1 ? 1 : -1 })
      // The header holds 32-bit numbers: near half a turn the square root of what is left of 1 loses half the digits.
      const nearHalfTurn = 1 - b * b - c * c - d * d < 0.01
      expect(largest(back, expected.back)).toBeLessThan(nearHalfTurn ? 5e-3 : 2e-5)
    }
  })

  it('come back from their affine, for any rotation, size and handedness', () => {
    const seed = 71
    const random = Random.of(seed, 'quaternions')
    for (let round = 0; round < 2000; round++) {
      const q = random.normals(4)
      const length = Math.hypot(...q)
      const sign = q[0]! < 0 ? -1 : 1
      const [b, c, d] = [q[1]! / length, q[2]! / length, q[3]! / length].map((value) => sign * value)
      const size = () => 0.5 + 4 * random.uniform()
      const given = {
        b: b!,
        c: c!,
        d: d!,
        offset: [size(), -size(), 10 * size()] as const,
        sizes: [size(), size(), size()] as const,
        qfac: random.uniform() < 0.5 ? (1 as const) : (-1 as const),
      }
      const affine = quaternionToAffine(given)
      const found = affineToQuaternion(affine)
      if (found === null) throw new Error(`seed ${seed}, round ${round}: no quaternion`)
      expect(found.qfac, `seed ${seed}, round ${round}`).toBe(given.qfac)
      expect(largest(quaternionToAffine(found), affine), `seed ${seed}, round ${round}`).toBeLessThan(1e-5)
    }
  })

  it('do exist for half turns about every axis', () => {
    for (const [x, y, z] of [
      [1, -1, -1],
      [-1, 1, -1],
      [-1, -1, 1],
    ] as const) {
      const affine = [2 * x, 0, 0, 5, 0, 2 * y, 0, 6, 0, 0, 2 * z, 7, 0, 0, 0, 1]
      const found = affineToQuaternion(affine)
      expect(found).not.toBeNull()
      expect(largest(quaternionToAffine(found!), affine)).toBeLessThan(1e-12)
    }
  })

  it('do not exist for shear or numbers that are not finite', () => {
    const sheared = [1, 0.2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    expect(affineToQuaternion(sheared)).toBeNull()
    expect(affineToQuaternion(identity.map((value, at) => (at === 6 ? Number.NaN : value)))).toBeNull()
    expect(affineToQuaternion(identity.map((value, at) => (at === 11 ? Number.POSITIVE_INFINITY : value)))).toBeNull()
  })
})
