/** The part of the report about one mask: pictures, numbers, stability, verdicts, decoding, methods. */
import { describeReview } from '../../core/contract/review.ts'
import type { MaskStatisticsAnswer } from '../../core/contract/statistics.ts'
import type { MaskDossier, StabilityOfDossier } from '../mask-dossier.ts'
import { escapeHtml, facts, number, percent, place, table, time } from './html.ts'
import { methodsOf } from './methods.ts'
import { frequencyPictures, frequencyScale, maskPictures } from './pictures.ts'
import { evaluationTable } from './results-html.ts'

const references = { truth: 'true voxels', annotated: 'annotated ROI' } as const

function statisticsHtml({ mask, statistics: found }: MaskDossier): string {
  const { components, isolated } = found
  const rows: [string, string][] = [
    [
      'Size',
      `${found.voxels} of a budget of ${mask.budget} voxels, ${found.cubicCentimetres.toFixed(2)} cm³, chosen from ${found.voxelsInUse}`,
    ],
    ['Left, right', `${found.left} left, ${found.right} right, ${found.middle} on the midline`],
    ['Centre', found.centre === null ? '–' : place(found.centre)],
    [
      'Pieces',
      `${components.count}; the largest holds ${components.largest} voxels, ${percent(components.largestShare)}`,
    ],
    [
      'Voxels that touch no other',
      isolated.count === 0
        ? 'none'
        : `${isolated.count}; farthest from the rest: ${isolated.farthest
            .slice(0, 3)
            .map(
              ({ millimetres, distance }) =>
                `${place(millimetres)}${distance === null ? '' : `, ${distance.toFixed(1)} mm away`}`,
            )
            .join('; ')}`,
    ],
    ...found.largestSlices.map((slice): [string, string] => [
      `Fullest ${slice.plane} slice`,
      `${slice.voxels} voxels around ${place(slice.millimetres)}`,
    ]),
  ]
  const overlap =
    found.overlap.length === 0
      ? ''
      : table(
          ['Compared with', 'Voxels', 'Dice ↑', 'Precision ↑', 'Recall ↑'],
          found.overlap.map((one) => [
            ...[`the ${references[one.with]}`, String(one.voxels)],
            ...(['dice', 'precision', 'recall'] as const).map(
              (name) => `${number(one[name])}<small>chance ${number(one.chance[name])}</small>`,
            ),
          ]),
        )
  return `${facts(rows)}${overlap}${atlasHtml(found.atlas)}`
}

function atlasHtml(atlas: MaskStatisticsAnswer['atlas']): string {
  if (atlas === null) return ''
  const held = atlas.regions.filter(({ covered }) => covered > 0)
  const rest = atlas.regions.length - held.length
  return `<p>Regions of ${escapeHtml(atlas.file)}${atlas.resampled ? ', read on this grid by nearest neighbour' : ''}. Outside every region: ${atlas.outside} voxels.${rest === 0 ? '' : ` ${rest} more regions hold nothing of the mask.`}</p>${table(
    ['Region', 'Voxels of the region', 'of them in use', 'in the mask', 'share of the region', 'share of the mask'],
    held.map((region) => [
      `${region.label}${region.name === null ? '' : ` ${escapeHtml(region.name)}`}`,
      ...[region.voxels, region.inUse, region.covered].map(String),
      ...[percent(region.shareOfRegion), percent(region.shareOfMask)],
    ]),
  )}`
}

function stabilityHtml({ run, result, often, ofMask, remarks }: StabilityOfDossier): string {
  const { pairwiseDice: dice } = result
  return `<h3>Stability, ${escapeHtml(run.name)}</h3>${table(
    ['Over repeats of the mask', 'Value', 'Chance', 'n'],
    [
      [
        'Dice of two repeats ↑',
        `${number(dice.value)}<small>${number(dice.interval[0])} to ${number(dice.interval[1])}</small>`,
        ...[dice.chance === null ? '–' : number(dice.chance), `${dice.n} repeats`],
      ],
      [
        `Voxels of the mask chosen in at least ${percent(often)} of the repeats ↑`,
        ...[percent(ofMask.shareOften), percent(ofMask.shareOftenByChance), `${result.repeats.length} repeats`],
      ],
    ],
  )}<p>${remarks.map(escapeHtml).join(' ')}</p>`
}

function reviewsHtml({ reviews, mask }: MaskDossier): string {
  const status = `<p class="status">${escapeHtml(describeReview(reviews[0] ?? null))}</p>`
  const history =
    reviews.length === 0
      ? ''
      : table(
          ['When', 'Verdict', 'Reviewer', 'Note', 'Mask’s file unchanged'],
          reviews.map((one) => [
            ...[
              time(one.created),
              one.verdict,
              escapeHtml(one.reviewer),
              escapeHtml(one.note) || '–',
              one.holds ? 'yes' : 'no',
            ],
          ]),
          [1, 2, 3, 4],
        )
  return `${status}${history}<p class="small">SHA-256 of the mask’s file: <code>${escapeHtml(mask.sha256)}</code></p>`
}

function methodsHtml(dossier: MaskDossier): string {
  const { paragraphs, unused, changed } = methodsOf(dossier)
  return `<h3>Methods</h3>${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('')}<p>${
    changed.length === 0
      ? 'Every setting is as in the preset, but for budget and seed.'
      : `Changed from the preset: ${escapeHtml(changed.join('; '))}.`
  }</p>${unused === '' ? '' : `<p class="small">In the preset but without effect there: ${escapeHtml(unused)}</p>`}`
}

/** Pictures of a mask, for the page or to be counted against its size. */
export function picturesHtml(dossier: MaskDossier, background: Float32Array, backgroundName: string): string {
  const { space, annotated } = dossier.loaded.data
  const source = { space, mask: dossier.result.mask, annotated, background }
  const frequency = dossier.stability?.result.frequency
  const legend = annotated === null ? '' : ' Dashed orange: the annotated ROI.'
  const repeats =
    frequency === undefined
      ? ''
      : `<div class="pictures">${frequencyPictures(source, frequency)}</div>${frequencyScale()}`
  return `<div class="pictures">${maskPictures(source)}</div><p>Through the mask’s densest place. Left of the axial and coronal pictures is left of the subject. Blue: the mask.${legend} Background: ${escapeHtml(backgroundName)}.</p>${repeats}`
}

/** The whole section; `pictures` is what `picturesHtml` made, or a sentence in their place. */
export function maskSection(dossier: MaskDossier, pictures: string): string {
  const { mask, stability, decoders } = dossier
  const flags = mask.flags.map((flag) => `<p class="flag">${escapeHtml(flag)}</p>`).join('')
  const decoding = decoders
    .map(({ name, evaluation }) => `<h3>Decoder ${escapeHtml(name)}</h3>${evaluationTable(evaluation)}`)
    .join('')
  return `<section><h2>Mask ${escapeHtml(mask.name)}</h2>${reviewsHtml(dossier)}${flags}${pictures}${statisticsHtml(dossier)}${
    stability === null
      ? '<p>Not repeated: how stable the choice of voxels is was not measured.</p>'
      : stabilityHtml(stability)
  }${decoding || '<p>No decoder was trained on this mask.</p>'}${methodsHtml(dossier)}</section>`
}
