/** The box that a recipe's crop means on a grid, and how much of a mask lies in it. */
import type { Recipe } from '../contract/recipe.ts'
import { failure, type Result, success } from '../problem.ts'
import { coverage } from './coverage.ts'
import { type Box, boxFromMillimetres, checkBox, cropVolume, pasteVolume } from './crop.ts'
import { defaultBox } from './default-box.ts'
import { type Grid, gridSize } from './grid.ts'

/** null: no crop. `brain`: 0/1 per voxel of the grid, or null; BAD_RECIPE where the rule needs one. */
export function boxOfRule(crop: Recipe['crop'], grid: Grid, brain: Uint8Array | null): Result<Box | null> {
  switch (crop?.rule) {
    case undefined:
    case 'none':
      return success(null)
    case 'occipital':
      if (brain === null)
        return failure({
          code: 'BAD_RECIPE',
          message: 'The occipital crop is placed by the edges of the brain, and there is no brain mask.',
          where: 'crop',
          expected: 'a brain mask',
          fix: 'Name a "brainMask", let {"rule": "otsu"} make one, or give the box in voxels or millimetres.',
        })
      return defaultBox(brain, grid)
    case 'voxels':
      return checkBox({ start: crop.start, shape: crop.shape }, grid)
    case 'millimetres':
      return boxFromMillimetres(grid, crop.from, crop.to)
    default:
      return crop satisfies never
  }
}

/** 1 per voxel of the grid inside the box. */
export function insideBox(grid: Grid, box: Box): Uint8Array {
  const whole = new Uint8Array(gridSize(grid)).fill(1)
  return pasteVolume(cropVolume(whole, grid, box), grid, box)
}

/** Share of a 0/1 mask that lies in the box; null for an empty mask. */
export function boxCoverage(mask: Uint8Array, inside: Uint8Array): number | null {
  return coverage(inside, mask).labels.find(({ label }) => label === 1)?.share ?? null
}
