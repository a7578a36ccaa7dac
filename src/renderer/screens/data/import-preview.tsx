/** What an import would do, before anything is copied: what must be decided, what was found, how trials are split. */
import { useState } from 'react'
import type { Place } from '../../../core/contract/common.ts'
import type { Preview } from '../../../core/contract/contract.ts'
import type { Recipe } from '../../../core/contract/recipe.ts'
import { Segments } from '../../components/basics.tsx'
import { count } from '../../lib/format.ts'
import { CropPane } from './crop/crop-pane.tsx'
import { Files } from './files.tsx'
import { PairingPane } from './pairing.tsx'
import { Problems } from './problems.tsx'
import { SplitPane } from './split.tsx'
import { words } from './strings.ts'
import { TrialStripPane } from './trial-strip.tsx'
import { Trials } from './trials.tsx'
import { UnmatchedPane } from './unmatched.tsx'
import type { Wizard } from './use-wizard.ts'

type View = 'found' | 'crop' | 'trials' | 'unmatched'

interface ImportPreviewProps {
  readonly wizard: Wizard
  readonly place: Place
  readonly recipe: Recipe
  readonly preview: Preview
}

export function ImportPreview({ wizard, place, recipe, preview }: ImportPreviewProps) {
  const [view, setView] = useState<View>('found')
  const alone = preview.pairing?.unmatchedRows?.count ?? 0
  const views: readonly (readonly [View, string])[] = [
    ['found', words.view.found],
    ['crop', words.view.crop],
    ['trials', words.view.trials],
    ['unmatched', alone === 0 ? words.view.unmatched : words.unmatched.tab(count(alone))],
  ]
  return (
    <div className="columns import-preview">
      <div className="columns rows">
        <Problems wizard={wizard} />
        <section className="pane" aria-label={words.view[view]}>
          <header>
            <h2>{words.view[view]}</h2>
            <span className="grow ellipsis ink3">{view === 'found' ? words.files(preview.images.length) : ''}</span>
            <Segments label={words.view.title} value={view} options={views} onChange={setView} />
          </header>
          {view === 'found' ? (
            <Files images={preview.images} />
          ) : view === 'crop' ? (
            <CropPane {...{ place, recipe, preview }} onChange={wizard.change} />
          ) : view === 'trials' ? (
            <TrialStripPane preview={preview} />
          ) : (
            <UnmatchedPane {...{ place, recipe, preview }} />
          )}
        </section>
      </div>
      <div className="columns rows side">
        <SplitPane recipe={recipe} preview={preview} onSplit={(split) => wizard.change({ split })} />
        <PairingPane preview={preview} />
        <Trials preview={preview} />
      </div>
    </div>
  )
}
