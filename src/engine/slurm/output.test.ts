/** What Slurm 22.05 printed, and what it could print, read back. */
import { describe, expect, it } from 'vitest'
import { parseFound, parseJob, parseQueue, parseSubmitted, standingOf } from './output.ts'

describe('sbatch', () => {
  it('gives a number, with its cluster where there are several', () => {
    expect(parseSubmitted('17\n')).toEqual({ id: 17, cluster: null })
    expect(parseSubmitted('17;north\n')).toEqual({ id: 17, cluster: 'north' })
    expect(parseSubmitted('site banner\n17\n')).toEqual({ id: 17, cluster: null })
  })

  it('or nothing that can be used', () => {
    for (const text of ['', '\n', 'Submitted batch job 17', '17;a b', '-1', '17 18', '99999999999'])
      expect([text, parseSubmitted(text)]).toEqual([text, null])
  })
})

describe('squeue', () => {
  it('tells state, reason and node of every task', () => {
    const text = '6|3|CANCELLED|None|vm\n6|4|COMPLETED|None|vm\n6|2|FAILED|NonZeroExitCode|vm\n6|1|PENDING|Resources|\n'
    const entries = parseQueue(text, 6)
    expect([...entries.keys()].sort()).toEqual([1, 2, 3, 4])
    expect(entries.get(2)).toEqual({ task: 2, state: 'FAILED', reason: 'NonZeroExitCode', node: 'vm' })
    expect(entries.get(1)).toEqual({ task: 1, state: 'PENDING', reason: 'Resources', node: null })
  })

  it('lines of other jobs and lines that make no sense are left out', () => {
    const text = '7|1|RUNNING|None|n\n6|N/A|RUNNING|None|n\n6|x|RUNNING|None|n\n6\n|||\n6|1|running|None|n\n'
    expect(parseQueue(text, 6).size).toBe(0)
  })

  it('finds a job by its name', () => {
    expect(parseFound('12\n12\n')).toBe(12)
    expect(parseFound('\n')).toBeNull()
  })
})

describe('scontrol', () => {
  it('tells how a job ended, whatever stands in its paths', () => {
    const text = `JobId=3 ArrayJobId=1 JobName=troi-e-01 JobState=OUT_OF_MEMORY Reason=OutOfMemory ExitCode=0:125 NodeList=n[1-2] BatchHost=n1 WorkDir=/a JobState=COMPLETED ExitCode=0:0`
    expect(parseJob(text)).toEqual({
      state: 'OUT_OF_MEMORY',
      reason: 'OutOfMemory',
      exit: { code: 0, signal: 125 },
      node: 'n1',
    })
  })

  it('says nothing of what is not there', () => {
    expect(parseJob('nonsense')).toEqual({ state: null, reason: null, exit: null, node: null })
  })
})

it('tells what may still run from what has ended', () => {
  const standings = ['PENDING', 'REQUEUED', 'RUNNING', 'COMPLETING', 'SUSPENDED', 'TIMEOUT', 'NODE_FAIL', 'COMPLETED']
  expect(standings.map(standingOf)).toEqual([
    ...['waiting', 'waiting', 'running', 'running', 'running', 'ended', 'ended', 'ended'],
  ])
})
