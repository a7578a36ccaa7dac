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
