/** Blind rating: what was shown beside one decoded picture after another, five grades, and nothing that tells who made it. */
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useActs } from '../../actions/actions.ts'
import { KeyHint } from '../../actions/key-hint.tsx'
import { Button, ErrorNote } from '../../components/basics.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { engine } from '../../lib/engine.ts'
import { preference, savePreference } from '../../lib/preferences.ts'
import { useAct, useProjectId } from '../../lib/queries.ts'
import { blindTasks, type Task } from './blind.ts'
import type { Galleries } from './galleries.ts'
import { Picture } from './picture.tsx'
import { RatingResults } from './rating-results.tsx'
import { words } from './strings.ts'

const text = words.rate
const gradeActs = ['rate.1', 'rate.2', 'rate.3', 'rate.4', 'rate.5'] as const

export function useRatings() {
  const project = useProjectId()
  return useQuery({ queryKey: ['ratings', project], queryFn: () => engine.ratings.list({ project }) })
}

type Stage = { readonly name: 'before' | 'results' } | { readonly name: 'rating'; readonly at: number }

export function BlindRating({ galleries, onClose }: { galleries: Galleries; onClose: () => void }) {
  const [rater, setRater] = useState(() => preference('reviewer') ?? '')
  const [seed, setSeed] = useState(1)
  const [stage, setStage] = useState<Stage>({ name: 'before' })
  const tasks = useMemo(
    () =>
      blindTasks(
        galleries.decoded.map(({ decoder }) => decoder.id),
        galleries.decoded[0]!.items.length,
        seed,
      ),
    [galleries, seed],
  )
  if (stage.name === 'results')
    return <RatingResults galleries={galleries} onAgain={() => setStage({ name: 'before' })} onClose={onClose} />
  if (stage.name === 'rating')
    return (
      <Grading
        {...{ galleries, tasks, seed, rater, at: stage.at }}
        onMove={(at) => setStage({ name: 'rating', at })}
        onStop={() => setStage({ name: 'results' })}
      />
    )
  return (
    <section className="pane rating" aria-label={text.title}>
      <header>
        <h2>{text.title}</h2>
      </header>
      <div className="rating-start">
        <p>{text.about}</p>
        <label>
          {text.rater}
          <input
            className="input"
            aria-label={text.rater}
            value={rater}
            maxLength={200}
            onChange={(event) => setRater(event.target.value)}
          />
        </label>
        <div className="row">
          <span>{text.seed}</span>
          <NumberField
            label={text.seed}
            {...{ value: seed, low: 0, high: 9999, digits: 0, step: 1 }}
            onChange={(next) => setSeed(Math.round(next))}
          />
        </div>
        <div className="row">
          <Button
            kind="filled"
            disabled={rater.trim() === ''}
            onPress={() => {
              savePreference('reviewer', rater.trim())
              setStage({ name: 'rating', at: 0 })
            }}
          >
            {text.start}
          </Button>
          <Button onPress={() => setStage({ name: 'results' })}>{words.ratings}</Button>
          <Button onPress={onClose}>{text.cancel}</Button>
          {rater.trim() === '' ? <small>{text.nameFirst}</small> : null}
        </div>
      </div>
    </section>
  )
}

interface GradingProps {
  readonly galleries: Galleries
  readonly tasks: readonly Task[]
  readonly seed: number
  readonly rater: string
  /** Number of the pair that is shown. */
  readonly at: number
  readonly onMove: (at: number) => void
  readonly onStop: () => void
}

function Grading({ galleries, tasks, seed, rater, at, onMove, onStop }: GradingProps) {
  const project = useProjectId()
  const [grades, setGrades] = useState<Readonly<Record<number, number>>>({})
  const task = tasks[at]
  // Known at once: a second press in the same moment would grade the pair that was just graded.
  const keeping = useRef(false)
  const add = useAct(
    (rating: number) =>
      engine.ratings.add({
        ...{ project, decoder: task!.decoder, item: task!.item, rating, rater: rater.trim(), blind: true, seed },
      }),
    (kept) => {
      setGrades((now) => ({ ...now, [at]: kept.rating }))
      keeping.current = false
      onMove(at + 1)
    },
  )
  const give = (rating: number) => {
    if (keeping.current) return
    keeping.current = true
    add.mutate(rating, {
      onError() {
        keeping.current = false
      },
    })
  }
  const grade = (rating: number) => ({
    reason: task === undefined ? text.done : null,
    run: () => give(rating),
  })
  useActs({ 'rate.1': grade(1), 'rate.2': grade(2), 'rate.3': grade(3), 'rate.4': grade(4), 'rate.5': grade(5) })
  const set = galleries.decoded.find(({ decoder }) => decoder.id === task?.decoder)
  return (
    <section className="pane rating" aria-label={text.title}>
      <header>
        <h2>{text.title}</h2>
        <span className="grow ink3" role="status">
          {task === undefined ? null : `${text.pair(at + 1, tasks.length)} · `}
          {text.progress(Object.keys(grades).length, tasks.length)}
        </span>
        <Button disabled={at === 0} onPress={() => onMove(at - 1)}>
          {text.back}
        </Button>
        <Button onPress={onStop}>{text.stop}</Button>
      </header>
      <ErrorNote error={add.error} />
      {task === undefined || set === undefined ? (
        <p className="rating-done">{text.done}</p>
      ) : (
        <div className="rating-pair">
          <figure>
            <Picture set={galleries.truth} item={task.item} label={text.shown} />
            <figcaption>{text.shown}</figcaption>
          </figure>
          <figure>
            <Picture set={set.pictures} item={task.item} label={text.decoded} />
            <figcaption>{text.decoded}</figcaption>
          </figure>
        </div>
      )}
      <fieldset className="grades" aria-label={text.question}>
        <legend>{text.question}</legend>
        {text.grades.map((name, step) => (
          <button
            key={name}
            type="button"
            className="button"
            aria-pressed={grades[at] === step + 1}
            disabled={task === undefined}
            onClick={() => give(step + 1)}
          >
            <KeyHint of={gradeActs[step]!} /> {name}
          </button>
        ))}
      </fieldset>
    </section>
  )
}
