/**
 * Two masks as three disjoint fills: voxels only here, only there, and in both. The colours stay apart from each other, from every
 * grey of the background and from the annotated ROI, also for people who see two of the three primary colours alike.
 */
import type { OrientedVolume } from '../../core/volume/orientation.ts'

type Volume = OrientedVolume<Float32Array>

export const overlapColours = {
  onlyHere: [76, 195, 245],
  onlyThere: [213, 94, 0],
  both: [120, 60, 240],
} as const
export type OverlapName = keyof typeof overlapColours
export const overlapNames: readonly OverlapName[] = ['onlyHere', 'onlyThere', 'both']

/** 0/1 volumes on the grid that both masks share. RangeError where their sizes differ. */
export function overlapVolumes(here: Volume, there: Volume): Readonly<Record<OverlapName, Volume>> {
  const size = here.values.length
  if (there.values.length !== size)
    throw new RangeError(`masks of ${size} and ${there.values.length} voxels share no grid`)
  const of = (fits: (here: boolean, there: boolean) => boolean): Volume => ({
    grid: here.grid,
    values: Float32Array.from(here.values, (value, at) => (fits(value > 0, there.values[at]! > 0) ? 1 : 0)),
  })
  return {
    onlyHere: of((a, b) => a && !b),
    onlyThere: of((a, b) => !a && b),
    both: of((a, b) => a && b),
  }
}
