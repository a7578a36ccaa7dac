/** What jobs ask for where nothing was said, and what stays as it was said. */
import { expect, it } from 'vitest'
import type { RunRequest } from '../../core/contract/run.ts'
import { type SlurmSettings, slurmSettingsSchema } from '../../core/contract/slurm.ts'
import { partCost, type RunSizes } from '../../core/estimate/estimate-run.ts'
import { defaultDecoderSettings, maskPresets } from '../../core/troi/settings.ts'
import { checkPause, isOnSlurm, lost } from '../runs/run-states.ts'
import { fullSettings } from './defaults.ts'

const request: Extract<RunRequest, { kind: 'experiment' }> = {
  ...{ kind: 'experiment', experiment: 'ablation', subject: '01960000-0000-7000-8000-000000000002', backbone: null },
  ...{ mask: { ...maskPresets.troi, budget: 3000 }, decoder: defaultDecoderSettings, seeds: [0, 1, 2] },
}
const sizes = (voxels: number): RunSizes => ({
  subjects: [{ voxels, trainTrials: 750, testTrials: 250, gridVoxels: 3 * voxels }],
  ...{ hidden: 1024, maskVoxels: 0, maskSettings: null, labels: false, pretrained: true },
})
const full = (voxels: number, secondsPerWeight: number, said: SlurmSettings = {}) =>
  fullSettings({ cpus: 100_000, ...said }, request, sizes(voxels), secondsPerWeight)

it('time and memory have room above the estimate of the longest job, in words that Slurm takes', () => {
  const plan = { experiment: 'ablation' as const, seeds: [0], mask: request.mask, decoder: request.decoder }
  const only = ['troi', 'without-rewinding', 'rewind', 'finetune', 'unfrozen']
  const longest = partCost({ ...plan, only }, sizes(30_000), 1e-8)!
  const { time, memory } = full(30_000, 1e-8)
  expect(60 * Number(time)).toBeGreaterThanOrEqual(4 * longest.seconds)
  expect(60 * Number(time)).toBeLessThan(4 * longest.seconds + 600)
  expect(1e6 * Number.parseInt(memory, 10)).toBeGreaterThan(2 * longest.memoryBytes)
  expect(slurmSettingsSchema.safeParse({ time, memory }).success).toBe(true)
  expect(Number(full(30_000, 2e-8).time)).toBeGreaterThan(Number(time))
})

it('a small job still gets ten minutes and two gigabytes', () => {
  expect(full(100, 1e-12)).toEqual({ cpus: 100_000, time: '10', memory: '2000M' })
})

it('what was said stays', () => {
  const said: SlurmSettings = { time: '1-0', memory: '7G', cpus: 3, partition: 'p', extra: ['--exclusive'] }
  expect(fullSettings(said, request, sizes(100), 1)).toEqual(said)
  expect(fullSettings({}, request, sizes(100), 1e-12).cpus).toBe(2)
})

it('a run on Slurm cannot be paused, and its lost waiter is no lost work', () => {
  const run = { name: 'e-01', request: { ...request, slurm: {} } }
  expect([isOnSlurm(run), isOnSlurm({ request })]).toEqual([true, false])
  expect(() => checkPause(run)).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ code: 'NOT_ALLOWED' }) }),
  )
  expect(() => checkPause({ name: 'e-02', request })).not.toThrow()
  expect(lost(run).message).toContain('go on')
  expect(lost({ request }).message).not.toContain('go on')
})
