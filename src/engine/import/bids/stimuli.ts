/**
 * Pictures of a BIDS dataset: events may name in the column stim_file what was shown, and the files are then in the dataset's folder
 * stimuli/. Labels are decoded unless a person chooses the pictures.
 */
import type { Recipe } from '../../../core/contract/recipe.ts'
import { endings } from '../pictures/decode.ts'
import { readTextTable } from '../table-text.ts'
import { type BidsDataset, isFolder } from './dataset.ts'
import type { Questions } from './questions.ts'
import type { BidsRun } from './runs.ts'

const column = 'stim_file'
const folder = 'stimuli'
const answers = ['labels', 'pictures', 'known-pictures'] as const
const texts = {
  labels: 'Decode labels.',
  pictures: 'Decode the pictures that were shown. Trials of a picture that is tested do not train.',
  'known-pictures': 'Decode the pictures that were shown in every run; the decoder knows them from the other runs.',
} as const

export interface PictureProposal {
  readonly pictures: NonNullable<Recipe['pictures']>
  readonly column: string
  readonly split: Recipe['split']
  /** Whether the events have a column trial_type too, by which events are left out. */
  readonly hasLabels: boolean
}

/** Null where every run does not name pictures, where the folder is not there, or where labels are to be decoded. */
export async function proposePictures(
  dataset: BidsDataset,
  questions: Questions,
  runs: readonly BidsRun[],
): Promise<PictureProposal | null> {
  const path = `${dataset.root}/${folder}`
  if (!dataset.mayRead(path) || !(await isFolder(path))) return null
  let hasLabels = true
  for (const { events } of runs) {
    const { header, rows } = await readTextTable(`${dataset.root}/${events}`, 'tab', true, 'events table')
    const names = (header ?? []).map((name) => name.trim())
    const at = names.indexOf(column)
    if (at < 0 || !rows.some(({ cells }) => endings.test((cells[at] ?? '').trim()))) return null
    hasLabels &&= names.includes('trial_type')
  }
  if (questions.answer('targets') === undefined)
    questions.note(
      {
        code: 'BAD_PARAMETER',
        message: `The events name pictures in ${folder}/ (column ${column}). Labels are decoded.`,
      },
      answers.map((answer) => ({ question: 'targets', answer, text: texts[answer] })),
    )
  const chosen = questions.answer('targets') === undefined ? null : askTargets(questions, '')
  if (chosen === null || chosen.targets === 'labels') return null
  return { pictures: { from: 'folder', path: folder, by: 'name', fit: 'pad' }, column, split: chosen.split, hasLabels }
}

/** Labels or pictures, and with pictures what becomes of those that come back: the answer, or a question with this message. */
export function askTargets(
  questions: Questions,
  message: string,
): { readonly targets: 'labels' | 'pictures'; readonly split: Recipe['split'] } {
  const chosen = questions.ask('targets', answers, (answer) => texts[answer], message)
  if (chosen === 'labels') return { targets: 'labels', split: { rule: 'leave-one-run-out' } }
  const repeats = chosen === 'pictures' ? 'leave-out-of-training' : 'average-in-test'
  return { targets: 'pictures', split: { rule: 'leave-one-run-out', repeats } }
}
