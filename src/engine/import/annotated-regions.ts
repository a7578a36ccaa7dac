/**
 * The labels in the file of the annotated ROI, kept with the subject, so that a place can be named later. A table of names beside the
 * file is read where it is one; a sidecar of another kind (BIDS writes JSON beside everything) is no mistake and is passed over.
 */
import { lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Recipe } from '../../core/contract/recipe.ts'
import { ProblemError } from '../../core/problem.ts'
import type { Grid } from '../../core/volume/grid.ts'
import type { RegionLabels } from '../runs/subject-file.ts'
import { labelTableNames, readLabelNames } from './atlas.ts'
import { recipePath } from './recipe-file.ts'
import { readAnnotatedFile } from './survey-voxels.ts'

/** Null without an annotated ROI. Throws the file's Problem. */
export async function annotatedRegions(recipe: Recipe, folder: string, grid: Grid): Promise<RegionLabels | null> {
  if (recipe.annotatedRoi === null) return null
  const path = recipePath(folder, recipe.annotatedRoi.path)
  const beside = namesBeside(path)
  return {
    file: basename(path),
    labelsFile: beside === null ? null : basename(beside.path),
    labels: await readAnnotatedFile(recipe, folder, grid),
    names: beside?.names ?? new Map(),
  }
}

function namesBeside(path: string): { path: string; names: ReadonlyMap<number, string> } | null {
  for (const name of labelTableNames(basename(path))) {
    const table = join(dirname(path), name)
    // Not through a link: it could lead out of the folders that a client may read.
    if (!lstatSync(table, { throwIfNoEntry: false })?.isFile()) continue
    try {
      return { path: table, names: readLabelNames(table) }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
    }
  }
  return null
}
