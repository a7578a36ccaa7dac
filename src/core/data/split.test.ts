import { describe, expect, it } from 'vitest'
import type { Split } from '../contract/recipe.ts'
import { holdNothingOut, holdOut, type ImportedTrials } from './imported-trials.ts'
import { heldOut, leftOut, planSplit, runFolds, type TrialsToSplit, training } from './split.ts'

/** Two sessions of two runs of four trials; runs are counted anew in each session. */
const run = Int32Array.of(1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2)
const session = Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2)
/** Pictures 0 to 3 only in session 1, 4 to 7 only in session 2, each twice, except that picture 8 is in both. */
const item = Int32Array.of(0, 1, 2, 8, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 8)
const itemNames = Array.from({ length: 9 }, (_, i) => `p${i}`)

const trials = (change: Partial<TrialsToSplit> = {}): TrialsToSplit => ({
  ...{ targets: 'pictures', run, session, item, itemNames, shared: null },
  ...change,
})

function planned(split: Split, change: Partial<TrialsToSplit> = {}) {
  const plan = planSplit(split, trials(change))
  if (!plan.ok) throw new Error(plan.problem.message)
  return plan.value
}

function problem(split: Split, change: Partial<TrialsToSplit> = {}) {
  const plan = planSplit(split, trials(change))
  return plan.ok ? null : plan.problem
}

describe('runs', () => {
  it('are told apart by their session, in ascending order', () => {
    const folds = runFolds(run, session)
    expect(folds.map(({ name }) => name)).toEqual([
      'held out: session 1, run 1',
      'held out: session 1, run 2',
      'held out: session 2, run 1',
      'held out: session 2, run 2',
    ])
    for (const [at, { part }] of folds.entries())
      expect([...part.keys()].filter((i) => part[i] === heldOut)).toEqual([0, 1, 2, 3].map((i) => 4 * at + i))
  })
})

describe('the leakage guard', () => {
  it('refuses to put a picture on both sides, with the count and what to do', () => {
    expect(problem({ rule: 'sessions', test: [2] })).toMatchObject({
      code: 'BAD_RECIPE',
      message: '1 pictures would be both trained on and tested on, first p8 (held out: session 2).',
      count: 1,
    })
    expect(problem({ rule: 'leave-one-run-out' })).toMatchObject({ count: 7 })
    expect(problem({ rule: 'sessions', test: [2], repeats: 'apart' })).toMatchObject({ count: 1 })
  })

  it('leaves training trials of test pictures out where the recipe says so', () => {
    const { folds, straddling, forGood } = planned({ rule: 'sessions', test: [2], repeats: 'leave-out-of-training' })
    expect(forGood).toBe(true)
    expect(straddling).toEqual({ pictures: 1, trials: 1 })
    expect(folds).toHaveLength(1)
    expect([...folds[0]!.part]).toEqual(
      [...session].map((own, i) => (own === 2 ? heldOut : i === 3 ? leftOut : training)),
    )
  })

  it('lets them stay where the design repeats pictures, and says how many there are', () => {
    const { folds, straddling } = planned({ rule: 'sessions', test: [2], repeats: 'average-in-test' })
    expect(straddling).toEqual({ pictures: 1, trials: 1 })
    expect([...folds[0]!.part]).not.toContain(leftOut)
  })

  it('does not ask for labels to stay on one side', () => {
    const { folds, straddling, forGood } = planned({ rule: 'leave-one-run-out' }, { targets: 'labels' })
    expect([folds.length, forGood, straddling.pictures]).toEqual([4, false, 0])
  })
})

describe('rules', () => {
  it('hold all trials of the marked pictures out, wherever they are', () => {
    const shared = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1)
    const { folds } = planned({ rule: 'pictures' }, { shared })
    expect([...folds[0]!.part.keys()].filter((i) => folds[0]!.part[i] === heldOut)).toEqual([0, 3, 4, 15])
  })

  it('hold each session out once', () => {
    const apart = item.map((own, i) => (i === 3 ? 3 : own))
    const { folds, forGood } = planned({ rule: 'leave-one-session-out' }, { item: apart })
    expect([folds.length, forGood]).toEqual([2, false])
    expect(folds.map(({ part }) => part[0])).toEqual([heldOut, training])
  })

  it.each<[string, Split, Partial<TrialsToSplit>, string]>([
    ['a run that is not there', { rule: 'runs', test: [7] }, {}, 'Run 7 is to be held out but has no trial.'],
    [
      'a session that is not there',
      { rule: 'sessions', test: [3] },
      {},
      'Session 3 is to be held out but has no trial.',
    ],
    ['no marked picture', { rule: 'pictures' }, {}, 'No picture is marked for the test.'],
    [
      'one session only',
      { rule: 'leave-one-session-out' },
      { session: run.map(() => 1) },
      'There is only one session, so none can be held out in turn.',
    ],
    [
      'nothing left to train on',
      { rule: 'runs', test: [1, 2] },
      {},
      'The split leaves 0 training trials of 0 pictures and 9 pictures to judge (held out: run 1, 2).',
    ],
    [
      'one picture to judge',
      { rule: 'pictures' },
      { shared: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0) },
      'The split leaves 14 training trials of 8 pictures and 1 pictures to judge (held out: test pictures).',
    ],
  ])('refuse %s', (_name, split, change, message) => {
    expect(problem(split, change)).toMatchObject({ code: 'BAD_RECIPE', message })
  })
})

describe('holding out', () => {
  const imported: ImportedTrials = {
    name: 'sub-x',
    grid: { shape: [2, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
    index: Int32Array.of(0, 1),
    betas: Float32Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? (i * 7) % 11 : (i * 5) % 13)),
    targets: 'pictures',
    label: item,
    labels: itemNames,
    run,
    session,
    annotated: null,
    standardise: 'run',
  }

  it('averages the repeats of held-out pictures after the z-score, and never those that train', () => {
    const shared = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1)
    const { part } = planned({ rule: 'pictures' }, { shared }).folds[0]!
    const data = holdOut(imported, part)
    expect([data.train.trials, data.test.trials]).toEqual([12, 2])
    expect([...data.test.target]).toEqual([0, 8])
    const rows = [...part.keys()].filter((i) => part[i] === training)
    const values = rows.map((row) => imported.betas[2 * row]!)
    const mean = values.reduce((sum, value) => sum + value / rows.length, 0)
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / rows.length, 0))
    const z = (row: number) => (imported.betas[2 * row]! - mean) / deviation
    expect(data.test.betas[0]).toBeCloseTo((z(0) + z(4)) / 2, 5)
    expect(data.test.betas[2]).toBeCloseTo((z(3) + z(15)) / 2, 5)
  })

  it('keeps what is left out away from both sides and from the statistics', () => {
    const { part } = planned({ rule: 'sessions', test: [2], repeats: 'leave-out-of-training' }).folds[0]!
    const before = holdOut(imported, part)
    const betas = imported.betas.map((value, i) => (Math.floor(i / 2) === 3 ? 1e6 : value))
    expect(holdOut({ ...imported, betas }, part)).toEqual(before)
    expect(before.train.trials + before.test.trials).toBe(7 + 5)
  })

  it('trains on everything where nothing is held out', () => {
    expect(holdNothingOut(imported)).toMatchObject({ train: { trials: 16 }, test: { trials: 0 } })
  })
})
