/** The small parts of the command line, with a clock and a terminal of the test's own. */
import { describe, expect, it } from 'vitest'
import { Interrupts } from '../../src/cli/interrupts.ts'
import { formatDuration, progressOf } from '../../src/cli/progress.ts'
import { pick } from '../../src/cli/session.ts'
import { Terminal } from '../../src/cli/terminal.ts'
import type { Run } from '../../src/core/contract/run.ts'
import { problemOf } from '../../src/core/transport/client.ts'
import { run as example } from '../contract/fake-router.ts'

describe('Ctrl-C', () => {
  function setUp() {
    let now = 1000
    const told: string[] = []
    const interrupts = new Interrupts(
      () => told.push('force'),
      () => now,
    )
    let finish: () => void = () => {}
    const work = new Promise<void>((resolve) => (finish = resolve))
    const done = interrupts.during(() => told.push('ask'), work)
    return { told, interrupts, finish, done, pass: (milliseconds: number) => (now += milliseconds) }
  }

  it('asks first and forces second', async () => {
    const { told, interrupts, finish, done, pass } = setUp()
    interrupts.signal()
    pass(1000)
    interrupts.signal()
    expect(told).toEqual(['ask', 'force'])
    finish()
    await done
  })

  it('takes one key press that arrives several times for one', async () => {
    const { told, interrupts, finish, done, pass } = setUp()
    interrupts.signal()
    pass(5)
    interrupts.signal()
    pass(100)
    interrupts.signal()
    expect(told).toEqual(['ask'])
    finish()
    await done
  })

  it('forces at once where nothing is going on that could be asked', async () => {
    const { told, interrupts, finish, done, pass } = setUp()
    finish()
    await done
    pass(1000)
    interrupts.signal()
    expect(told).toEqual(['force'])
  })
})

describe('progress', () => {
  const going = (change: Partial<Run>): Run => ({ ...example, elapsed: 75, ...change })
  const phases: Run['phases'] = [
    { name: 'Load data', state: 'done', done: 1, total: 1, seconds: 1 },
    { name: 'Train', state: 'running', done: 12, total: 40, seconds: 74 },
  ]

  it('is the running phase with its share and time left', () => {
    expect(progressOf(going({ phases, remaining: 170 }))).toEqual({
      run: 'm-01',
      phase: 'Train',
      done: 12,
      total: 40,
      share: 0.3,
      elapsed: 75,
      remaining: 170,
    })
  })

  it('says what a run waits for', () => {
    expect(progressOf(going({ status: 'queued', phases, remaining: 5 }))).toMatchObject({
      phase: 'waiting',
      share: null,
      remaining: null,
    })
    expect(progressOf(going({ status: 'cancelling', phases })).phase).toBe('cancelling')
    expect(progressOf(going({ phases: [] })).phase).toBe('starting')
    expect(progressOf(going({ phases: phases.slice(0, 1) })).phase).toBe('finishing')
  })

  it('writes durations for people', () => {
    expect([0, 8.4, 59.6, 125, 3599.6, 3780, 90_000].map(formatDuration)).toEqual([
      '0 s',
      '8 s',
      '1 min 00 s',
      '2 min 05 s',
      '1 h 00 min',
      '1 h 03 min',
      '25 h 00 min',
    ])
  })

  function terminal(columns: number | null) {
    const written = { out: '', err: '' }
    const shown = new Terminal(
      { out: (text) => (written.out += text), err: (text) => (written.err += text), columns: () => columns },
      false,
    )
    return { written, shown }
  }

  it('is one changing line on a terminal, never wider than it', () => {
    const { written, shown } = terminal(30)
    for (let done = 0; done <= 40; done++)
      shown.progress(progressOf(going({ phases: [{ ...phases[1]!, done }], remaining: 100 - done })))
    expect(written.err).not.toContain('\n')
    for (const line of written.err.split('\r\x1b[2K').slice(1)) expect(line.length).toBeLessThan(30)
    shown.say('a remark')
    expect(written.err.endsWith('\na remark\n')).toBe(true)
    shown.answer('the answer')
    expect(written.out).toBe('the answer\n')
  })

  it('is a plain line per phase and tenth of it elsewhere', () => {
    const { written, shown } = terminal(null)
    for (let done = 0; done <= 40; done++)
      for (const repeat of [1, 2])
        shown.progress(progressOf(going({ phases: [{ ...phases[1]!, done }], remaining: repeat })))
    expect(written.err).not.toContain('\x1b')
    expect(written.err.split('\n').filter(Boolean)).toEqual(
      Array.from({ length: 11 }, (_, tenth) => `m-01  Train ${tenth * 10} %  ETA 1 s`),
    )
    expect(written.out).toBe('')
  })
})

describe('names', () => {
  const items = [
    { id: 'id-1', name: 'sub-01' },
    { id: 'id-2', name: 'sub-02' },
    { id: 'id-3', name: 'sub-02' },
    { id: 'sub-01', name: 'other' },
  ]
  const problem = (name: string) => {
    try {
      return pick('subject', name, items).id
    } catch (error) {
      return problemOf(error)
    }
  }

  it('finds an item by id, by name, and without "sub-"', () => {
    expect(pick('subject', 'id-2', items).id).toBe('id-2')
    expect(pick('subject', 'other', items).id).toBe('sub-01')
    expect(pick('subject', 'SUB-OTHER', items).id).toBe('sub-01')
    expect(pick('subject', '01', items).id).toBe('id-1')
  })

  it('asks back where a name fits several, and lists what there is where it fits none', () => {
    expect(problem('sub-02')).toMatchObject({ code: 'BAD_PARAMETER', expected: 'one of the ids id-2, id-3' })
    expect(problem('02')).toMatchObject({ code: 'BAD_PARAMETER' })
    expect(problem('sub-01')).toMatchObject({ code: 'BAD_PARAMETER' })
    expect(problem('zz')).toMatchObject({ code: 'NOT_FOUND', expected: 'sub-01, sub-02, sub-02, other' })
  })
})
