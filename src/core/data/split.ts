/**
 * Which trials train and which are held out, as a recipe's rule says. A fold gives every trial a part; a rule makes one fold that
 * holds for good, or several that hold every trial out once.
 *
 * The leakage guard: a picture with trials on both sides of a fold could be recognised instead of decoded, so a split that would
 * do that is refused unless the recipe says what shall become of it. Labels return in every run by nature and are not guarded.
 */
import type { Split } from '../contract/recipe.ts'
import { failure, type Result, success } from '../problem.ts'

/** The part of a trial in a fold. */
export const training = 0
export const heldOut = 1
/** Neither trained on nor judged. */
export const leftOut = 2

export interface Fold {
  readonly name: string
  /** One part per trial. */
  readonly part: Uint8Array
}

export interface TrialsToSplit {
  readonly targets: 'labels' | 'pictures'
  readonly run: Int32Array
  readonly session: Int32Array
  /** Label or picture of each trial, from 0. */
  readonly item: Int32Array
  readonly itemNames: readonly string[]
  /** 1 per item that is kept for the test by rule `pictures`; null where nothing is marked. */
  readonly shared: Uint8Array | null
}

export interface PlannedSplit {
  readonly folds: readonly Fold[]
  /** Whether the one fold holds for good; else each fold is held out once, and the whole data trains the mask that is exported. */
  readonly forGood: boolean
  /** Pictures that some fold would have had on both sides, and their training trials, before the rule for repeats was applied. */
  readonly straddling: { readonly pictures: number; readonly trials: number }
}

/** A number per (session, run) pair, ascending: runs may be counted anew in every session. */
export function runGroups(run: Int32Array, session: Int32Array): Int32Array {
  const pairs = new Map<string, readonly [number, number]>()
  for (let i = 0; i < run.length; i++) pairs.set(`${session[i]} ${run[i]}`, [session[i]!, run[i]!])
  const sorted = [...pairs].sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1])
  const place = new Map(sorted.map(([key], at) => [key, at]))
  return run.map((own, i) => place.get(`${session[i]} ${own}`)!)
}

/** Each run held out once, in ascending order. */
export function runFolds(run: Int32Array, session: Int32Array): Fold[] {
  const group = runGroups(run, session)
  const several = new Set(session).size > 1
  return Array.from({ length: new Set(group).size }, (_, number) => {
    const at = group.indexOf(number)
    return {
      name: `held out: ${several ? `session ${session[at]}, ` : ''}run ${run[at]}`,
      part: Uint8Array.from(group, (own) => (own === number ? heldOut : training)),
    }
  })
}

function holdingOut(name: string, values: Int32Array, test: readonly number[]): Fold {
  return {
    name: `held out: ${name} ${test.join(', ')}`,
    part: Uint8Array.from(values, (value) => (test.includes(value) ? heldOut : training)),
  }
}

function foldsOfRule(split: Split, trials: TrialsToSplit): { folds: Fold[]; forGood: boolean } {
  const { run, session, item, shared } = trials
  switch (split.rule) {
    case 'leave-one-run-out':
      return { folds: runFolds(run, session), forGood: false }
    case 'leave-one-session-out':
      return {
        folds: [...new Set(session)].sort((a, b) => a - b).map((number) => holdingOut('session', session, [number])),
        forGood: false,
      }
    case 'runs':
      return { folds: [holdingOut('run', run, split.test)], forGood: true }
    case 'sessions':
      return { folds: [holdingOut('session', session, split.test)], forGood: true }
    case 'pictures':
      return {
        folds: [
          {
            name: 'held out: test pictures',
            part: Uint8Array.from(item, (one) => (shared?.[one] ? heldOut : training)),
          },
        ],
        forGood: true,
      }
    default:
      return split satisfies never
  }
}

/**
 * The folds of a rule. BAD_RECIPE where something to hold out is not there, where a fold is left with nothing to train on or to
 * judge, and, for pictures, where a picture's repeats would be on both sides.
 */
export function planSplit(split: Split, trials: TrialsToSplit): Result<PlannedSplit> {
  const unknown = notThere(split, trials)
  if (unknown !== null) return failure(unknown)
  const { folds, forGood } = foldsOfRule(split, trials)
  if (!forGood && folds.length < 2)
    return failure({
      code: 'BAD_RECIPE',
      message: `There is only one ${split.rule === 'leave-one-run-out' ? 'run' : 'session'}, so none can be held out in turn.`,
      where: `split ${split.rule}`,
      expected: 'at least two',
      fix: 'Choose another rule for the split, or give every trial its run and session.',
    })
  const repeats = split.rule === 'pictures' ? 'apart' : (split.repeats ?? 'apart')
  const straddling = { pictures: new Set<number>(), trials: new Set<number>() }
  const examples: string[] = []
  if (trials.targets === 'pictures') {
    for (const { name, part } of folds) {
      const test = new Set(trials.item.filter((_, i) => part[i] === heldOut))
      for (const [i, item] of trials.item.entries()) {
        if (part[i] !== training || !test.has(item)) continue
        if (!straddling.pictures.has(item) && examples.length < 3) examples.push(`${trials.itemNames[item]} (${name})`)
        straddling.pictures.add(item)
        straddling.trials.add(i)
        if (repeats === 'leave-out-of-training') part[i] = leftOut
      }
    }
    if (repeats === 'apart' && straddling.pictures.size > 0)
      return failure({
        code: 'BAD_RECIPE',
        message: `${straddling.pictures.size} pictures would be both trained on and tested on, first ${examples.join('; ')}.`,
        where: `split ${split.rule}`,
        expected: 'all repeats of a picture on one side',
        fix: 'Hold pictures out instead ("rule": "pictures"), or say "repeats": "leave-out-of-training"; if the experiment shows the same pictures in every run by design, "repeats": "average-in-test".',
        count: straddling.pictures.size,
      })
  }
  const empty = tooLittle(folds, trials, split)
  if (empty !== null) return failure(empty)
  return success({ folds, forGood, straddling: { pictures: straddling.pictures.size, trials: straddling.trials.size } })
}

function notThere(split: Split, { run, session, itemNames, shared }: TrialsToSplit) {
  if (split.rule === 'pictures') {
    if (shared?.includes(1)) return null
    return {
      code: 'BAD_RECIPE' as const,
      message: 'No picture is marked for the test.',
      where: 'split pictures',
      expected: `some of the ${itemNames.length} pictures`,
      fix: 'Check the list in "split", or the column that "shared" names.',
    }
  }
  if (split.rule !== 'runs' && split.rule !== 'sessions') return null
  const [values, what] = split.rule === 'runs' ? [run, 'Run'] : [session, 'Session']
  const missing = split.test.filter((number) => !values.includes(number))
  if (missing.length === 0) return null
  return {
    code: 'BAD_RECIPE' as const,
    message: `${what} ${missing.join(', ')} is to be held out but has no trial.`,
    where: `split ${split.rule}`,
    expected: `${what.toLowerCase()}s ${[...new Set(values)].sort((a, b) => a - b).join(', ')}`,
    fix: 'Correct the list in "split".',
  }
}

function tooLittle(folds: readonly Fold[], { targets, item }: TrialsToSplit, split: Split) {
  for (const { name, part } of folds) {
    const items = (of: number) => new Set(item.filter((_, i) => part[i] === of)).size
    const trials = part.reduce((sum, own) => sum + (own === training ? 1 : 0), 0)
    const [trained, judged] = [items(training), items(heldOut)]
    const enough = trials >= 2 && trained >= 2 && judged >= (targets === 'pictures' ? 2 : 1)
    if (enough) continue
    return {
      code: 'BAD_RECIPE' as const,
      message: `The split leaves ${trials} training trials of ${trained} ${targets} and ${judged} ${targets} to judge (${name}).`,
      where: `split ${split.rule}`,
      expected: `trials of at least two ${targets} to train on${targets === 'pictures' ? ', and two pictures to tell apart' : ''}`,
      fix: 'Hold out less, or more, or choose another rule.',
    }
  }
  return null
}
