/** What can lie over a volume, with its colour, opacity and manner. Wells stay black in both themes, so colours are the dark ones. */
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import { type OverlapName, overlapColours } from './overlap-layers.ts'

export type LayerName =
  | 'mask'
  | 'rawMask'
  | 'unfiltered'
  | 'filtered'
  | 'weights'
  | 'stability'
  | 'annotated'
  | 'truth'
  | 'other'
  | OverlapName

export interface LayerStyle {
  readonly name: LayerName
  readonly label: string
  readonly colour: readonly [number, number, number]
  /** Always drawn as a fill, in both manners: its colour is its meaning. */
  readonly filled?: true
  /** How an outline is drawn; fills ignore it. */
  readonly outline: 'solid' | 'dashed' | 'dotted' | 'ramp'
}

const overlap = (name: OverlapName, label: string): LayerStyle => ({
  ...{ name, label, colour: overlapColours[name], outline: 'solid', filled: true },
})

export const layerStyles: readonly LayerStyle[] = [
  { name: 'mask', label: 'TROI mask', colour: [76, 195, 245], outline: 'solid' },
  { name: 'rawMask', label: 'Before exact selection', colour: [76, 195, 245], outline: 'dotted' },
  { name: 'unfiltered', label: 'Unfiltered', colour: [76, 195, 245], outline: 'solid' },
  { name: 'filtered', label: 'Other filter', colour: [76, 195, 245], outline: 'solid' },
  { name: 'weights', label: 'Weights', colour: [245, 120, 60], outline: 'ramp' },
  { name: 'stability', label: 'Stability', colour: [33, 145, 140], outline: 'ramp' },
  { name: 'annotated', label: 'Annotated ROI', colour: [245, 160, 76], outline: 'dashed' },
  { name: 'truth', label: 'True voxels', colour: [236, 239, 242], outline: 'dotted' },
  { name: 'other', label: 'Other mask', colour: [154, 164, 175], outline: 'dashed' },
  // Lowest, so that outlines lie over the fills.
  overlap('onlyHere', 'Only in this mask'),
  overlap('onlyThere', 'Only in the other'),
  overlap('both', 'In both masks'),
]

export interface Layer {
  readonly style: LayerStyle
  readonly volume: OrientedVolume<Float32Array>
  readonly visible: boolean
  /** 0 to 1, in slices and in 3D. */
  readonly opacity: number
  /** Of a map: the value from which a voxel is in the mask. */
  readonly threshold?: number
  /** Of a map: the values where its colours begin and end; from 0 to its highest without it. */
  readonly range?: readonly [number, number]
  readonly colours?: ColourMap
  /** Drawn only on this side of the swipe line. */
  readonly side?: 'left' | 'right'
}

/** Perceptually uniform maps, and grey. */
export const colourMaps = ['inferno', 'viridis', 'grey'] as const
export type ColourMap = (typeof colourMaps)[number]

/** Five stops of matplotlib's inferno and viridis (public domain), enough for a legend and a map at this size. */
const stops: Readonly<Record<ColourMap, readonly (readonly [number, number, number])[]>> = {
  inferno: [
    [0, 0, 4],
    [87, 16, 110],
    [188, 55, 84],
    [249, 142, 9],
    [252, 255, 164],
  ],
  viridis: [
    [68, 1, 84],
    [59, 82, 139],
    [33, 145, 140],
    [94, 201, 98],
    [253, 231, 37],
  ],
  grey: [
    [20, 20, 20],
    [75, 75, 75],
    [130, 130, 130],
    [190, 190, 190],
    [250, 250, 250],
  ],
}

/** Colour of a share from 0 to 1. */
export function rampColour(share: number, colours: ColourMap = 'inferno'): [number, number, number] {
  const ramp = stops[colours]
  const at = Math.max(0, Math.min(1, share)) * (ramp.length - 1)
  const low = Math.min(Math.floor(at), ramp.length - 2)
  const mix = at - low
  return [0, 1, 2].map((c) => Math.round(ramp[low]![c]! + mix * (ramp[low + 1]![c]! - ramp[low]![c]!))) as [
    number,
    number,
    number,
  ]
}

export interface MapLook {
  readonly colour: readonly [number, number, number]
  /** Share of the layer's opacity. */
  readonly share: number
}

/**
 * How a map shows a value: full and bright from the threshold on, with a clear step there, and fading out below it, so that neither
 * the decision nor the evidence near it is hidden. The colours begin at `lowest` and end at `highest`; the threshold is another thing.
 */
export function mapLook(
  value: number,
  threshold: number,
  highest: number,
  lowest = 0,
  colours: ColourMap = 'inferno',
): MapLook {
  if (value >= threshold) {
    const above = (value - threshold) / Math.max(1e-9, highest - threshold)
    return { colour: rampColour(0.5 + 0.5 * Math.min(1, above), colours), share: 1 }
  }
  const below = Math.max(0, (value - lowest) / Math.max(1e-9, threshold - lowest))
  return { colour: rampColour(0.1 + 0.28 * below, colours), share: 0.7 * below ** 2 }
}
