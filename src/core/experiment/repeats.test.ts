import { beforeAll, describe, expect, it } from 'vitest'
import { silentContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import { tf } from '../tensor/tf.ts'
import { openReference, tinyMaskSettings } from '../troi/test-support.ts'
import { tinySubject, tinyTargets } from '../troi/tiny-world.ts'
import { type Repeat, type RepeatDeps, repeatMask, repeatsOf, withoutRun } from './repeats.ts'

const targets = tinyTargets(160, 1)
const made = tinySubject('new', targets, 5)
/** Two sessions of two runs that carry the same numbers. */
const quarter = (trial: number) => Math.floor((4 * trial) / made.train.trials)
const train = {
  ...made.train,
  session: Int32Array.from(made.train.run, (_, trial) => 1 + Math.floor(quarter(trial) / 2)),
  run: Int32Array.from(made.train.run, (_, trial) => 1 + (quarter(trial) % 2)),
}
const subject = { ...made, train }
const settings = tinyMaskSettings('troi', 19)

beforeAll(async () => {
  await tf.setBackend('wasm')
  await tf.ready()
})

const problemOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  return null
}

describe('repeats', () => {
  it('are every seed, every run left out, or both', () => {
    expect(repeatsOf('seeds', [0, 1, 2], train).map(({ seed, without }) => [seed, without])).toEqual([
      ...[
        [0, null],
        [1, null],
        [2, null],
      ],
    ])
    expect(repeatsOf('runs', [7], train).map(({ condition }) => condition)).toEqual([
      ...['without run 1 of session 1', 'without run 2 of session 1'],
      ...['without run 1 of session 2', 'without run 2 of session 2'],
    ])
    expect(repeatsOf('both', [0, 1], train)).toHaveLength(10)
  })

  it('are refused where they are too few or too many, or no run can be left out', () => {
    const one = { ...train, session: train.session.map(() => 1), run: train.run.map(() => 1) }
    const refused = [
      problemOf(() => repeatsOf('seeds', [0, 1], train)),
      problemOf(() =>
        repeatsOf(
          'both',
          Array.from({ length: 50 }, (_, seed) => seed),
          train,
        ),
      ),
      problemOf(() => repeatsOf('runs', [0], one)),
    ]
    expect(refused.map((problem) => problem?.code)).toEqual(['BAD_PARAMETER', 'BAD_PARAMETER', 'BAD_PARAMETER'])
    expect(refused.map((problem) => problem?.expected)).toEqual(['3 to 200', '3 to 200', 'at least two runs'])
  })

  it('leave out exactly the trials of that run', () => {
    const { train: rest } = withoutRun(subject, { run: 2, session: 1 })
    const kept = [...train.run.keys()].filter((trial) => quarter(trial) !== 1)
    const voxels = subject.space.index.length
    expect(rest.trials).toBe(kept.length)
    expect([...rest.target]).toEqual(kept.map((trial) => train.target[trial]))
    const last = kept.at(-1)!
    expect([...rest.betas.slice(-voxels)]).toEqual([...train.betas.slice(last * voxels, (last + 1) * voxels)])
    expect(withoutRun(subject, null)).toBe(subject)
  })
})

describe('the mask repeated', () => {
  const repeats: Repeat[] = repeatsOf('both', [3], train)

  async function repeated(finished: (at: number) => Uint8Array | null) {
    const computed: string[] = []
    let clock = 0
    const deps: RepeatDeps = {
      compute: openReference(),
      now: () => 1000 * clock++,
      finished,
      done: (_at, { condition }, _mask, seconds) => computed.push(`${condition} in ${seconds} s`),
    }
    const masks = await repeatMask(repeats, subject, targets, null, settings, deps, silentContext())
    return { masks, computed }
  }

  it('gives one mask of the budget per repeat, and goes on after those that are finished', async () => {
    const { masks, computed } = await repeated(() => null)
    expect(computed).toEqual(repeats.map(({ condition }) => `${condition} in 1 s`))
    for (const mask of masks) expect(mask.reduce((sum, value) => sum + value, 0)).toBe(19)
    expect(masks.some((mask) => mask.some((value, v) => value !== masks[0]![v]))).toBe(true)

    const resumed = await repeated((at) => (at < 3 ? masks[at]! : null))
    expect(resumed.computed).toHaveLength(2)
    expect(resumed.masks).toEqual(masks)
  })
})
