import { expect, it } from 'vitest'
import { l1Value } from './l1.ts'
import type { ContrastiveSchedule } from './schedule.ts'
import { contrastiveOfEpoch, halfCosine, mixingEpochs } from './schedule.ts'

const schedule: ContrastiveSchedule = {
  mixPhase: 1 / 3,
  mixTemperature: 0.1,
  softTemperatureStart: 0.1,
  softTemperatureEnd: 0.15,
  overwriteFixedPoints: false,
}

it('mixes in the first third, then softens to the end temperature in the last epoch', () => {
  const losses = Array.from({ length: 15 }, (_, epoch) => contrastiveOfEpoch(schedule, epoch, 15))
  expect(losses.map((loss) => loss.kind)).toEqual([...Array(5).fill('bimixco'), ...Array(10).fill('softclip')])
  expect(losses[5]!.temperature).toBe(0.1)
  expect(losses[14]!.temperature).toBeCloseTo(0.15, 12)
  const soft = losses.slice(5).map((loss) => loss.temperature)
  expect(soft).toEqual([...soft].sort((a, b) => a - b))
})

it('switches where MindEye2 switches: after int(.33 · 150) = 49 of 150 epochs', () => {
  expect(mixingEpochs({ ...schedule, mixPhase: 0.33 }, 150)).toBe(49)
  expect(contrastiveOfEpoch({ ...schedule, mixPhase: 0.33 }, 49, 150).kind).toBe('softclip')
})

it('allows a training that only mixes, or never does, and one soft epoch', () => {
  expect(contrastiveOfEpoch({ ...schedule, mixPhase: 1 }, 9, 10).kind).toBe('bimixco')
  expect(contrastiveOfEpoch({ ...schedule, mixPhase: 0 }, 0, 10)).toEqual({ kind: 'softclip', temperature: 0.1 })
  expect(contrastiveOfEpoch(schedule, 1, 2)).toEqual({ kind: 'softclip', temperature: expect.closeTo(0.15, 12) })
  expect(halfCosine(1, 2, 1, 0)).toBe(1)
  expect(() => halfCosine(1, 2, 3, 3)).toThrow(/outside/)
})

it('the L1 term counts magnitudes', () => {
  expect(l1Value(Float32Array.from([1, -0.5, 0, 2]), 0.1)).toBeCloseTo(0.35, 7)
})
