/** Estimates against the times and memory that bench/results/subject.json measured, by order of magnitude; and what is said of them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RunRequest } from '../contract/run.ts'
import { pictureRange, sizeSettings } from '../simulate/settings.ts'
import { defaultDecoderSettings, defaultPretrainSettings, maskPresets } from '../troi/settings.ts'
import { estimateRun, type RunSizes, roomVerdict, runCost } from './estimate-run.ts'
import { smallerRequests } from './smaller-requests.ts'
import { decodeCost, maskCost, pretrainCost, type SubjectSize } from './stage-cost.ts'

/** Seconds per number of the input layer on two cores, of the order that bench/results/training-step.json gives. */
const perWeight = 2.5e-9
const measured = z
  .object({
    results: z.array(
      z.object({
        size: z.enum(['medium', 'full']),
        voxels: z.number(),
        budget: z.number(),
        seconds: z.record(z.string(), z.number()),
        peakMemoryGigabytes: z.number(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../bench/results/subject.json', import.meta.url), 'utf8'))).results

function sizeOf(size: 'medium' | 'full', voxels: number, role: 'newSubject' | 'pretrainingSubject'): SubjectSize {
  const own = sizeSettings[size]
  return {
    voxels,
    trainTrials: own[role].sessions * own[role].trialsPerSession,
    testTrials: own.testPictures,
    gridVoxels: own.shape.reduce((product, side) => product * side, 1),
  }
}

const within = (estimate: number, truth: number, factor: number) => {
  expect(estimate).toBeGreaterThan(truth / factor)
  expect(estimate).toBeLessThan(truth * factor)
}

describe.each(measured)('the cohort of size $size', ({ size, voxels, budget, seconds, peakMemoryGigabytes }) => {
  const subject = sizeOf(size, voxels, 'newSubject')
  const teachers = Array.from({ length: sizeSettings[size].pretrainingSubjects }, () =>
    sizeOf(size, voxels, 'pretrainingSubject'),
  )
  const pretraining = pretrainCost(teachers, defaultPretrainSettings, perWeight)

  it('takes about as long as it took', () => {
    expect(pictureRange(sizeSettings[size], 1).count).toBeGreaterThan(0)
    within(pretraining.seconds, seconds.pretrain!, 3)
    within(maskCost(subject, { ...maskPresets.troi, budget }, 256, perWeight).seconds, seconds['stage 1']!, 3)
    within(decodeCost(subject, budget, defaultDecoderSettings, 256, perWeight).seconds, seconds['stage 2']!, 3)
  })

  it('needs about as much memory as it did', () => {
    within(pretraining.memoryBytes / 1e9, peakMemoryGigabytes, 3)
  })
})

const sizes: RunSizes = {
  subjects: [{ voxels: 48_000, trainTrials: 750, testTrials: 300, gridVoxels: 96_000 }],
  ...{ hidden: 256, maskVoxels: 3000, maskSettings: null, labels: false, pretrained: true },
}

const demos = z
  .object({
    results: z.array(
      z.object({
        size: z.enum(['tiny', 'small']),
        seconds: z.number(),
        secondsPerWeight: z.number(),
        diskBytes: z.number(),
        peakMemoryBytes: z.number().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../bench/results/demo.json', import.meta.url), 'utf8'))).results

describe.each(demos)('a whole demo of size $size in $seconds s', (measured) => {
  const request: RunRequest = { kind: 'demo', size: measured.size, seeds: [0] }
  const cost = runCost(request, { ...sizes, subjects: [] }, measured.secondsPerWeight)!

  it('is estimated within a factor of three: time, disk and memory', () => {
    within(cost.seconds, measured.seconds, 3)
    within(cost.diskBytes, measured.diskBytes, 3)
    if (measured.peakMemoryBytes !== undefined) within(cost.memoryBytes, measured.peakMemoryBytes, 3)
  })

  it('needs a second seed’s time again, in the same room, and says so', () => {
    const two = runCost({ ...request, seeds: [0, 1] }, { ...sizes, subjects: [] }, measured.secondsPerWeight)!
    expect(two.seconds).toBeGreaterThan(1.5 * cost.seconds)
    expect(two.memoryBytes).toBe(cost.memoryBytes)
    const room = { memoryBytes: 64e9, diskBytes: cost.diskBytes - 1 }
    const told = estimateRun(request, { ...sizes, subjects: [] }, room, perWeight, smallerRequests(request))!
    expect(told).toMatchObject({ verdict: 'will not fit', work: { conditions: 28, seeds: 1, atOnce: 1 } })
    expect(told.smaller?.words ?? null).toBe(measured.size === 'small' ? 'Size tiny' : null)
  })
})

const id = '01960000-0000-7000-8000-000000000001'
const memoryMask: RunRequest = { kind: 'mask', subject: id, backbone: null, settings: maskPresets.memory }

describe('what is said of a run', () => {
  it('goes from fits over tight to will not fit', () => {
    expect([69, 71, 100, 101].map((needed) => roomVerdict(needed, 100))).toEqual([
      'fits',
      'tight',
      'tight',
      'will not fit',
    ])
  })

  it('offers the least change that fits, and only where something is wanted', () => {
    const disk = runCost(memoryMask, sizes, perWeight)!.diskBytes
    const small = { memoryBytes: 64e9, diskBytes: disk - 1 }
    const told = estimateRun(memoryMask, sizes, small, perWeight, smallerRequests(memoryMask))!
    expect(told.verdict).toBe('will not fit')
    expect(told.memory.verdict).toBe('fits')
    expect(told.smaller?.words).toBe('Preset troi')
    expect(told.smaller?.request).toMatchObject({ settings: { preset: 'troi', budget: 3000 } })
    expect(told.smaller!.neededBytes.disk).toBeLessThan(disk)
    const roomy = { memoryBytes: 64e9, diskBytes: 100 * disk }
    expect(estimateRun(memoryMask, sizes, roomy, perWeight, smallerRequests(memoryMask))?.smaller).toBeNull()
  })

  it('says how many rows an experiment has, one after the other, and offers one seed first', () => {
    const experiment: RunRequest = {
      ...{ kind: 'experiment', experiment: 'budget', subject: id, backbone: id },
      ...{ mask: maskPresets.troi, decoder: defaultDecoderSettings, seeds: [0, 1, 2] },
    }
    const room = { memoryBytes: 1, diskBytes: 64e9 }
    const told = estimateRun(experiment, sizes, room, perWeight, smallerRequests(experiment))!
    expect(told.work).toEqual({ conditions: 5, seeds: 3, folds: 1, atOnce: 1 })
    expect(smallerRequests(experiment).map(({ words }) => words)[0]).toBe('One seed')
    const folded = estimateRun(
      experiment,
      { ...sizes, subjects: [{ ...sizes.subjects[0]!, testTrials: 0 }] },
      room,
      perWeight,
      [],
    )!
    expect(folded.work?.folds).toBe(10)
    expect(folded.seconds).toBeGreaterThan(5 * told.seconds)
  })

  it('counts a test run as the little it does', () => {
    const test = runCost({ ...memoryMask, testRun: true }, sizes, perWeight)!
    const full = runCost(memoryMask, sizes, perWeight)!
    expect(test.seconds).toBeLessThan(full.seconds / 20)
    expect(test.memoryBytes).toBeGreaterThan(full.memoryBytes / 3)
    expect(test.diskBytes).toBe(full.diskBytes)
  })

  it('counts an experiment as its rows, and a second seed as twice the time in the same room', () => {
    const experiment: RunRequest = {
      ...{ kind: 'experiment', experiment: 'data-amount', subject: id, backbone: id },
      ...{ mask: maskPresets.troi, decoder: defaultDecoderSettings, seeds: [0] },
    }
    const one = runCost(experiment, sizes, perWeight)!
    const two = runCost({ ...experiment, seeds: [0, 1] }, sizes, perWeight)!
    expect(two.seconds).toBeCloseTo(2 * one.seconds)
    expect(two.memoryBytes).toBe(one.memoryBytes)
    expect(one.seconds).toBeGreaterThan(
      runCost({ ...memoryMask, settings: maskPresets.troi }, sizes, perWeight)!.seconds,
    )
  })

  it('names what it assumed of held-out runs', () => {
    const decode: RunRequest = { kind: 'decode', mask: id, settings: defaultDecoderSettings }
    const heldOut = { ...sizes, subjects: [{ ...sizes.subjects[0]!, testTrials: 0 }] }
    const room = { memoryBytes: 64e9, diskBytes: 64e9 }
    expect(estimateRun(decode, heldOut, room, perWeight, [])?.notes).toHaveLength(1)
    expect(estimateRun(decode, sizes, room, perWeight, [])?.notes).toEqual([])
  })

  it('says nothing of a run whose work cannot be counted', () => {
    const simulate: RunRequest = { kind: 'simulate', size: 'tiny', seed: 0 }
    expect(runCost(simulate, { ...sizes, subjects: [] }, perWeight)).toBeNull()
  })
})
