/** Cells that jobs on Slurm did not bring, as whoever waited for them wrote them down at the end. */
import { z } from 'zod'
import { type MissingCell, missingCellSchema } from '../../core/contract/result.ts'
import type { RunFolder } from '../project/run-folder.ts'

export const missingFile = 'results/missing.json'

export function missingCells(folder: RunFolder): MissingCell[] {
  const found = folder.readJson(missingFile)
  return found === null ? [] : z.array(missingCellSchema).parse(found)
}
