import { describe, expect, it } from 'vitest'
import { type Edit, edited, emptyHistory, type History, mergeWithin, redone, undone } from './history.ts'

const edit = (key: string, before: unknown, after: unknown, at: number, title = `set ${key}`): Edit => ({
  ...{ key, before, after, at, title },
})
const all = (...edits: Edit[]): History => edits.reduce(edited, emptyHistory)

describe('undo and redo', () => {
  it('go back and forth through edits of different things in order', () => {
    let history = all(edit('a', 0, 1, 0), edit('b', 'x', 'y', 1), edit('a', 1, 2, 2))
    expect(history.values).toEqual({ a: 2, b: 'y' })
    const titles: (string | undefined)[] = []
    for (let n = 0; n < 4; n++) {
      const step = undone(history)
      titles.push(step.edit?.title)
      history = step.history
    }
    expect(titles).toEqual(['set a', 'set b', 'set a', undefined])
    expect(history.values).toEqual({ a: 0, b: 'x' })
    for (let n = 0; n < 4; n++) history = redone(history).history
    expect(history.values).toEqual({ a: 2, b: 'y' })
  })

  it('take a drag of one slider as one edit, and two drags as two', () => {
    const drag = (from: number, at: number) => [0, 1, 2].map((n) => edit('a', from + n, from + n + 1, at + 10 * n))
    const one = all(...drag(0, 0))
    expect(one.done).toHaveLength(1)
    expect(undone(one).history.values).toEqual({ a: 0 })
    const two = all(...drag(0, 0), ...drag(3, 20 + mergeWithin))
    expect(undone(two).history.values).toEqual({ a: 3 })
  })

  it('take a drag as one edit however slowly it goes, and never two drags as one', () => {
    const moved = (from: number, at: number, drag: number | null) => ({ ...edit('a', from, from + 1, at), drag })
    const slow = all(moved(0, 0, 1), moved(1, 10 * mergeWithin, 1), moved(2, 20 * mergeWithin, 1))
    expect(undone(slow).history.values).toEqual({ a: 0 })
    expect(undone(all(moved(0, 0, 1), moved(1, 1, 2))).history.values).toEqual({ a: 1 })
    expect(undone(all(moved(0, 0, 1), moved(1, 1, null))).history.values).toEqual({ a: 1 })
  })

  it('keep different edits of one thing apart, however fast', () => {
    const history = all(edit('a', 0, 1, 0, 'opacity'), edit('a', 1, 2, 1, 'hidden'))
    expect(undone(history).history.values).toEqual({ a: 1 })
  })

  it('forget what was undone as soon as something new is done', () => {
    const history = edited(undone(all(edit('a', 0, 1, 0))).history, edit('b', 0, 5, 9))
    expect(redone(history).edit).toBeNull()
    expect(history.values).toEqual({ a: 0, b: 5 })
  })

  it('never merge a new edit into one that was redone', () => {
    const back = redone(undone(all(edit('a', 0, 1, 0))).history).history
    expect(undone(edited(back, edit('a', 1, 2, 1))).history.values).toEqual({ a: 1 })
  })
})
