/** What a person can set in the viewer of one mask. Kept outside the views, so that it outlives them; every change can be undone. */
import { useEditable } from '../lib/edits.ts'
import type { ColourMap, LayerName } from './layers.ts'
import type { GreyWindow } from './window-level.ts'

export interface LayerSetting {
  readonly visible: boolean
  /** 0 to 1, in slices and in 3D. */
  readonly opacity: number
}

/** How the weights are coloured; null is the usual value. It changes what is seen, never the mask. */
export interface MapSetting {
  readonly threshold: number | null
  readonly low: number | null
  readonly high: number | null
  readonly colours: ColourMap
}

export interface ViewerState {
  readonly layers: Readonly<Record<LayerName, LayerSetting>>
  readonly fill: boolean
  /** This mask and the one beside it as three fills instead of two masks. */
  readonly overlap: boolean
  /** null: measured on the brain. */
  readonly window: GreyWindow | null
  readonly map: MapSetting
  /** Width of the previewed filter in voxels; null without a preview. */
  readonly sigma: number | null
  /** Unfiltered on the left and filtered on the right of a line. */
  readonly swipe: boolean
}

export const usualMap: MapSetting = { threshold: null, low: null, high: null, colours: 'inferno' }

export const usualViewer: ViewerState = {
  layers: {
    mask: { visible: true, opacity: 1 },
    rawMask: { visible: false, opacity: 1 },
    unfiltered: { visible: true, opacity: 1 },
    filtered: { visible: true, opacity: 1 },
    weights: { visible: false, opacity: 0.9 },
    stability: { visible: false, opacity: 0.9 },
    annotated: { visible: true, opacity: 1 },
    truth: { visible: false, opacity: 1 },
    other: { visible: true, opacity: 1 },
    onlyHere: { visible: true, opacity: 1 },
    onlyThere: { visible: true, opacity: 1 },
    both: { visible: true, opacity: 1 },
  },
  fill: false,
  overlap: false,
  window: null,
  map: usualMap,
  sigma: null,
  swipe: false,
}

export type ChangeViewer = (title: string, change: (now: ViewerState) => Partial<ViewerState>) => void

export function useViewerState(mask: string): readonly [ViewerState, ChangeViewer] {
  const [state, set] = useEditable(`viewer ${mask}`, usualViewer)
  return [state, (title, change) => set(title, (now) => ({ ...now, ...change(now) }))]
}

export function withLayer(state: ViewerState, name: LayerName, change: Partial<LayerSetting>): Partial<ViewerState> {
  return { layers: { ...state.layers, [name]: { ...state.layers[name], ...change } } }
}
