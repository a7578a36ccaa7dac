import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { embed, fitPictureEmbedding, reconstruct } from '../embedding/picture-embedding.ts'
import { plainMatmul } from '../linear/product.ts'
import { applyAffine } from '../volume/affine.ts'
import { axisCodes } from '../volume/orientation.ts'
import { type Cohort, simulateCohort } from './cohort.ts'
import { drawPictures, type PictureSet } from './picture-set.ts'
import { pictureCount, sizeSettings } from './settings.ts'
import { finish, simulateSubject } from './subject.ts'

const seed = 100
const size = sizeSettings.tiny
let cohort: Cohort
let set: PictureSet

beforeAll(() => {
  set = finish(drawPictures(pictureCount(size), seed))
  cohort = simulateCohort({ size: 'tiny', seed })
})

function hash(made: Cohort): string {
  const sum = createHash('sha256')
  const add = (values: Float32Array | Int32Array | Uint8Array) =>
    sum.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  for (const { space, train, test, annotated, truth } of made.subjects) {
    for (const set of [train, test]) for (const part of [set.betas, set.target, set.session, set.run]) add(part)
    for (const part of [space.index, annotated!, truth!]) add(part)
  }
  add(made.targets.vectors)
  add(made.pictures.pixels)
  return sum.digest('hex')
}

const ones = (mask: Uint8Array | null) => mask!.reduce((sum, value) => sum + value, 0)

describe('simulateCohort', () => {
  it('is a function of its options, and reports progress that only grows', () => {
    const fractions: number[] = []
    const again = simulateCohort({ size: 'tiny', seed }, { progress: (fraction) => fractions.push(fraction) })
    expect(hash(again)).toBe(hash(cohort))
    expect(fractions.at(-1)).toBe(1)
    for (let i = 1; i < fractions.length; i++) expect(fractions[i]!).toBeGreaterThanOrEqual(fractions[i - 1]!)
    const other = finish(drawPictures(2, seed + 1)).pictures.pixels
    expect(other).not.toEqual(cohort.pictures.pixels.subarray(0, other.length))
  })

  it('has the wanted numbers of everything', () => {
    const { subjects, targets, pictures } = cohort
    expect(subjects.map(({ name }) => name)).toEqual(['sub-00', 'sub-01', 'sub-02', 'sub-03'])
    expect(pictures.count).toBe(pictureCount(size))
    expect(targets.names.length).toBe(pictures.count)
    expect(new Set(targets.names).size).toBe(pictures.count)
    expect(targets.vectors.length).toBe(pictures.count * targets.dimensions)
    expect(targets).toMatchObject({ kind: 'pictures', dimensions: 192, semanticStart: 128 })
    subjects.forEach(({ space, train, test, annotated, truth }, s) => {
      const counts = s === 0 ? size.newSubject : size.pretrainingSubject
      const voxels = space.index.length
      expect(train.trials).toBe(counts.sessions * counts.trialsPerSession)
      expect(train.betas.length).toBe(train.trials * voxels)
      expect(test.trials).toBe(size.testPictures)
      expect(test.betas.length).toBe(test.trials * voxels)
      expect(new Set(train.target).size).toBe(counts.pictures)
      expect(new Set(train.session).size).toBe(counts.sessions)
      expect(new Set(train.run).size).toBe(12 * counts.sessions)
      expect(ones(annotated)).toBe(size.annotatedVoxels)
      if (s > 0) expect(voxels).toBe(size.annotatedVoxels)
      else {
        expect(ones(truth)).toBe(size.trueVoxels)
        expect(voxels).toBeGreaterThanOrEqual(size.brainVoxels[0])
        expect(voxels).toBeLessThanOrEqual(size.brainVoxels[1])
      }
      for (let v = 1; v < voxels; v++) expect(space.index[v]!).toBeGreaterThan(space.index[v - 1]!)
    })
  })

  it('shows every training picture once or twice, and no test picture and nobody else’s in training', () => {
    const seen = new Set<number>(cohort.testItems)
    for (const { train, test } of cohort.subjects) {
      const times = new Map<number, number>()
      for (const item of train.target) times.set(item, (times.get(item) ?? 0) + 1)
      for (const [item, count] of times) {
        expect(seen.has(item)).toBe(false)
        expect([1, 2]).toContain(count)
        seen.add(item)
      }
      expect(Array.from(test.target)).toEqual(Array.from(cohort.testItems))
    }
    expect(seen.size).toBe(cohort.pictures.count)
  })

  it('is z-scored per voxel and session by training trials', () => {
    for (const { train, space } of cohort.subjects) {
      const voxels = space.index.length
      for (const session of new Set(train.session)) {
        const rows = [...train.session.keys()].filter((row) => train.session[row] === session)
        for (let v = 0; v < voxels; v += 7) {
          let [sum, square] = [0, 0]
          for (const row of rows) {
            sum += train.betas[row * voxels + v]!
            square += train.betas[row * voxels + v]! ** 2
          }
          expect(sum / rows.length).toBeCloseTo(0, 4)
          expect(square / rows.length).toBeCloseTo(1, 3)
        }
      }
    }
  })

  it('averages test trials: noise is a third of that of single trials where there is no signal', () => {
    const { test, space } = cohort.subjects[0]!
    const voxels = space.index.length
    const silent = [...space.index.keys()].filter((v) => cohort.noiseCeiling[0]![v] === 0)
    let square = 0
    for (const v of silent) for (let i = 0; i < test.trials; i++) square += test.betas[i * voxels + v]! ** 2
    const variance = square / silent.length / test.trials
    expect(variance).toBeGreaterThan(0.25)
    expect(variance).toBeLessThan(0.45)
  })

  it('fits the embedding on training pictures only, and it can be inverted', () => {
    expect(set.pictures.pixels).toEqual(cohort.pictures.pixels)
    // Test pictures made black: the fit must not change.
    const length = 64 * 64 * 3
    const pixels = set.pictures.pixels.slice().fill(0, 0, size.testPictures * length)
    const values = set.semantic.values.slice().fill(0, 0, size.testPictures * set.semantic.columns)
    const fitRows = Int32Array.from({ length: pictureCount(size) - size.testPictures }, (_, i) => size.testPictures + i)
    const fit = fitPictureEmbedding({ ...set.pictures, pixels }, { ...set.semantic, values }, { fitRows })
    expect(fit).toEqual(cohort.embedding)
    const { vectors, dimensions } = cohort.targets
    expect(embed(fit, set.pictures, set.semantic, plainMatmul)).toEqual(vectors)

    const back = reconstruct(fit, vectors.subarray(0, size.testPictures * dimensions))
    let [error, total, mean] = [0, 0, 0]
    for (let p = 0; p < back.pixels.length; p++) mean += cohort.pictures.pixels[p]! / 255 / back.pixels.length
    for (let p = 0; p < back.pixels.length; p++) {
      const shown = cohort.pictures.pixels[p]! / 255
      error += (back.pixels[p]! - shown) ** 2
      total += (shown - mean) ** 2
    }
    // Unseen pictures: texture and fine grain are lost, most of the rest is there.
    expect(1 - error / total).toBeGreaterThan(0.7)
  })

  it('stops when the host throws', () => {
    const stop = () => {
      throw new Error('stopped')
    }
    expect(() => simulateCohort({ size: 'tiny', seed }, { progress: stop })).toThrow('stopped')
  })
})

describe('orientation', () => {
  it('RAS and LAS hold the same brain at the same millimetres, behind the middle of the head', () => {
    const make = (handedness: 'RAS' | 'LAS') =>
      simulateSubject(set, { size: 'tiny', seed, handedness }, 0, { voxels: 'brain' }).data
    const at = (data: ReturnType<typeof make>, v: number) => {
      const { grid, index } = data.space
      const [, ny, nz] = grid.shape
      const flat = index[v]!
      return applyAffine(grid.affine, [Math.floor(flat / (ny * nz)), Math.floor(flat / nz) % ny, flat % nz])
    }
    const key = (place: readonly number[]) => place.map((value) => value.toFixed(2)).join(' ')
    const [ras, las] = [make('RAS'), make('LAS')]
    expect(axisCodes(ras.space.grid.affine)).toEqual(['R', 'A', 'S'])
    expect(axisCodes(las.space.grid.affine)).toEqual(['L', 'A', 'S'])
    const voxels = ras.space.index.length
    const where = new Map(Array.from({ length: voxels }, (_, v) => [key(at(ras, v)), v]))
    expect(where.size).toBe(voxels)
    let [right, back] = [0, 0]
    for (let v = 0; v < voxels; v++) {
      const place = at(las, v)
      const same = where.get(key(place))
      expect(same).toBeDefined()
      expect(las.truth![v]).toBe(ras.truth![same!])
      expect(las.annotated![v]).toBe(ras.annotated![same!])
      expect(las.train.betas[5 * voxels + v]).toBe(ras.train.betas[5 * voxels + same!])
      expect(las.test.betas[3 * voxels + v]).toBe(ras.test.betas[3 * voxels + same!])
      right += place[0] / voxels
      back += place[1] / voxels
    }
    expect(Math.abs(right)).toBeLessThan(2)
    expect(back).toBeLessThan(-20)
  })
})
