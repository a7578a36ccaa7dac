import { describe, expect, it } from 'vitest'
import type { TrialSet } from '../data/subject-data.ts'
import type { Mixing } from '../model/loss/mixco.ts'
import { Random } from '../random/random.ts'
import { assembleInput, Batches, batchOrder, stepsPerEpoch, stepsPerPass } from './batches.ts'

function session(trials: number, pictures: number): Int32Array {
  return Int32Array.from({ length: trials }, (_, i) => i % pictures)
}

describe('batch order', () => {
  it('gives 31 steps of 24 for a session of 750 trials, no trial twice', () => {
    const batches = batchOrder(Random.of(1), session(750, 450), 24)
    expect(batches.map((rows) => rows.length)).toEqual(new Array(31).fill(24))
    const all = batches.flatMap((rows) => [...rows])
    expect(new Set(all).size).toBe(31 * 24)
  })

  it('never shows a picture twice in a batch where there are enough pictures', () => {
    const target = session(750, 375)
    for (let seed = 0; seed < 5; seed++) {
      for (const rows of batchOrder(Random.of(seed), target, 24)) {
        expect(new Set([...rows].map((trial) => target[trial])).size).toBe(24)
      }
    }
  })

  it('fills a batch of few labels with repeats rather than leaving trials out', () => {
    const batches = batchOrder(Random.of(3), session(96, 8), 24)
    expect(batches.map((rows) => rows.length)).toEqual([24, 24, 24, 24])
    expect(new Set(batches.flatMap((rows) => [...rows])).size).toBe(96)
  })

  it('makes one smaller batch of fewer trials than a batch holds', () => {
    expect(stepsPerPass(10, 24)).toBe(1)
    const [rows, ...more] = batchOrder(Random.of(0), session(10, 10), 24)
    expect(more).toEqual([])
    expect([...rows!].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('counts an epoch as at least so many trials, in whole batches', () => {
    expect(stepsPerEpoch(750, 24, 750)).toBe(31)
    expect(stepsPerEpoch(688, 24, 750)).toBe(31)
    expect(stepsPerEpoch(2250, 24, 750)).toBe(93)
    expect(stepsPerEpoch(88, 24, 750)).toBe(31)
    expect(stepsPerEpoch(88, 150, 750)).toBe(8)
    expect(stepsPerEpoch(88, 24, 1)).toBe(3)
  })

  it('is a pure function of seed and position: asking in any order gives the same batches', () => {
    const target = session(100, 60)
    const forward = new Batches(7, 'test', target, 24)
    const inOrder = Array.from({ length: 12 }, (_, step) => [...forward.at(step)])
    const other = new Batches(7, 'test', target, 24)
    for (const step of [11, 0, 5, 4, 9]) expect([...other.at(step)]).toEqual(inOrder[step])
    expect([...new Batches(8, 'test', target, 24).at(0)]).not.toEqual(inOrder[0])
    expect([...new Batches(7, 'other', target, 24).at(0)]).not.toEqual(inOrder[0])
    expect(inOrder[0]).not.toEqual(inOrder[4])
  })
})

describe('input assembly', () => {
  const voxels = 5000
  const set: TrialSet = {
    trials: 3,
    betas: Random.of('betas').normals(3 * voxels),
    target: Int32Array.of(0, 1, 2),
    session: new Int32Array(3),
    run: new Int32Array(3),
  }
  const row = (trial: number) => set.betas.subarray(trial * voxels, (trial + 1) * voxels)

  it('copies rows in the order of the batch into the given array', () => {
    const out = new Float32Array(3 * voxels)
    const x = assembleInput(set, Int32Array.of(2, 0), null, null, out)
    expect(x.length).toBe(2 * voxels)
    expect(x.buffer).toBe(out.buffer)
    expect(x.subarray(0, voxels)).toEqual(row(2))
    expect(x.subarray(voxels)).toEqual(row(0))
  })

  it('mixes with partners of the whole batch, less the offset of the subject', () => {
    const mixing: Mixing = { partners: Int32Array.of(0, 1, 3, 2), shares: Float64Array.of(1, 1, 0.75, 1) }
    const x = assembleInput(set, Int32Array.of(1, 2), mixing, null, new Float32Array(2 * voxels), 2)
    for (const v of [0, 17, voxels - 1]) {
      expect(x[v]).toBeCloseTo(0.75 * row(1)[v]! + 0.25 * row(2)[v]!, 6)
      expect(x[voxels + v]).toBe(row(2)[v])
    }
  })

  it.each([0.5, 0.2, 0.93])(
    'drops a share of %s of the inputs and scales the others so that the mean stays',
    (rate) => {
      const dropout = () => ({ rate, random: Random.of('drop') })
      const x = assembleInput(set, Int32Array.of(0), null, dropout(), new Float32Array(voxels)).slice()
      const dropped = x.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0) / voxels
      // Four standard errors of a share over 5,000 draws.
      expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / voxels))
      const at = x.findIndex((value) => value !== 0)
      // The rate is rounded to 1/65536.
      expect((x[at]! / row(0)[at]!) * (1 - rate)).toBeCloseTo(1, 3)
      expect(assembleInput(set, Int32Array.of(0), null, dropout(), new Float32Array(voxels))).toEqual(x)
    },
  )
})
