/**
 * One import on its way from a place to a run. Answers are kept in the order in which they were asked, because later questions
 * depend on earlier answers; changes (split, crop, name) are kept apart from them, so that no open question is passed over.
 */
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Place } from '../../../core/contract/common.ts'
import type { RecipeChanges } from '../../../core/contract/recipe.ts'
import { engine } from '../../lib/engine.ts'

export interface Answer {
  readonly question: string
  readonly answer: string
  /** As it was offered. */
  readonly text: string
}

interface Asked {
  readonly place: Place
  readonly answers: readonly Answer[]
  readonly changes: RecipeChanges
}

type Found = Awaited<ReturnType<typeof engine.data.preview>>

export function useWizard() {
  const [asked, setAsked] = useState<Asked | null>(null)
  const [found, setFound] = useState<Found | undefined>(undefined)
  /** What was asked last: an earlier preview that comes late is not shown. */
  const latest = useRef<Asked | null>(null)
  // Looking changes nothing in the project, so nothing else is asked again.
  const look = useMutation({
    mutationFn: ({ place, answers, changes }: Asked) => {
      const given = Object.fromEntries(answers.map(({ question, answer }) => [question, answer]))
      return engine.data.preview({ place, changes, answers: given })
    },
    onSuccess(output, input) {
      if (latest.current === input) setFound(output)
    },
  })
  const ask = (next: Asked) => {
    latest.current = next
    setAsked(next)
    look.mutate(next)
  }
  return {
    asked,
    /** The newest preview; while another is made, the one before it. */
    found: asked === null ? undefined : found,
    isLooking: asked !== null && look.isPending,
    error: asked === null ? null : look.error,
    choose: (place: Place) => {
      setFound(undefined)
      ask({ place, answers: [], changes: {} })
    },
    leave: () => {
      latest.current = null
      setAsked(null)
      setFound(undefined)
    },
    answer: (given: Answer) => {
      if (asked === null) return
      const before = asked.answers.filter(({ question }) => question !== given.question)
      ask({ ...asked, answers: [...before, given] })
    },
    /** Takes an answer back, with all that were given after it; split, crop and ROI go with them, as they may not fit any more. */
    takeBack: (question: string) => {
      if (asked === null) return
      const at = asked.answers.findIndex((given) => given.question === question)
      ask({ ...asked, answers: asked.answers.slice(0, at), changes: {} })
    },
    change: (changes: RecipeChanges) => {
      if (asked !== null) ask({ ...asked, changes: { ...asked.changes, ...changes } })
    },
  }
}

export type Wizard = ReturnType<typeof useWizard>
