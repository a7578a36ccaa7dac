/** What is in this project, and what may come in: files are looked at and questions settled before anything is copied. */
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { Button, ErrorNote } from '../components/basics.tsx'
import { PathPicker } from '../components/path-picker.tsx'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { useAct, useProjectId } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { openProblems } from './data/group-problems.ts'
import { ImportPreview } from './data/import-preview.tsx'
import { words } from './data/strings.ts'
import { SubjectName } from './data/subject-name.tsx'
import { SubjectTable } from './data/subject-table.tsx'
import { Teach } from './data/teach.tsx'
import { useWizard, type Wizard } from './data/use-wizard.ts'

/** Files that the engine can look at; folders always can be chosen. */
const endings = ['.json', '.nii', '.nii.gz', '.hdr', '.hdr.gz', '.img', '.img.gz', '.h5', '.hdf5', '.mat']

/** Acts on a preview: back, keep the recipe, import. */
function ImportActs({ wizard, place, onError }: { wizard: Wizard; place: Place; onError: (error: unknown) => void }) {
  const project = useProjectId()
  const { show } = useWindow()
  const [saving, setSaving] = useState(false)
  const { recipe, preview } = wizard.found!
  const open = openProblems(preview.problems)
  // What is shown is of an earlier look while another is made, and where the last one failed.
  const stale = wizard.isLooking || wizard.error !== null
  const start = useAct(
    (chosen: Recipe) => engine.data.import({ project, place, recipe: chosen }),
    (run) => show({ name: 'run', run: run.id }),
  )
  const save = useAct((file: Place) => engine.data.saveRecipe({ place, recipe, file }))
  const act = (doing: Promise<unknown>) => {
    onError(null)
    doing.catch(onError)
  }
  return (
    <>
      {save.data === undefined ? null : <small role="status">{words.saved(save.data.file)}</small>}
      {open > 0 ? <b className="decisions">{words.decisions(open)}</b> : null}
      <Button onPress={wizard.leave}>{words.back}</Button>
      <Button disabled={open > 0 || stale || save.isPending} onPress={() => setSaving(true)}>
        {words.save}
      </Button>
      <Button
        kind="filled"
        large
        disabled={open > 0 || stale || start.isPending}
        onPress={() => act(start.mutateAsync(recipe))}
      >
        {words.act(count(preview.trials))}
      </Button>
      {saving ? (
        <PathPicker
          title={words.saveWhere}
          kind="new-file"
          suggestedName={`sub-${recipe.subject}.recipe.json`}
          onClose={() => setSaving(false)}
          onChoose={(file) => {
            setSaving(false)
            act(save.mutateAsync(file))
          }}
        />
      ) : null}
    </>
  )
}

export function DataScreen() {
  const [picking, setPicking] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const wizard = useWizard()
  const { asked, found } = wizard
  const choose = (place: Place) => {
    setPicking(false)
    setFailed(null)
    wizard.choose(place)
  }
  const error = wizard.error ?? failed
  return (
    <>
      <div className="screen-header">
        <h1>{found === undefined ? words.title : words.importNamed(found.recipe.subject)}</h1>
        {found === undefined ? null : (
          <small className="ellipsis about-recipe" title={found.recipe.description}>
            {found.recipe.description}
          </small>
        )}
        {wizard.isLooking ? <small role="status">{words.looking}</small> : null}
        <span className="grow" />
        {found === undefined || asked === null ? null : (
          <>
            <SubjectName
              key={found.recipe.subject}
              name={found.recipe.subject}
              onName={(subject) => wizard.change({ subject })}
            />
            <ImportActs wizard={wizard} place={asked.place} onError={setFailed} />
          </>
        )}
      </div>
      {error === null ? null : (
        <div className="run-problem">
          <ErrorNote error={error} />
        </div>
      )}
      {found === undefined || asked === null ? (
        <div className="columns data-columns">
          <SubjectTable />
          <Teach onChoose={() => setPicking(true)} onDrop={choose} />
        </div>
      ) : (
        <ImportPreview wizard={wizard} place={asked.place} recipe={found.recipe} preview={found.preview} />
      )}
      {picking ? (
        <PathPicker
          title={words.which}
          kind="any"
          endings={endings}
          onClose={() => setPicking(false)}
          onChoose={choose}
        />
      ) : null}
    </>
  )
}
