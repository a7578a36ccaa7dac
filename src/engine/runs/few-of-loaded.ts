/** A loaded subject with the few trials of a test run. All of it was read before, so its memory was needed as in the full run. */
import { holdNothingOut, holdOut } from '../../core/data/imported-trials.ts'
import { fewOfImported, fewOfSubject, fewRows } from '../../core/test-run/few-trials.ts'
import type { LoadedSubject } from './subject-file.ts'

export function fewOfLoaded(loaded: LoadedSubject): LoadedSubject {
  const { imported, data } = loaded
  if (imported === null) return { ...loaded, data: fewOfSubject(data) }
  const forGood = data.test.trials > 0
  const { rows, folds } = fewRows(imported, loaded.folds, forGood)
  const few = fewOfImported(imported, rows)
  return { ...loaded, imported: few, folds, data: forGood ? holdOut(few, folds[0]!.part) : holdNothingOut(few) }
}
