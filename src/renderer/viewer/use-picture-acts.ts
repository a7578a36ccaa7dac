/** Saving pictures of the views, with everything burnt in that says what they show. */
import type { RefObject } from 'react'
import type { Mask } from '../../core/contract/result.ts'
import { download } from '../lib/download.ts'
import { count, when } from '../lib/format.ts'
import { useDoctor } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import type { Layer } from './layers.ts'
import { pictureOf } from './screenshot.ts'
import { words } from './strings.ts'
import type { ViewerState } from './viewer-state.ts'

const text = words.picture

export interface Pictured {
  readonly mask: Mask
  readonly subject: string
  readonly state: ViewerState
  readonly drawn: readonly Layer[]
  readonly background: string
  /** Name of the mask beside this one. */
  readonly other: string
}

export function usePictureActs(
  container: RefObject<HTMLElement | null>,
  { mask, subject, state, drawn, background, other }: Pictured,
) {
  const version = useDoctor().data?.version ?? ''
  const { leftRight } = useWindow((window) => window.settings)
  const overlapping = drawn.some(({ style }) => style.filled === true)
  const shown = drawn.filter(({ visible, opacity }) => visible && opacity > 0).map(({ style }) => style.label)
  const save = (view: 'all' | 'sagittal' | 'coronal' | 'axial' | '3d') => {
    const root = container.current
    if (root === null) return
    const cells = [...root.querySelectorAll<HTMLElement>(view === 'all' ? '.slice' : `.slice[data-plane="${view}"]`)]
    const lines = [
      `${subject}, ${text.mask(mask.name, count(mask.voxels))}`,
      text[leftRight ?? 'unsettled'],
      ...(overlapping ? [text.overlap(other)] : []),
      text.layers(shown.length === 0 ? text.none : [...shown].reverse().join(', ')),
      ...(state.sigma === null ? [] : [text.preview(state.sigma.toFixed(2))]),
      text.background(background),
      text.made(version, when(new Date().toISOString())),
    ]
    void pictureOf(cells, { lines }).then((blob) => download(text.file(subject, mask.name, view), blob))
  }
  return {
    'picture.all': { run: () => save('all') },
    'picture.sagittal': { run: () => save('sagittal') },
    'picture.coronal': { run: () => save('coronal') },
    'picture.axial': { run: () => save('axial') },
    'picture.3d': { run: () => save('3d') },
  }
}
