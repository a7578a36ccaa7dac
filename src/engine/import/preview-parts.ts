/** The parts of a preview that say what belongs together, how trials are split, and what the crop keeps. */
import type { Pairing, Preview, SplitPreview } from '../../core/contract/contract.ts'
import { mostUnmatchedRows } from '../../core/contract/pairing.ts'
import { heldOut, leftOut, type PlannedSplit, training } from '../../core/data/split.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { countRepeats, equalGroups } from './pairing.ts'
import { examples, mostExamples } from './pictures/limits.ts'
import type { Survey } from './survey.ts'
import { trialsToSplit } from './survey-targets.ts'

/** More than this is not read only to look for copies of a picture; the import finds them anyway. */
const mostBytesToHash = 2 ** 30

export async function describePairing(survey: Survey): Promise<Pairing> {
  const { source } = survey.targets
  const volumes = survey.images.reduce((sum, file) => sum + file.volumes, 0)
  const rows = survey.unmatchedRows
  const unmatchedRows = { count: rows.length, first: rows.slice(0, mostUnmatchedRows) }
  const common = { rows: survey.rows, volumes, unmatched: [...survey.unmatched], unmatchedRows }
  if (source === null) return { ...common, pictures: null, unusedPictures: 0, repeats: {}, duplicates: null }
  const looked = source.problems.length === 0 && source.bytes <= mostBytesToHash
  const hashes = looked ? await source.storedHashes().catch(unlessProblem) : null
  const groups = hashes === null ? null : equalGroups(source.names, hashes)
  return {
    ...common,
    pictures: source.names.length,
    unusedPictures: source.unused,
    repeats: countRepeats(trialsToSplit(survey.runs, survey.targets).item),
    duplicates: groups === null ? null : { count: groups.length, first: groups.slice(0, mostExamples) },
  }
}

/** A picture that goes away while it is looked at is the import's business. */
function unlessProblem(error: unknown): null {
  if (error instanceof ProblemError) return null
  throw error
}

export function describeSplit(survey: Survey, { folds, straddling }: PlannedSplit): SplitPreview {
  const { item } = trialsToSplit(survey.runs, survey.targets)
  return {
    folds: folds.map(({ name, part }) => {
      const rows = (of: number) => [...part.keys()].filter((i) => part[i] === of)
      const items = (of: number) => new Set(rows(of).map((i) => item[i])).size
      return {
        name,
        trainTrials: rows(training).length,
        testTrials: rows(heldOut).length,
        leftOut: rows(leftOut).length,
        trainItems: items(training),
        testItems: items(heldOut),
      }
    }),
    straddling,
  }
}

export function describeCrop({ box, brainCoverage, annotatedCoverage }: NonNullable<Survey['crop']>) {
  return { start: [...box.start], shape: [...box.shape], brainCoverage, annotatedCoverage } satisfies Preview['crop']
}

/** What is done as the recipe says, and should still be known. */
export function notesOf({ unmatched, targets, recipe, split, resampled }: Survey): Problem[] {
  const notes: Problem[] = []
  for (const { what, count, first } of unmatched)
    if (what === 'volume without row' || what === 'row without picture')
      notes.push({
        code: 'BAD_TABLE',
        message: `${count} left out, ${what}: ${examples(first)}.`,
        fix: 'No action is needed if these are no trials.',
        count,
      })
  if (targets.source !== null && targets.source.notSquare > 0)
    notes.push({
      code: 'BAD_FILE',
      message: `${targets.source.notSquare} pictures are not square; they are made square as the recipe says: ${recipe.pictures?.fit}.`,
      fix: 'Choose "fit": "pad", "crop" or "stretch".',
      count: targets.source.notSquare,
    })
  if (split !== null && split.straddling.pictures > 0)
    notes.push({
      code: 'BAD_RECIPE',
      message: `${split.straddling.pictures} pictures come back on both sides of the split, in ${split.straddling.trials} training trials.`,
      fix:
        recipe.split.rule !== 'pictures' && recipe.split.repeats === 'average-in-test'
          ? 'As the recipe says, they stay: results are about telling known pictures apart, not about new ones.'
          : 'As the recipe says, those training trials are left out.',
      count: split.straddling.pictures,
    })
  for (const message of resampled) notes.push({ code: 'BAD_FILE', message })
  return notes
}
