/**
 * One stack of edits for the whole window. Whatever a person can set (window and level, layers, thresholds, forms) is a named value
 * in one place; an edit is a value before and after. Undo therefore needs no code of its own per screen, and a half-filled form is
 * still there after a look at another screen. Pure: the store beside it only holds the state.
 */

export interface Edit {
  /** Which value. */
  readonly key: string
  /** What was done, for "Undone: …". */
  readonly title: string
  readonly before: unknown
  readonly after: unknown
  /** Milliseconds; quick repeats without a drag, as with arrow keys, become one edit. */
  readonly at: number
  /** The drag in which it was done: its edits become one, however long it takes, and never one with another's. Null without. */
  readonly drag?: number | null
}

export interface History {
  readonly values: Readonly<Record<string, unknown>>
  readonly done: readonly Edit[]
  readonly undone: readonly Edit[]
}

export const emptyHistory: History = { values: {}, done: [], undone: [] }
/** Edits of the same thing outside a drag that follow each other faster than this are one. */
export const mergeWithin = 700
const longest = 200

/** The value is set and can be taken back; what had been undone is forgotten. */
export function edited(history: History, edit: Edit): History {
  const { key, title, after, at, drag = null } = edit
  const last = history.done.at(-1)
  const joins =
    last !== undefined &&
    last.key === key &&
    last.title === title &&
    (drag === null && (last.drag ?? null) === null ? at - last.at < mergeWithin : drag === last.drag)
  const done = joins ? [...history.done.slice(0, -1), { ...last, after, at }] : [...history.done, edit]
  return { values: { ...history.values, [key]: after }, done: done.slice(-longest), undone: [] }
}

export function undone(history: History): { readonly history: History; readonly edit: Edit | null } {
  const edit = history.done.at(-1)
  if (edit === undefined) return { history, edit: null }
  return {
    edit,
    history: {
      values: { ...history.values, [edit.key]: edit.before },
      done: history.done.slice(0, -1),
      undone: [...history.undone, edit],
    },
  }
}

export function redone(history: History): { readonly history: History; readonly edit: Edit | null } {
  const edit = history.undone.at(-1)
  if (edit === undefined) return { history, edit: null }
  return {
    edit,
    history: {
      values: { ...history.values, [edit.key]: edit.after },
      // Never merged with what comes next.
      done: [...history.done, { ...edit, at: Number.NEGATIVE_INFINITY, drag: null }],
      undone: history.undone.slice(0, -1),
    },
  }
}
