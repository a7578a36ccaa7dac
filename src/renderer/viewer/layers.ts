/** What can lie over a volume, with its colour, opacity and manner. Wells stay black in both themes, so colours are the dark ones. */
import type { OrientedVolume } from '../../core/volume/orientation.ts'

export type LayerName = 'mask' | 'rawMask' | 'weights' | 'annotated' | 'truth'

export interface LayerStyle {
  readonly name: LayerName
  readonly label: string
  readonly colour: readonly [number, number, number]
  /** How an outline is drawn; fills ignore it. */
  readonly outline: 'solid' | 'dashed' | 'dotted' | 'ramp'
}

export const layerStyles: readonly LayerStyle[] = [
  { name: 'mask', label: 'TROI mask', colour: [76, 195, 245], outline: 'solid' },
  { name: 'rawMask', label: 'Before exact selection', colour: [76, 195, 245], outline: 'dotted' },
  { name: 'weights', label: 'Weights', colour: [245, 120, 60], outline: 'ramp' },
  { name: 'annotated', label: 'Annotated ROI', colour: [245, 160, 76], outline: 'dashed' },
  { name: 'truth', label: 'True voxels', colour: [236, 239, 242], outline: 'dotted' },
]

export interface Layer {
  readonly style: LayerStyle
  readonly volume: OrientedVolume<Float32Array>
  readonly visible: boolean
  /** 0 to 1, in slices and in 3D. */
  readonly opacity: number
  /** Of a map: the value from which a voxel is in the mask. */
  readonly threshold?: number
}

/** Five stops of matplotlib's inferno (public domain), enough for a legend and a map at this size. */
const inferno: readonly (readonly [number, number, number])[] = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
]

/** Colour of a share from 0 to 1. */
export function rampColour(share: number): [number, number, number] {
  const at = Math.max(0, Math.min(1, share)) * (inferno.length - 1)
  const low = Math.min(Math.floor(at), inferno.length - 2)
  const mix = at - low
  return [0, 1, 2].map((c) => Math.round(inferno[low]![c]! + mix * (inferno[low + 1]![c]! - inferno[low]![c]!))) as [
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
 * the decision nor the evidence near it is hidden.
 */
export function mapLook(value: number, threshold: number, highest: number): MapLook {
  if (value >= threshold) {
    const above = (value - threshold) / Math.max(1e-9, highest - threshold)
    return { colour: rampColour(0.5 + 0.5 * Math.min(1, above)), share: 1 }
  }
  const below = Math.max(0, value / threshold)
  return { colour: rampColour(0.1 + 0.28 * below), share: 0.7 * below ** 2 }
}
