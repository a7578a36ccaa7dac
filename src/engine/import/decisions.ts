/** Every choice an import made, in words, for the subject's notes and the sidecar of its masks. */
import type { PlannedSplit } from '../../core/data/split.ts'
import { describeTrials } from './describe-trials.ts'
import { leftOutInWords } from './outside-voxels.ts'
import type { ImportedPictures } from './pictures/import-pictures.ts'
import { examples } from './pictures/limits.ts'
import type { ReadTrials } from './read-trials.ts'
import type { Survey } from './survey.ts'

const share = (value: number) => `${(100 * value).toFixed(1)} %`

export function decisionsOf(
  survey: Survey,
  read: Pick<ReadTrials, 'constantVoxels' | 'outsideVoxels' | 'missingVoxels'>,
  pictures: ImportedPictures | null,
  split: PlannedSplit,
): string[] {
  const { recipe } = survey
  return [
    `Orientation from the file's affine (${recipe.orientation === 'ask' ? 'sform and qform agree, or only one is set' : recipe.orientation}).`,
    recipe.brainMask === null && recipe.images.every((image) => image.brainMask === undefined)
      ? 'No brain mask: every voxel with variance is used.'
      : `Brain mask: ${survey.brain.from}, ${survey.brain.voxels} voxels.`,
    ...survey.resampled,
    cropInWords(survey),
    ...leftOutInWords(read, recipe.missingVoxels === 'leave-out'),
    `${read.constantVoxels} voxels without variance left out.`,
    ...describeTrials(survey),
    recipe.table.ignoreLabels.length > 0 ? `Not trials: ${recipe.table.ignoreLabels.join(', ')}.` : '',
    ...survey.unmatched.map(({ what, count, first }) => `Left out, ${what}: ${count} (${examples(first)}).`),
    ...picturesInWords(survey, pictures, split),
    `z-score per voxel from training trials, per ${recipe.standardise} where each has enough of them, else pooled.`,
  ].filter((line) => line !== '')
}

function cropInWords({ crop }: Survey): string {
  if (crop === null) return ''
  const { box, brainCoverage, annotatedCoverage } = crop
  const covered = [
    brainCoverage === null ? '' : `, ${share(brainCoverage)} of the brain mask`,
    annotatedCoverage === null ? '' : `, ${share(annotatedCoverage)} of the annotated ROI`,
  ].join('')
  return `Crop: ${box.shape.join(' × ')} voxels from (${box.start.join(', ')}) on${covered}. Masks stay on the grid of the images.`
}

function picturesInWords({ recipe }: Survey, pictures: ImportedPictures | null, split: PlannedSplit): string[] {
  if (pictures === null || !recipe.pictures) return []
  const { set, duplicates, notSquare } = pictures
  const { width, height, count } = set.pictures
  const { repeats } = recipe.split.rule === 'pictures' ? { repeats: undefined } : recipe.split
  const { straddling } = split
  const how =
    repeats === 'average-in-test'
      ? 'they stay on both sides by design: the decoder identifies pictures that it knows'
      : 'their training trials were left out'
  return [
    `${count} different pictures, made ${width} × ${height} by averaging.`,
    notSquare > 0 ? `${notSquare} pictures are not square: ${recipe.pictures.fit}.` : '',
    duplicates.length > 0
      ? `The same picture under several names: ${duplicates.length} times, first ${duplicates[0]!.join(' = ')}.`
      : '',
    straddling.pictures > 0 ? `${straddling.pictures} pictures come back on both sides of the split; ${how}.` : '',
    'Repeats of a picture in the test are averaged.',
  ]
}
