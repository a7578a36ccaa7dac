/** The window's edits: named values that can be taken back, and the sentence that says what was. */
import { useCallback } from 'react'
import { create } from 'zustand'
import { type Edit, edited, emptyHistory, type History, redone, undone } from './history.ts'

interface EditsState {
  readonly history: History
  /** What undo or redo did last, for the status bar; the number makes the same sentence new. */
  readonly told: { readonly edit: Edit; readonly way: 'undone' | 'redone'; readonly number: number } | null
}

export const useEdits = create<EditsState>(() => ({ history: emptyHistory, told: null }))

let drag: number | null = null
let drags = 0

/** Notices when a pointer is held down, from then on for the whole window. */
export function watchDrags(): void {
  const begin = () => {
    drag = ++drags
  }
  // What is done as the pointer goes up still belongs to the drag.
  const end = () => {
    const ended = drag
    setTimeout(() => {
      if (drag === ended) drag = null
    })
  }
  window.addEventListener('pointerdown', begin, true)
  for (const name of ['pointerup', 'pointercancel']) window.addEventListener(name, end, true)
}

function step(way: 'undone' | 'redone'): void {
  const { history, told } = useEdits.getState()
  const next = way === 'undone' ? undone(history) : redone(history)
  if (next.edit === null) return
  useEdits.setState({ history: next.history, told: { edit: next.edit, way, number: (told?.number ?? 0) + 1 } })
}

export const undo = () => step('undone')
export const redo = () => step('redone')

/** Sets a named value so that it can be taken back. `usual` is its value before the first edit. */
export function edit<T>(key: string, title: string, usual: T, change: (now: T) => T): void {
  const { history, told } = useEdits.getState()
  const before = key in history.values ? (history.values[key] as T) : usual
  const after = change(before)
  if (Object.is(before, after)) return
  useEdits.setState({ history: edited(history, { key, title, before, after, at: performance.now(), drag }), told })
}

/** A value that is edited under one key, with the function that edits it. `usual` must not change while the key is the same. */
export function useEditable<T>(key: string, usual: T): readonly [T, (title: string, change: (now: T) => T) => void] {
  const value = useEdits(({ history }) => (key in history.values ? (history.values[key] as T) : usual))
  const set = useCallback((title: string, change: (now: T) => T) => edit(key, title, usual, change), [key, usual])
  return [value, set]
}
