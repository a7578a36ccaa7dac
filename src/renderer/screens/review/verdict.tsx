/**
 * What a person decides about the mask in front of them. Neither answer is chosen beforehand; a key or button chooses, and only
 * "Sign off" adds the verdict, bound to the bytes of the mask that were shown. Added verdicts stay: another look adds another.
 */

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ListedMask } from '../../../core/contract/result.ts'
import { describeReview, type Verdict, verdicts } from '../../../core/contract/review.ts'
import { useActs } from '../../actions/actions.ts'
import { KeyHint } from '../../actions/key-hint.tsx'
import { Button, Dialog, ErrorNote } from '../../components/basics.tsx'
import { Icon } from '../../components/icons.tsx'
import { useEditable } from '../../lib/edits.ts'
import { engine } from '../../lib/engine.ts'
import { when } from '../../lib/format.ts'
import { preference, savePreference } from '../../lib/preferences.ts'
import { useAct, useProjectId } from '../../lib/queries.ts'
import { words } from './verdict-strings.ts'

interface Draft {
  readonly verdict: Verdict | null
  readonly note: string
}
const empty: Draft = { verdict: null, note: '' }
const icons = { accepted: 'check', rejected: 'cross', unsure: 'question' } as const

export function useReviews(mask: string | undefined) {
  const project = useProjectId()
  return useQuery({
    queryKey: ['reviews', project, mask],
    enabled: mask !== undefined,
    queryFn: () => engine.reviews.list({ project, mask: mask! }),
  })
}

function History({ mask, onClose }: { mask: ListedMask; onClose: () => void }) {
  const reviews = useReviews(mask.id).data ?? []
  return (
    <Dialog title={words.historyOf(mask.name)} onClose={onClose}>
      <ol className="reviews">
        {reviews.map((review) => (
          <li key={review.id}>
            <b>{words.verdicts[review.verdict]}</b> {words.by(review.reviewer)} <small>{when(review.created)}</small>
            {review.note === '' ? null : <p className="ink2">{review.note}</p>}
            {review.holds ? null : <p className="warning">{words.changed}</p>}
          </li>
        ))}
      </ol>
      <small>{words.kept}</small>
    </Dialog>
  )
}

export function VerdictPanel({ mask }: { mask: ListedMask }) {
  const project = useProjectId()
  const [draft, setDraft] = useEditable(`verdict ${mask.id}`, empty)
  const [reviewer, setReviewer] = useState(() => preference('reviewer') ?? '')
  const [history, setHistory] = useState(false)
  const reviews = useReviews(mask.id)
  const newest = reviews.data?.[0] ?? null
  const sign = useAct(
    (verdict: Verdict) =>
      engine.reviews.add({ project, mask: mask.id, verdict, reviewer, note: draft.note, sha256: mask.sha256 }),
    () => {
      savePreference('reviewer', reviewer.trim())
      setDraft(words.edits.signed, () => empty)
    },
  )
  const choose = (verdict: Verdict) =>
    setDraft(words.edits.verdict, (now) => ({ ...now, verdict: now.verdict === verdict ? null : verdict }))
  useActs({
    'verdict.accepted': { run: () => choose('accepted') },
    'verdict.rejected': { run: () => choose('rejected') },
    'verdict.unsure': { run: () => choose('unsure') },
  })
  const missing = draft.verdict === null ? words.chooseFirst : reviewer.trim() === '' ? words.nameFirst : null
  return (
    <section className="pane verdict" aria-label={words.title}>
      <header>
        <h2>{words.title}</h2>
        <span className="grow ink3 ellipsis">{words.local}</span>
      </header>
      <div className="verdict-body">
        <fieldset className="verdict-choice" aria-label={words.title}>
          {verdicts.map((verdict) => (
            <button
              key={verdict}
              type="button"
              className={`button${draft.verdict === verdict ? ' filled' : ''}`}
              aria-pressed={draft.verdict === verdict}
              onClick={() => choose(verdict)}
            >
              <Icon name={icons[verdict]} size={16} />
              {words.acts[verdict]}
              <KeyHint of={`verdict.${verdict}`} />
            </button>
          ))}
        </fieldset>
        <textarea
          className="input note"
          aria-label={words.note}
          placeholder={words.notePlaceholder}
          maxLength={4000}
          value={draft.note}
          onChange={(event) => setDraft(words.edits.note, (now) => ({ ...now, note: event.target.value }))}
        />
        <div className="row">
          <input
            className="input"
            aria-label={words.reviewer}
            placeholder={words.reviewer}
            maxLength={200}
            value={reviewer}
            onChange={(event) => setReviewer(event.target.value)}
          />
          <Button disabled={missing !== null || sign.isPending} onPress={() => sign.mutate(draft.verdict!)}>
            {words.sign}
          </Button>
        </div>
        <ErrorNote error={sign.error ?? reviews.error} />
        <div className="row verdict-state">
          <small className="grow" role="status">
            {missing !== null && newest === null ? missing : describeReview(newest)}
          </small>
          {newest === null ? null : (
            <button type="button" className="link small" onClick={() => setHistory(true)}>
              {words.history(reviews.data?.length ?? 0)}
            </button>
          )}
        </div>
      </div>
      {history ? <History mask={mask} onClose={() => setHistory(false)} /> : null}
    </section>
  )
}
