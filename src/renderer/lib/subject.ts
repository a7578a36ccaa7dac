/** Which subject this window is about: the one chosen in the title bar, else the newest that a mask can be found for. */
import { create } from 'zustand'
import type { ListedMask, Subject } from '../../core/contract/result.ts'
import { useMasks, useSubjects } from './queries.ts'

const useChoice = create<{ subject: string | null }>(() => ({ subject: null }))

export function chooseSubject(subject: string): void {
  useChoice.setState({ subject })
}

export interface SubjectChoice {
  /** Subjects that a mask can be found for. */
  readonly all: readonly Subject[]
  readonly subject: Subject | undefined
}

export function useSubject(): SubjectChoice {
  const chosen = useChoice((state) => state.subject)
  const all = (useSubjects().data ?? []).filter((subject) => subject.role === 'new')
  return { all, subject: all.find((subject) => subject.id === chosen) ?? all.at(-1) }
}

/** The masks of that subject, oldest first. */
export function useSubjectMasks(): readonly ListedMask[] {
  const { subject } = useSubject()
  return (useMasks().data ?? []).filter((mask) => subject === undefined || mask.subject === subject.id)
}
