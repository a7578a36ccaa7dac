/**
 * Seconds from volume to volume. The header of an image says it, the recipe may say it too (BIDS gives it in a sidecar), and they may
 * disagree; then a person decides. A header's number that no scanner produces is not believed.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Finding, FindingError, note, type Offer } from './finding.ts'

/** What a repetition time may be, in seconds. */
const plausible = { from: 0.1, to: 20 }

function believable(seconds: number | null): seconds is number {
  return seconds !== null && seconds >= plausible.from && seconds <= plausible.to
}

function timingOffer(question: string, answer: string, text: string, timing: Partial<Recipe['timing']>): Offer {
  return { question, answer, text, change: (recipe) => ({ ...recipe, timing: { ...recipe.timing, ...timing } }) }
}

/**
 * The repetition time of one image. BAD_FILE as a question where the header has none or an absurd one and the recipe is silent, and
 * LENGTH_MISMATCH as a question where both speak and differ by more than a thousandth.
 */
export function settleRepetition(
  header: number | null,
  timing: Recipe['timing'],
  path: string,
): { readonly seconds: number; readonly notes: readonly Finding[] } {
  const { repetitionSeconds: given, believe } = timing
  const said = header === null ? 'none' : `${+header.toPrecision(6)} s`
  if (believe === 'recipe' || (believe === 'ask' && given !== null && !believable(header))) {
    if (given === null)
      throw new FindingError({
        code: 'BAD_RECIPE',
        message: 'The recipe asks to believe its own repetition time, but gives none.',
        where: path,
        fix: 'Give "timing.repetitionSeconds".',
      })
    const differs = header === null || Math.abs(header - given) > 1e-3 * given
    const message = `The header's repetition time is ${said}; the recipe's ${given} s is used.`
    return { seconds: given, notes: differs ? [note({ code: 'LENGTH_MISMATCH', message, where: path })] : [] }
  }
  if (!believable(header)) {
    const asMilliseconds = header === null ? null : header / 1000
    const offers = believable(asMilliseconds)
      ? [
          timingOffer('repetition', `${asMilliseconds}`, `Read it as milliseconds: ${asMilliseconds} s.`, {
            repetitionSeconds: asMilliseconds,
            believe: 'recipe',
          }),
        ]
      : []
    throw new FindingError(
      {
        code: 'BAD_FILE',
        message: `The header's repetition time is ${said}.`,
        where: path,
        expected: `${plausible.from} to ${plausible.to} s from volume to volume (pixdim[4] and xyzt_units)`,
        fix: 'Give "timing.repetitionSeconds" in the recipe.',
      },
      offers,
    )
  }
  if (believe === 'ask' && given !== null && Math.abs(header - given) > 1e-3 * given)
    throw new FindingError(
      {
        code: 'LENGTH_MISMATCH',
        message: `The header's repetition time is ${said}, the recipe's is ${given} s.`,
        where: path,
        expected: 'the same in both',
        fix: 'Find out which one is right; every onset depends on it.',
      },
      [
        timingOffer('repetition', 'header', `Believe the header: ${said}.`, { believe: 'header' }),
        timingOffer('repetition', 'recipe', `Believe the recipe: ${given} s.`, { believe: 'recipe' }),
      ],
    )
  return { seconds: header, notes: [] }
}
