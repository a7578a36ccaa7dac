/** What follows from what is known of one task. */
import { expect, it } from 'vitest'
import { endProblem, type Judgement, judge, looksUntilLost, type Seen } from './judge.ts'
import type { QueueEntry } from './output.ts'
import type { TaskState } from './slurm-folder.ts'

const entry = (state: string): QueueEntry => ({ task: 1, state, reason: null, node: null })
const seen: Seen = { complete: false, state: null, entry: undefined, answered: true, looks: 0 }
const last = looksUntilLost - 1
const state: TaskState = {
  ...{ format: 1, attempt: 1, job: '7_1', host: 'n1', started: '2026-01-01T00:00:00Z', device: 'CPU', phases: [] },
  end: null,
}
const stopped: TaskState = {
  ...state,
  end: { code: 'NOT_FINITE', message: '"loss" became NaN.', fix: 'Check the data.' },
}

it('a task is done when its rows are there, and lost only when it was seen several times to have ended without them', () => {
  const cases: [Partial<Seen>, Judgement][] = [
    [{ entry: entry('PENDING') }, 'waiting'],
    [{ entry: entry('RUNNING') }, 'running'],
    [{ entry: entry('COMPLETING'), state }, 'running'],
    [{ entry: entry('RUNNING'), complete: true }, 'done'],
    [{ entry: entry('TIMEOUT'), complete: true, looks: last }, 'done'],
    [{ entry: entry('COMPLETED') }, 'ending'],
    [{ entry: entry('COMPLETED'), looks: last }, 'failed'],
    [{ entry: entry('NODE_FAIL') }, 'ending'],
    [{ entry: entry('NODE_FAIL'), looks: last }, 'failed'],
    [{}, 'ending'],
    [{ looks: last }, 'failed'],
    [{ entry: entry('RUNNING'), state: stopped }, 'failed'],
    [{ answered: false }, 'waiting'],
    [{ answered: false, state, looks: last }, 'running'],
    [{ answered: false, state: stopped }, 'failed'],
    [{ answered: false, complete: true }, 'done'],
  ]
  for (const [change, expected] of cases) expect([change, judge({ ...seen, ...change })]).toEqual([change, expected])
})

it('the problem names job, cells, state, node and log', () => {
  const task = { number: 3, seed: 1, conditions: ['troi', 'rewind'] }
  const ending = {
    task,
    job: { id: 12, cluster: null },
    state: null,
    entry: undefined,
    last: null,
    facts: null,
    folder: 'runs/r/slurm/attempt-1',
  }
  const where = 'runs/r/slurm/attempt-1/task-3.log'
  const name = 'Slurm job 12_3 (seed 1: troi, rewind)'
  expect(endProblem(ending)).toMatchObject({
    code: 'JOB_LOST',
    where,
    message: expect.stringContaining(`${name} is gone`),
  })
  const timeout = { task: 3, state: 'TIMEOUT', reason: 'TimeLimit', node: 'n4' }
  expect(endProblem({ ...ending, entry: timeout })).toEqual({
    code: 'JOB_LOST',
    message: `${name} ended as TIMEOUT on n4 (TimeLimit).`,
    where,
    fix: expect.stringContaining('--time'),
  })
  const facts = { state: 'OUT_OF_MEMORY', reason: 'OutOfMemory', exit: { code: 0, signal: 9 }, node: 'n5' }
  expect(endProblem({ ...ending, facts })).toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: `${name} ended as OUT_OF_MEMORY on n5 (OutOfMemory, signal 9).`,
    fix: expect.stringContaining('--memory'),
  })
  const unseen = { state: 'FAILED', reason: null, exit: { code: 90, signal: 0 }, node: 'n5' }
  expect(endProblem({ ...ending, facts: unseen }).fix).toContain('do not see the program')
  expect(endProblem({ ...ending, state: stopped, facts })).toEqual({
    code: 'NOT_FINITE',
    message: `${name} stopped on n1: "loss" became NaN.`,
    where,
    fix: 'Check the data.',
  })
})
