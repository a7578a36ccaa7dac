/** Waiting for jobs, against a Slurm that does what the test says: every way in which cells can come, fail, or be lost. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSlurm, tableRow, writeRows, writeState } from '../../../test/support/fake-slurm.ts'
import type { Run } from '../../core/contract/run.ts'
import type { SlurmSettings } from '../../core/contract/slurm.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { defaultDecoderSettings, maskPresets } from '../../core/troi/settings.ts'
import { RunFolder } from '../project/run-folder.ts'
import { JobProgress } from '../runs/job-context.ts'
import { noInputs } from '../runs/protocol.ts'
import { keepSettings } from './attempt.ts'
import { followSlurm } from './follow.ts'
import { missingCells } from './missing.ts'
import { SlurmFolder } from './slurm-folder.ts'

const runId = '01960000-0000-7000-8000-000000000001'
const subjectId = '01960000-0000-7000-8000-000000000002'
let base: string
let fake: FakeSlurm
let folder: RunFolder
let slurm: SlurmFolder

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "follow d'ä "))
  fake = new FakeSlurm(base)
  open(join(base, 'project', 'runs', runId))
})
afterEach(() => {
  fake.leave()
  rmSync(base, { recursive: true, force: true })
})

function open(path: string): void {
  folder = new RunFolder(path)
  folder.create()
  slurm = new SlurmFolder(folder)
}

function runWith(settings: SlurmSettings = {}): Run {
  return {
    ...{ id: runId, name: 'e-01', kind: 'experiment', subject: subjectId, parents: [], status: 'running' },
    request: {
      ...{ kind: 'experiment', experiment: 'ablation', subject: subjectId, backbone: null, seeds: [0, 1] },
      ...{ mask: { ...maskPresets.troi, budget: 5 }, decoder: defaultDecoderSettings },
      slurm: { time: '10', memory: '1000M', cpus: 1, pollSeconds: 0.05, ...settings },
    },
    ...{ created: '2026-01-01T00:00:00.000Z', started: null, ended: null, phases: [], elapsed: 0 },
    ...{ remaining: null, device: null, problem: null },
  }
}

/** Starts to wait, as the process of a run does. */
function follow(run = runWith()) {
  const devices: string[] = []
  const progress = new JobProgress(
    folder,
    (message) => void (message.type === 'device' && devices.push(message.device)),
    'test',
    false,
  )
  const grid = {
    shape: [1, 1, 9] as [number, number, number],
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  }
  const summary = {
    ...{ id: subjectId, name: 'ann', origin: 'imported' as const, role: 'new' as const, voxels: 9, grid },
    ...{
      trainTrials: 9,
      testTrials: 3,
      targets: 'labels' as const,
      items: 2,
      labels: ['a', 'b'],
      annotatedVoxels: null,
    },
    ...{ trueVoxels: null, notes: [] },
  }
  const inputs = { ...noInputs, subjects: [{ summary, file: 'subject.data', pictures: null }] }
  const ended = followSlurm({ run, inputs, builtBy: 'test', folder, progress }).then(
    () => null,
    (error: unknown): Problem => {
      if (error instanceof ProblemError) return error.problem
      throw error
    },
  )
  return { progress, devices, ended }
}

/** Resolves when Slurm was asked some more times. */
async function looked(times = 1): Promise<void> {
  const before = fake.calls('squeue')
  await vi.waitFor(() => expect(fake.calls('squeue')).toBeGreaterThanOrEqual(before + times), {
    timeout: 30_000,
    interval: 20,
  })
}

const submitted = () =>
  vi.waitFor(() => expect(fake.calls('squeue')).toBeGreaterThan(0), { timeout: 30_000, interval: 20 })
const table = () =>
  (folder.readJson('results/rows.json') as { seed: number; condition: string }[] | null)?.map(
    ({ seed, condition }) => `${seed} ${condition}`,
  )

describe('cells come', () => {
  it('in any order, and stand in the table in its own', async () => {
    const { devices, ended } = follow()
    await submitted()
    writeState(slurm, 4, { device: 'CPU, WASM SIMD, 1 thread' })
    fake.complete(slurm, 4, 100)
    fake.complete(slurm, 2, 100)
    await vi.waitFor(() => expect(table()).toEqual(['0 without-filter', '1 without-filter']), { timeout: 30_000 })
    fake.complete(slurm, 1, 100)
    fake.complete(slurm, 3, 100)
    expect(await ended).toBeNull()
    expect(table()).toEqual(['0 troi', '0 without-filter', '1 troi', '1 without-filter'])
    expect(fake.calls('sbatch')).toBe(1)
    expect(devices).toEqual(['Slurm job 100', 'Slurm job 100, CPU, WASM SIMD, 1 thread'])
    expect(missingCells(folder)).toEqual([])
    const script = readFileSync(join(slurm.attemptPath(1), 'job.sh'), 'utf8')
    expect(script).toContain('#SBATCH --array=1-4\n')
  })

  it('although the controller does not answer for a while', async () => {
    const { ended } = follow()
    await submitted()
    fake.change((cluster) => (cluster.refuse.squeue = 'Unable to contact slurm controller (connect failure)'))
    await looked(8)
    for (const task of [1, 2, 3, 4]) fake.complete(slurm, task, 100)
    expect(await ended).toBeNull()
    expect(folder.readLog()).toContain('Unable to contact slurm controller')
  })

  it('and rows that are no task’s own, or damaged files, are not taken in', async () => {
    const { progress, ended } = follow()
    await submitted()
    writeRows(slurm, 1, [tableRow(7, 'troi'), tableRow(0, 'without-filter')])
    writeState(slurm, 2, {})
    writeFileSync(join(slurm.task(2).path, 'state.json'), '{"format": 1, "end": "DROP TABLE')
    slurm.task(3).create()
    writeFileSync(slurm.task(3).result('rows.json'), '[{"seed": 1}]')
    await looked(3)
    expect(table()).toBeUndefined()
    progress.command('cancel')
    expect(await ended).toMatchObject({ code: 'CANCELLED' })
  })
})

describe('jobs that do not bring their cells', () => {
  it('are named with number, state and log; the others go on, and the next start submits only what is missing', async () => {
    const { ended } = follow()
    await submitted()
    fake.end(100, 1, 'TIMEOUT', 'TimeLimit')
    fake.end(100, 2, 'NODE_FAIL', 'NodeDown')
    writeState(slurm, 3, { end: { code: 'NOT_FINITE', message: '"loss" became NaN.' } })
    await looked(3)
    fake.complete(slurm, 4, 100)
    const problem = await ended
    expect(problem).toMatchObject({ code: 'JOB_LOST', count: 3, where: `runs/${runId}/slurm/attempt-1/task-1.log` })
    expect(problem!.message).toMatch(/^3 of 4 cells are missing\. Slurm job 100_1 \(seed 0: troi\) ended as TIMEOUT/)
    expect(missingCells(folder).map(({ seed, condition, problem: { code } }) => [seed, condition, code])).toEqual([
      [0, 'troi', 'JOB_LOST'],
      [0, 'without-filter', 'JOB_LOST'],
      [1, 'troi', 'NOT_FINITE'],
    ])
    expect(table()).toEqual(['1 without-filter'])

    const again = follow()
    await vi.waitFor(() => expect(fake.calls('sbatch')).toBe(2), { timeout: 30_000 })
    await looked()
    expect(readFileSync(join(slurm.attemptPath(2), 'job.sh'), 'utf8')).toContain('#SBATCH --array=1-3\n')
    // What a job of the first attempt said of its end says nothing of this one.
    await looked(2)
    for (const task of [1, 2, 3]) fake.complete(slurm, task, 101)
    expect(await again.ended).toBeNull()
    expect(table()).toHaveLength(4)
  })

  it('are lost where Slurm has forgotten them, but not before their files had time to show', async () => {
    const { ended } = follow()
    await submitted()
    for (const task of [1, 2, 3]) fake.complete(slurm, task, 100)
    fake.change((cluster) => (cluster.jobs = {}))
    await looked(2)
    writeRows(slurm, 4, [tableRow(1, 'without-filter')])
    expect(await ended).toBeNull()

    open(join(base, 'other', 'runs', runId))
    const other = follow()
    await vi.waitFor(() => expect(fake.calls('sbatch')).toBe(2), { timeout: 30_000 })
    fake.change((cluster) => (cluster.jobs = {}))
    expect(await other.ended).toMatchObject({ code: 'JOB_LOST', count: 4, message: expect.stringContaining('is gone') })
  })
})

describe('a submission', () => {
  it('that Slurm refuses is told with its reason, and can be made again with other settings', async () => {
    fake.change((cluster) => (cluster.refuse.sbatch = 'invalid partition specified: nope'))
    const problem = await follow(runWith({ partition: 'nope' })).ended
    expect(problem).toMatchObject({ code: 'BAD_PARAMETER', where: 'sbatch' })
    expect(problem!.message).toContain('invalid partition specified: nope')
    fake.change((cluster) => (cluster.refuse = {}))
    keepSettings(runWith(), folder, { partition: 'main' })
    const { ended } = follow(runWith({ partition: 'nope' }))
    await vi.waitFor(() => expect(Object.keys(fake.cluster.jobs)).toEqual(['100']), { timeout: 30_000 })
    expect(readFileSync(join(slurm.attemptPath(1), 'job.sh'), 'utf8')).toContain('--partition=main\n')
    for (const task of [1, 2, 3, 4]) fake.complete(slurm, task, 100)
    expect(await ended).toBeNull()
  })

  it('whose answer was lost is found by its name and not made twice', async () => {
    fake.change((cluster) => (cluster.silent = true))
    expect(await follow().ended).toMatchObject({ code: 'UNAVAILABLE', where: expect.stringContaining('sbatch.out') })
    const { ended } = follow()
    await looked(2)
    for (const task of [1, 2, 3, 4]) fake.complete(slurm, task, 100)
    expect(await ended).toBeNull()
    expect(fake.calls('sbatch')).toBe(1)
  })

  it('is not tried from a folder whose name Slurm takes for a pattern', async () => {
    open(join(base, '100%j', 'runs', runId))
    expect(await follow().ended).toMatchObject({ code: 'NOT_ALLOWED', where: expect.stringContaining('100%j') })
    expect(fake.calls('sbatch')).toBe(0)
    expect(existsSync(slurm.attemptPath(1))).toBe(false)
  })

  it('needs Slurm on this computer; cells that are there need none', async () => {
    const { progress, ended } = follow()
    await submitted()
    fake.complete(slurm, 1, 100)
    progress.command('cancel')
    await ended
    fake.leave()
    process.env.PATH = base
    try {
      expect(await follow().ended).toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining('1 of 4 cells'),
      })
      for (const task of [2, 3, 4]) fake.complete(slurm, task, 100)
      expect(await follow().ended).toBeNull()
    } finally {
      fake.leave()
    }
  })
})

describe('a cancel', () => {
  it('ends the jobs, keeps what has come, and can be resumed with the rest', async () => {
    const { progress, ended } = follow()
    await submitted()
    fake.complete(slurm, 3, 100)
    await vi.waitFor(() => expect(table()).toEqual(['1 troi']), { timeout: 30_000 })
    progress.command('cancel')
    expect(await ended).toMatchObject({ code: 'CANCELLED' })
    expect(Object.values(fake.cluster.jobs[100]!.tasks).map(({ state }) => state)).toEqual([
      ...['CANCELLED', 'CANCELLED', 'COMPLETED', 'CANCELLED'],
    ])
    expect(slurm.isMarked(1, 'stop')).toBe(true)
    const again = follow()
    await vi.waitFor(() => expect(Object.keys(fake.cluster.jobs)).toEqual(['100', '101']), { timeout: 30_000 })
    expect(Object.keys(fake.cluster.jobs[101]!.tasks)).toEqual(['1', '2', '4'])
    expect(slurm.isMarked(2, 'stop')).toBe(false)
    for (const task of [1, 2, 4]) fake.complete(slurm, task, 101)
    expect(await again.ended).toBeNull()
  })

  it('that Slurm does not take says so, and leaves a word that the jobs themselves read', async () => {
    const { progress, ended } = follow()
    await submitted()
    fake.change((cluster) => (cluster.refuse.scancel = 'Unable to contact slurm controller'))
    progress.command('cancel')
    expect(await ended).toMatchObject({
      code: 'UNAVAILABLE',
      where: 'scancel 100',
      fix: expect.stringContaining('scancel 100'),
    })
    expect(slurm.isMarked(1, 'stop')).toBe(true)
  })
})
