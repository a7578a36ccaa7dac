/** What is in this project, and what may come in: a recipe is looked at before anything is copied. */
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { Button, ErrorNote } from '../components/basics.tsx'
import { PathPicker } from '../components/path-picker.tsx'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { native, placeOfDrop } from '../lib/native.ts'
import { useAct, useProjectId } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { ImportPreview } from './data/import-preview.tsx'
import { words } from './data/strings.ts'
import { SubjectTable } from './data/subject-table.tsx'

function Teach({ onChoose, onDrop }: { onChoose: () => void; onDrop: (place: Place) => void }) {
  const [error, setError] = useState<unknown>(null)
  const can = native() !== null
  return (
    <section
      className="pane"
      aria-label={words.import}
      onDragOver={(event) => can && event.preventDefault()}
      onDrop={(event) => {
        if (!can) return
        event.preventDefault()
        placeOfDrop(event.nativeEvent)
          .then((place) => place !== null && onDrop(place))
          .catch(setError)
      }}
    >
      <header>
        <h2>{words.import}</h2>
      </header>
      <div className="body stack-wide">
        <p className="ink2">{words.teach.sentence}</p>
        <div className="row">
          <Button onPress={onChoose}>{words.choose}</Button>
          {can ? <span className="ink3">{words.teach.drop}</span> : null}
        </div>
        <ErrorNote error={error} />
        <figure className="example">
          <figcaption>{words.teach.example}</figcaption>
          <pre>{words.teach.lines.join('\n')}</pre>
        </figure>
      </div>
    </section>
  )
}

export function DataScreen() {
  const project = useProjectId()
  const { show } = useWindow()
  const [picking, setPicking] = useState(false)
  const [place, setPlace] = useState<Place | null>(null)
  const [answers, setAnswers] = useState<Record<string, string>>({})
  const look = useAct((input: { place: Place; recipe?: Recipe; answers?: Record<string, string> }) =>
    engine.data.preview(input),
  )
  const start = useAct(
    (recipe: Recipe) => engine.data.import({ project, place: place!, recipe }),
    (run) => show({ name: 'run', run: run.id }),
  )
  const choose = (chosen: Place) => {
    setPicking(false)
    setPlace(chosen)
    setAnswers({})
    look.mutate({ place: chosen })
  }
  const answer = (question: string, taken: string) => {
    if (place === null) return
    const all = { ...answers, [question]: taken }
    setAnswers(all)
    look.mutate({ place, answers: all })
  }
  const found = place === null ? undefined : look.data
  const open = (found?.preview.problems ?? []).filter((entry) => entry.level !== 'note').length
  return (
    <>
      <div className="screen-header">
        <h1>{found === undefined ? words.title : words.importNamed(found.recipe.subject)}</h1>
        {found === undefined ? null : (
          <small className="ellipsis" title={found.recipe.description}>
            {found.recipe.description}
          </small>
        )}
        <span className="grow" />
        {found === undefined || place === null ? null : (
          <>
            {open > 0 ? <b className="decisions">{words.decisions(open)}</b> : null}
            <Button onPress={() => setPlace(null)}>{words.back}</Button>
            <Button
              kind="filled"
              large
              disabled={open > 0 || start.isPending}
              onPress={() => start.mutate(found.recipe)}
            >
              {words.act(count(found.preview.trials))}
            </Button>
          </>
        )}
      </div>
      {look.error === null && start.error === null ? null : (
        <div className="run-problem">
          <ErrorNote error={look.error ?? start.error} />
        </div>
      )}
      {found === undefined || place === null ? (
        <div className="columns data-columns">
          <SubjectTable />
          <Teach onChoose={() => setPicking(true)} onDrop={choose} />
        </div>
      ) : (
        <ImportPreview
          recipe={found.recipe}
          preview={found.preview}
          onRecipe={(recipe) => look.mutate({ place, recipe })}
          onAnswer={answer}
        />
      )}
      {picking ? (
        <PathPicker
          title={words.which}
          kind="file"
          ending=".json"
          onClose={() => setPicking(false)}
          onChoose={choose}
        />
      ) : null}
    </>
  )
}
