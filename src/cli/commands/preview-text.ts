/** What an import would do, in words: what `--dry-run` prints. */
import type { Preview } from '../../core/contract/contract.ts'
import { describeProblem } from '../../core/problem.ts'

/** At most this many folds, labels or examples are listed. */
const most = 12

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

function list(items: readonly string[], count: number): string {
  const shown = items.slice(0, most).join(', ')
  return count > Math.min(most, items.length) ? `${shown}, …` : shown
}

function pairingLines({ pairing }: Preview): string[] {
  if (pairing === undefined) return []
  const { rows, volumes, pictures, unmatched, repeats, unusedPictures, duplicates } = pairing
  const lines = [`Table: ${rows} rows for ${volumes} volumes`]
  for (const { what, count, first } of unmatched) lines.push(`  ${what}: ${count} (${list(first, count)})`)
  if (pictures === null) return lines
  const shown = Object.entries(repeats).map(
    ([times, count]) => `${count} shown ${times === '1' ? 'once' : `${times} times`}`,
  )
  const unused = unusedPictures === 0 ? '' : `; ${unusedPictures} more are there and not shown`
  lines.push(`Pictures: ${pictures}, ${shown.join(', ') || 'none shown'}${unused}`)
  if (duplicates === null) lines.push('  the same picture under several names: looked for at import')
  else if (duplicates.count > 0)
    lines.push(
      `  the same picture under several names, ${duplicates.count}: ${list(
        duplicates.first.map((names) => names.join(' = ')),
        duplicates.count,
      )}`,
    )
  return lines
}

function splitLines({ split, pairing }: Preview): string[] {
  if (split === undefined) return []
  const what = pairing?.pictures === null || pairing === undefined ? 'labels' : 'pictures'
  const lines = split.folds.slice(0, most).map(({ name, ...fold }) => {
    const left = fold.leftOut === 0 ? '' : `, ${fold.leftOut} left out`
    return `  ${name}: ${fold.trainTrials} trials of ${fold.trainItems} ${what} train, ${fold.testTrials} of ${fold.testItems} test${left}`
  })
  const more = split.folds.length > most ? [`  … ${split.folds.length - most} more`] : []
  const { pictures, trials } = split.straddling
  const guard =
    what === 'labels'
      ? []
      : pictures === 0
        ? ['  no picture is on both sides']
        : [`  ${pictures} pictures come back on both sides (${trials} training trials)`]
  return ['Train and test:', ...lines, ...more, ...guard]
}

function voxelLines({ voxels, annotatedVoxels, constantVoxels, brain, crop }: Preview): string[] {
  const annotated = annotatedVoxels === null ? '' : `, ${annotatedVoxels} annotated`
  const constant =
    constantVoxels === null ? ', those without variance counted at import' : `, ${constantVoxels} without variance`
  const lines = [`${voxels} voxels${annotated}${constant}`]
  if (brain !== undefined) lines.push(`Brain: ${brain.voxels} voxels, ${brain.from}`)
  if (crop === undefined || crop === null) return lines
  const covered = [
    crop.brainCoverage === null ? '' : `, ${percent(crop.brainCoverage)} of the brain mask`,
    crop.annotatedCoverage === null ? '' : `, ${percent(crop.annotatedCoverage)} of the annotated ROI`,
  ].join('')
  return [...lines, `Crop: ${crop.shape.join(' × ')} voxels from (${crop.start.join(', ')}) on${covered}`]
}

export function previewText(preview: Preview): string {
  const { problems, images, perLabel } = preview
  const labels = Object.entries(perLabel).map(([label, count]) => `${label} ${count}`)
  const title = preview.pairing?.pictures === null || preview.pairing === undefined ? 'Labels' : 'Trials per picture'
  const found = [
    ...images.map(
      (image) =>
        `${image.path}: ${image.shape.join(' × ')} ${image.dtype}, ${image.voxelMillimetres.map((size) => +size.toFixed(3)).join(' × ')} mm, ${image.orientation}`,
    ),
    `${preview.volumes} volumes, ${preview.trials} trials, ${preview.folds} folds`,
    ...voxelLines(preview),
    ...(labels.length === 0 ? [] : [`${title}: ${labels.join(', ')}`]),
    ...pairingLines(preview),
    ...splitLines(preview),
    `Needs ${(preview.memoryBytes / 2 ** 20).toFixed(1)} MB of memory and ${(preview.diskBytes / 2 ** 20).toFixed(1)} MB on disk`,
    ...(preview.steps ?? []),
  ]
  return [
    `Subject ${preview.subject}`,
    ...(preview.grid === null ? [] : found),
    ...problems.flatMap(({ level, problem, choices = [] }) => [
      // A note is no failure, so its code says nothing.
      `${level}: ${level === 'note' ? describeProblem(problem).replace(/ \[[A-Z_]+\]$/, '') : describeProblem(problem)}`,
      ...choices.map(({ question, answer, text }) => `  --choose ${question}=${answer}: ${text}`),
    ]),
  ].join('\n')
}
