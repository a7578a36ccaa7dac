/** The actions that every screen has: palette, keys, undo, steps, theme, diagnostics. They are done here, and told here. */
import { useState } from 'react'
import { ErrorNote } from '../components/basics.tsx'
import { Icon } from '../components/icons.tsx'
import { download } from '../lib/download.ts'
import { redo, undo, useEdits } from '../lib/edits.ts'
import { engine } from '../lib/engine.ts'
import { type Step, useWindow } from '../lib/state.ts'
import { useSteps } from '../lib/steps.ts'
import { PacksDialog } from '../screens/packs/packs-dialog.tsx'
import { type Acts, useActs, useBindings, useKeys } from './actions.ts'
import { entryOf } from './catalogue.ts'
import { KeySheet } from './key-sheet.tsx'
import { keysFor } from './keys.ts'
import { Palette } from './palette.tsx'
import { words } from './strings.ts'

const stepActs = {
  data: 'go.data',
  backbone: 'go.backbone',
  mask: 'go.mask',
  decoder: 'go.decoder',
  review: 'go.review',
  export: 'go.export',
} as const satisfies Record<Step, string>

function useGoActs(): Acts {
  const steps = useSteps()
  const { project, openProject, show, showTab } = useWindow()
  if (project === null) return {}
  const review = steps.find(({ step }) => step === 'review')
  const locked = review?.state === 'locked' ? review.note : null
  const tab = (name: 'results' | 'pictures') => ({
    reason: locked,
    run: () => {
      showTab(name)
      show({ name: 'review' })
    },
  })
  return {
    ...Object.fromEntries(
      steps.map(({ step, state, note }) => [
        stepActs[step],
        { run: () => show({ name: step }), reason: state === 'locked' ? note : null },
      ]),
    ),
    'go.results': tab('results'),
    'go.pictures': tab('pictures'),
    'go.compare': { run: () => show({ name: 'compare' }) },
    'go.projects': { run: () => openProject(null) },
  }
}

export function WindowActs() {
  useKeys()
  const [open, setOpen] = useState<'palette' | 'keys' | 'packs' | null>(null)
  const [error, setError] = useState<unknown>(null)
  const { settings, change } = useWindow()
  const { history } = useEdits()
  const { bindings } = useBindings()
  const go = useGoActs()
  useActs({
    ...go,
    'palette.open': { run: () => setOpen('palette') },
    'keys.open': { run: () => setOpen('keys') },
    'packs.open': { run: () => setOpen('packs') },
    'edit.undo': { run: undo, reason: history.done.length === 0 ? words.undo.nothing : null },
    'edit.redo': { run: redo, reason: history.undone.length === 0 ? words.undo.nothing : null },
    'theme.switch': { run: () => change({ theme: settings.theme === 'dark' ? 'light' : 'dark' }) },
    'diagnostics.save': {
      run: () => {
        engine.system
          .diagnostics()
          .then(({ name, text }) => download(name, new Blob([text], { type: 'application/json' })))
          .catch(setError)
      },
    },
  })
  const keys = keysFor(entryOf('palette.open'), bindings)[0]
  const close = () => setOpen(null)
  return (
    <>
      <ErrorNote error={error} />
      <button type="button" className="palette-button" onClick={() => setOpen('palette')}>
        <Icon name="search" size={16} />
        <span className="grow">{words.palette.button}</span>
        {keys === undefined ? null : <kbd className="key">{keys.replace('+', ' ')}</kbd>}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={words.keys.open}
        title={words.keys.open}
        onClick={() => setOpen('keys')}
      >
        <Icon name="question" />
      </button>
      {open === 'palette' ? <Palette onClose={close} /> : null}
      {open === 'packs' ? <PacksDialog onClose={close} /> : null}
      {open === 'keys' ? <KeySheet onClose={close} /> : null}
    </>
  )
}
