/** The layers as they are drawn now: the mask and what it is compared with, or the two sides of a preview. */
import { useMemo } from 'react'
import { type FilterPreview, type FilterUsed, filterPreview } from './filter-preview.ts'
import { type Layer, type LayerName, layerStyles } from './layers.ts'
import type { LoadedVolumes } from './load-volumes.ts'
import { overlapVolumes } from './overlap-layers.ts'
import type { ViewerState } from './viewer-state.ts'

export interface Previews {
  readonly filtered: FilterPreview | null
  /** σ 0; only computed while the swipe is on. */
  readonly unfiltered: FilterPreview | null
}

/** Both sides of the preview for the σ that is set. Nothing is computed without one. */
export function usePreviews(loaded: LoadedVolumes, state: ViewerState, budget: number, used: FilterUsed | null) {
  const { preview } = loaded
  const { sigma, swipe } = state
  const boundary = used?.boundary ?? 'normalised'
  const filtered = useMemo(
    () => (preview === null || sigma === null ? null : filterPreview(preview, sigma, budget, boundary)),
    [preview, sigma, budget, boundary],
  )
  const wanted = swipe && sigma !== null
  const unfiltered = useMemo(
    () => (preview === null || !wanted ? null : filterPreview(preview, 0, budget, boundary)),
    [preview, wanted, budget, boundary],
  )
  return useMemo((): Previews => ({ filtered, unfiltered }), [filtered, unfiltered])
}

/** Stability is a share of repeats; the step stands at what counts as often. */
const often = { threshold: 0.8, range: [0, 1], colours: 'viridis' } as const

/** The lowest first. `peek` hides all. */
export function useDrawnLayers(
  loaded: LoadedVolumes,
  state: ViewerState,
  previews: Previews,
  threshold: number,
  range: readonly [number, number],
  peek: boolean,
): readonly Layer[] {
  const { layers, map } = state
  const swiping = previews.unfiltered !== null
  const [here, there] = [loaded.layers.get('mask'), loaded.layers.get('other')]
  const overlap = useMemo(
    () => (state.overlap && here !== undefined && there !== undefined ? overlapVolumes(here, there) : null),
    [state.overlap, here, there],
  )
  return useMemo(() => {
    const volumeOf = (name: LayerName) => {
      if (name === 'onlyHere' || name === 'onlyThere' || name === 'both') return overlap?.[name]
      const preview = name === 'filtered' || name === 'unfiltered' ? previews[name] : null
      return preview === null ? loaded.layers.get(name) : loaded.turn(preview.volume)
    }
    return layerStyles
      .flatMap((style): Layer[] => {
        const { name } = style
        const volume = volumeOf(name)
        if (volume === undefined) return []
        // Three fills stand in the place of both masks; beside the two sides of the swipe the mask would only be in the way.
        if (overlap !== null && (name === 'mask' || name === 'other')) return []
        const visible = layers[name].visible && !peek && !(swiping && name === 'mask')
        const side = swiping ? ({ unfiltered: 'left', filtered: 'right' } as const)[String(name)] : undefined
        return [
          {
            ...{ style, volume, visible, opacity: layers[name].opacity },
            ...(name === 'stability' ? often : { threshold, range, colours: map.colours }),
            ...(side === undefined ? {} : { side }),
          },
        ]
      })
      .reverse()
  }, [loaded, layers, previews, overlap, swiping, map.colours, threshold, range, peek])
}
