import { describe, expect, it } from 'vitest'
import { latticePoints } from '../embedding/channel-maps.ts'
import { Random } from '../random/random.ts'
import { growAnatomy } from './anatomy.ts'
import { drawPictures, featureCount, firstCategoryChannel, objectChannel, type PictureSet } from './picture-set.ts'
import { voxelResponses } from './responses.ts'
import { categories } from './scene.ts'
import { planTest, planTraining } from './sessions.ts'
import { pictureRange, sizeSettings } from './settings.ts'
import { ceilingOf } from './signal.ts'
import { finish, simulateSubject } from './subject.ts'
import { courseCount, sessionCourses, TrialNoise } from './trial-noise.ts'
import { drawTuning } from './tuning.ts'
import { worldConstants } from './world-constants.ts'

const seed = 100
const set: PictureSet = finish(drawPictures(120, seed))
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value / values.length, 0)

describe('pictures', () => {
  const { pixels, count } = set.pictures
  const length = pixels.length / count

  it('differ from each other and use the range of bytes', () => {
    const one = (i: number) => pixels.subarray(i * length, (i + 1) * length)
    for (let i = 1; i < count; i++) {
      let difference = 0
      for (let p = 0; p < length; p++) difference += Math.abs(one(i)[p]! - one(i - 1)[p]!) / length
      expect(difference).toBeGreaterThan(10)
      expect(Math.max(...one(i)) - Math.min(...one(i))).toBeGreaterThan(80)
    }
    expect(mean(pixels)).toBeGreaterThan(80)
    expect(mean(pixels)).toBeLessThan(175)
  })

  it('show one to four objects out of twelve categories, and the maps say where', () => {
    const used = new Set<number>()
    set.scenes.forEach((scene, i) => {
      expect(scene.objects.length).toBeGreaterThanOrEqual(1)
      expect(scene.objects.length).toBeLessThanOrEqual(4)
      const shown = new Set(scene.objects.map(({ category }) => category))
      for (const category of shown) used.add(category)
      const map = (channel: number) => {
        const from = (i * featureCount + channel) * latticePoints
        return set.maps.subarray(from, from + latticePoints)
      }
      let cover = 0
      for (let k = 0; k < categories.length; k++) {
        const area = mean(map(firstCategoryChannel + k))
        if (!shown.has(k)) expect(area).toBe(0)
        cover += area
      }
      expect(cover).toBeGreaterThan(0)
      expect(cover).toBeLessThanOrEqual(1)
      expect(mean(map(objectChannel))).toBeCloseTo(cover, 4)
    })
    expect(used.size).toBe(12)
    expect(new Set(categories.map(({ shape, texture }) => `${shape} ${texture}`)).size).toBe(12)
  })

  it('do not change when more are drawn', () => {
    const fewer = finish(drawPictures(10, seed))
    expect(fewer.pictures.pixels).toEqual(pixels.subarray(0, 10 * length))
  })
})

describe('tuning', () => {
  const anatomy = growAnatomy(sizeSettings.small, seed, 0)
  const tuned = { ...anatomy.truth }
  const tuning = drawTuning(anatomy.brain, tuned, worldConstants.standard, seed, 0)

  it('crosses the hemifields: each hemisphere answers to the other half of the picture', () => {
    const items = 64
    // Random maps in one half of the lattice, nothing in the other.
    const halfMaps = (right: boolean) => {
      const maps = new Float32Array(items * featureCount * latticePoints)
      Random.of(seed, 'half').fillNormal(maps)
      return maps.map((value, at) => (at % 16 >= 8 === right ? value : 0))
    }
    const power = (right: boolean) => {
      const maps = halfMaps(right)
      const rows = Int32Array.from({ length: items }, (_, i) => i)
      // As a reference for scale, the same noise in the whole picture.
      const both = new Float32Array(2 * maps.length)
      both.set(maps)
      Random.of(seed, 'whole').fillNormal(both.subarray(maps.length))
      const order = Int32Array.from([...Array.from(rows, (i) => items + i), ...rows])
      const out = finish(voxelResponses(both, order, items, tuning, 0))
      return Float64Array.from({ length: tuning.voxels }, (_, v) =>
        mean(Float64Array.from(rows, (i) => out[(items + i) * tuning.voxels + v]! ** 2)),
      )
    }
    const [left, right] = [power(false), power(true)]
    const of = (values: Float64Array, side: number) => mean(values.filter((_, v) => anatomy.truth.side[v] === side))
    expect(of(right, -1)).toBeGreaterThan(3 * of(left, -1))
    expect(of(left, 1)).toBeGreaterThan(3 * of(right, 1))
  })

  it('has receptive fields inside the picture that grow with eccentricity', () => {
    expect(tuning.sigma.every((value) => value > 0.3 && value < 6)).toBe(true)
    const far = (v: number) => Math.hypot(tuning.x[v]! - 7.5, tuning.y[v]! - 7.5)
    const order = [...tuning.sigma.keys()].sort((a, b) => far(a) - far(b))
    const third = Math.floor(order.length / 3)
    const size = (members: number[]) => mean(members.map((v) => tuning.sigma[v]!))
    expect(size(order.slice(-third))).toBeGreaterThan(size(order.slice(0, third)))
  })
})

describe('noise ceilings', () => {
  const size = sizeSettings.small
  const range = pictureRange(size, 0)
  const pictures = finish(drawPictures(range.first + range.count, seed))
  const make = (world: 'standard' | 'leak') =>
    simulateSubject(pictures, { size: 'small', seed, world, amplitude: 1 }, 0, { voxels: 'brain' })
  const { data, noiseCeiling } = make('standard')

  it('follow the law at amplitude 1', () => {
    const own = noiseCeiling.filter((_, v) => data.truth![v] === 1).sort()
    const quantile = (share: number) => own[Math.floor(share * (own.length - 1))]!
    expect(quantile(0.5)).toBeGreaterThan(0.13)
    expect(quantile(0.5)).toBeLessThan(0.24)
    expect(quantile(0.9)).toBeGreaterThan(0.34)
    expect(quantile(0.9)).toBeLessThan(0.52)
    expect(quantile(1)).toBeGreaterThan(0.55)
    expect(quantile(1)).toBeLessThan(0.92)
  })

  it('are small outside the true voxels, where they are not 0 only at their rim', () => {
    const outside = noiseCeiling.filter((_, v) => data.truth![v] === 0)
    expect(mean(outside.filter((value) => value > 0))).toBeLessThan(0.05)
    expect(outside.filter((value) => value === 0).length / outside.length).toBeGreaterThan(0.5)
    expect(ceilingOf(0)).toBe(0)
    expect(ceilingOf(1 / 3)).toBe(0.5)
  })

  it('agree with what repeats in the measured trials show', () => {
    const { train, space } = data
    const voxels = space.index.length
    const seen = new Map<number, number>()
    const pairs: [number, number][] = []
    train.target.forEach((item, row) => {
      const before = seen.get(item)
      if (before === undefined) seen.set(item, row)
      else pairs.push([before, row])
    })
    expect(pairs.length).toBe(300)
    const repeatable = (v: number) =>
      mean(pairs.map(([a, b]) => train.betas[a * voxels + v]! * train.betas[b * voxels + v]!))
    const own = [...space.index.keys()].filter((v) => data.truth![v] === 1)
    // Correlation of two single trials against s² / (s² + 1).
    const expected = mean(own.map((v) => noiseCeiling[v]! / (3 - 2 * noiseCeiling[v]!)))
    const slow = worldConstants.standard.noise.global + worldConstants.standard.noise.drift
    expect(Math.abs(mean(own.map(repeatable)) - expected)).toBeLessThan(0.02 + 0.1 * slow)
  })

  it('leak: every other voxel of the annotated ROI has a noise ceiling of a few percent', () => {
    const leaking = make('leak')
    const weak = leaking.noiseCeiling.filter((_, v) => leaking.data.annotated![v] === 1 && data.truth![v] === 0)
    expect(Math.min(...weak)).toBeGreaterThan(0.005)
    expect(mean(weak)).toBeGreaterThan(0.012)
    expect(mean(weak)).toBeLessThan(0.045)
  })
})

describe('noise', () => {
  it('has variance 1 in every voxel, smooth in space', () => {
    const shape = [9, 8, 7] as const
    const at = Int32Array.from({ length: 9 * 8 * 7 }, (_, i) => i).filter((i) => i % 11 !== 0)
    const noise = new TrialNoise(shape, at, worldConstants.standard.noise, seed, 0)
    const trials = 3000
    const out = new Float32Array(trials * at.length)
    for (let session = 0; session < trials / 60; session++) {
      const run = Int32Array.from({ length: 60 }, (_, t) => Math.floor(t / 10))
      const courses = sessionCourses(run, Random.of(seed, 'courses', session))
      for (let t = 0; t < 60; t++) {
        const row = 60 * session + t
        const own = courses.subarray(t * courseCount, (t + 1) * courseCount)
        noise.addTo(out, row * at.length, own, 1, Random.of(seed, 'noise', row))
      }
    }
    const product = (v: number, w: number) =>
      mean(Float64Array.from({ length: trials }, (_, t) => out[t * at.length + v]! * out[t * at.length + w]!))
    const variances = Array.from(at.keys(), (v) => product(v, v))
    expect(mean(variances)).toBeGreaterThan(0.97)
    expect(mean(variances)).toBeLessThan(1.03)
    for (const value of variances) expect(Math.abs(value - 1)).toBeLessThan(0.2)
    const neighbours = [...at.keys()].filter((v) => at[v + 1] === at[v]! + 1 && at[v]! % 7 < 6)
    const beside = mean(neighbours.map((v) => product(v, v + 1)))
    // exp(−1 / 4σ²) of the smooth share, and what global maps share.
    expect(beside).toBeGreaterThan(0.3)
    expect(beside).toBeLessThan(0.6)
  })
})

describe('trial plans', () => {
  it('training shows every picture once or twice in 12 runs per session, test trials once per repeat', () => {
    const plan = planTraining({ pictures: 450, sessions: 1, trialsPerSession: 750 }, Random.of(1))
    const times = new Int32Array(450)
    for (const picture of plan.picture) times[picture]!++
    expect(times.filter((count) => count === 2).length).toBe(300)
    expect(times.filter((count) => count === 1).length).toBe(150)
    expect(new Set(plan.run).size).toBe(12)
    for (let t = 1; t < 750; t++) expect(plan.run[t]! - plan.run[t - 1]!).toBeGreaterThanOrEqual(0)
    const test = planTest(30, 3, Random.of(2))
    for (let r = 0; r < 3; r++) expect(new Set(test.picture.subarray(30 * r, 30 * r + 30)).size).toBe(30)
    expect(() => planTraining({ pictures: 100, sessions: 1, trialsPerSession: 300 }, Random.of(1))).toThrow(RangeError)
    expect(() => planTraining({ pictures: 400, sessions: 1, trialsPerSession: 300 }, Random.of(1))).toThrow(RangeError)
  })
})
