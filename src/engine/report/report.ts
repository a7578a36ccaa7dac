/** A report of one subject as a single HTML file: what was done, the mask in slices, every number with chance, n and interval. */
import type { Evaluation, Mask, Subject, TableRow } from '../../core/contract/result.ts'
import type { Run } from '../../core/contract/run.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import { voxelSizes } from '../../core/volume/affine.ts'
import { rasGrid, rasSource } from '../../core/volume/orientation.ts'
import { settingsOfMask } from '../export/mask-settings.ts'
import { pngDataUrl } from './png.ts'

export interface ReportContent {
  readonly version: string
  readonly subject: Subject
  readonly masks: readonly {
    readonly mask: Mask
    readonly run: Run
    readonly volume: Uint8Array
    readonly background: Float32Array
    readonly backgroundName: string
  }[]
  readonly evaluations: readonly { readonly name: string; readonly content: Evaluation }[]
  readonly tables: readonly { readonly name: string; readonly rows: readonly TableRow[] }[]
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!)
}

function number(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value * 100) / 100) : value.toFixed(3)
}

function arrow({ direction }: Metric): string {
  return direction === 'higher' ? '↑' : '↓'
}

function metricCells(metric: Metric | undefined, more = ''): string {
  if (metric === undefined) return '<td>–</td>'
  return `<td>${number(metric.value)}<small>${number(metric.interval[0])} to ${number(metric.interval[1])}</small>${more}</td>`
}

/** Pixels on the page along the longest side of a slice's grid. */
const longestSide = 280

/**
 * Three slices through the mask's fullest places, drawn from RAS axes: left of the axial and coronal pictures is left of the
 * subject. One pixel of the picture is one voxel; the page shows it at the size it has in millimetres.
 */
function slices(mask: Mask, volume: Uint8Array, background: Float32Array): string {
  const source = rasSource(mask.grid)
  const { shape, affine } = rasGrid(mask.grid)
  const millimetres = voxelSizes(affine).map((size, axis) => size * shape[axis]!)
  const scale = longestSide / Math.max(...millimetres)
  const at = (x: number, y: number, z: number) => source[(x * shape[1] + y) * shape[2] + z]!
  const centre = ([0, 1, 2] as const).map((axis) => densestSlice(axis, shape, (x, y, z) => volume[at(x, y, z)]!))
  let highest = 0
  for (const value of background) highest = Math.max(highest, value)
  const planes = [
    ['Axial', 0, 1, 'L', 'R'],
    ['Coronal', 0, 2, 'L', 'R'],
    ['Sagittal', 1, 2, 'P', 'A'],
  ] as const
  return planes
    .map(([name, across, up, left, right]) => {
      const [width, height] = [shape[across], shape[up]]
      const pixels = new Uint8Array(width * height * 3)
      for (let py = 0; py < height; py++) {
        for (let px = 0; px < width; px++) {
          const point = [...centre]
          point[across] = px
          point[up] = height - 1 - py
          const voxel = at(point[0]!, point[1]!, point[2]!)
          const grey = highest > 0 ? Math.round((160 * Math.max(0, background[voxel]!)) / highest) : 0
          pixels.set(volume[voxel]! > 0 ? [76, 195, 245] : [grey, grey, grey], (py * width + px) * 3)
        }
      }
      const shown = (axis: 0 | 1 | 2) => Math.max(1, Math.round(millimetres[axis]! * scale))
      return `<figure><div class="slice"><b>${left}</b><img alt="${name} slice of the mask" width="${shown(across)}" height="${shown(up)}" src="${pngDataUrl(width, height, pixels)}"><b>${right}</b></div><figcaption>${name}</figcaption></figure>`
    })
    .join('')
}

function densestSlice(
  axis: 0 | 1 | 2,
  shape: readonly number[],
  value: (x: number, y: number, z: number) => number,
): number {
  const sums = new Float64Array(shape[axis]!)
  for (let x = 0; x < shape[0]!; x++)
    for (let y = 0; y < shape[1]!; y++)
      for (let z = 0; z < shape[2]!; z++) if (value(x, y, z) > 0) sums[[x, y, z][axis]!]!++
  return sums.indexOf(Math.max(...sums))
}

/** Networks under their own names; what stands in for another says so in its row, what is missing below the table. */
function packParts({ packMetrics = [], missingMetrics = [], notes = [] }: Evaluation): { rows: string; below: string } {
  const rows = packMetrics.map(({ label, measure, standsInFor, metric }) => {
    const how = measure === 'twoWay' ? 'two-way identification' : 'correlation distance'
    const standIn =
      standsInFor === null
        ? ''
        : `<small>stands in for ${standsInFor}; does not compare with its published numbers</small>`
    return `<tr><th>${escapeHtml(label)}, ${how} ${arrow(metric)}${standIn}</th>${metricCells(metric)}<td>${metric.chance === null ? '–' : number(metric.chance)}</td><td>${metric.n}</td></tr>`
  })
  const below = [...notes, ...missingMetrics.map(({ words }) => words)].map((text) => `<p>${escapeHtml(text)}</p>`)
  return { rows: rows.join(''), below: below.join('') }
}

function evaluationTable(evaluation: Evaluation): string {
  const { metrics, permutation } = evaluation
  const packs = packParts(evaluation)
  const rows = Object.entries(metrics)
    .map(
      ([name, metric]) =>
        `<tr><th>${escapeHtml(name)} ${arrow(metric)}</th>${metricCells(metric)}<td>${metric.chance === null ? '–' : number(metric.chance)}</td><td>${metric.n}</td></tr>`,
    )
    .join('')
  const null_ =
    permutation === undefined
      ? ''
      : `<p>Permuted labels: mean ${number(permutation.mean)}, highest ${number(permutation.maximum)} of ${permutation.permutations}; p = ${permutation.p.toPrecision(2)}.</p>`
  return `<table><thead><tr><th>Metric</th><th>Value, 95 % interval</th><th>Chance</th><th>n</th></tr></thead><tbody>${rows}${packs.rows}</tbody></table>${null_}${packs.below}`
}

/** Direction, chance and n of a column stand in its head; where rows differ in chance or n, in the cells. */
function conditionTable(rows: readonly TableRow[]): string {
  const columns = ['brainToImage', 'imageToBrain', 'pixCorr', 'ssim', 'accuracy'].flatMap((name) => {
    const found = rows.map((row) => row.metrics[name]).filter((metric) => metric !== undefined)
    const [first] = found
    if (first === undefined) return []
    const alike = found.every(({ chance, n }) => chance === first.chance && n === first.n)
    return [{ name, first, alike }]
  })
  const context = ({ chance, n }: Metric) =>
    `<small>${chance === null ? '' : `chance ${number(chance)}, `}n ${n}</small>`
  const head = columns
    .map(({ name, first, alike }) => `<th>${name} ${arrow(first)}${alike ? context(first) : ''}</th>`)
    .join('')
  const body = rows
    .map((row) => {
      const cells = columns.map(({ name, alike }) => {
        const metric = row.metrics[name]
        return metricCells(metric, metric === undefined || alike ? '' : context(metric))
      })
      return `<tr><th>${escapeHtml(row.condition)}</th><td>${row.seed}</td><td>${row.voxels}</td><td>${row.dice === null ? '–' : number(row.dice)}</td>${cells.join('')}</tr>`
    })
    .join('')
  return `<table><thead><tr><th>Condition</th><th>Seed</th><th>Voxels</th><th>Dice</th>${head}</tr></thead><tbody>${body}</tbody></table><p>Values with their 95 % intervals over held-out items.</p>`
}

const style = `body{font:14px/1.45 system-ui,sans-serif;max-width:1000px;margin:32px auto;padding:0 24px;color:#12161a}h1{font-size:24px}h2{font-size:18px;margin-top:32px;border-bottom:1px solid #d6dbe0;padding-bottom:4px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid #e4e8ec;vertical-align:top}td{text-align:right}thead th{font-weight:500;color:#3f4953}
small{display:block;color:#59646f}figure{display:inline-block;margin:0 16px 0 0}.slice{display:flex;align-items:center;background:#000;color:#fff;padding:8px;gap:8px}img{image-rendering:pixelated;display:block}pre{white-space:pre-wrap;font-size:12px;background:#f4f6f8;padding:12px}`

/** The whole page; nothing in it is fetched from anywhere. */
export function reportHtml(content: ReportContent): string {
  const { subject, version } = content
  const masks = content.masks.map(({ mask, run, volume, background, backgroundName }) => {
    const settings = settingsOfMask(mask, run)
    const overlaps = mask.overlap
      .map(
        ({ with: reference, dice, precision, recall }) =>
          `<tr><th>Against the ${reference === 'truth' ? 'true voxels' : 'annotated ROI'}</th><td>Dice ${number(dice)}, precision ${number(precision)}, recall ${number(recall)}</td></tr>`,
      )
      .join('')
    return `<h2>Mask ${escapeHtml(mask.name)}</h2>${slices(mask, volume, background)}<p>Left of the axial and coronal pictures is left of the subject. Background: ${escapeHtml(backgroundName)}.</p>
<table><tbody><tr><th>Voxels</th><td>${mask.voxels} of a budget of ${mask.budget}</td></tr><tr><th>Volume</th><td>${mask.cubicCentimetres.toFixed(1)} cm³</td></tr><tr><th>Left / right</th><td>${mask.leftVoxels} / ${mask.rightVoxels}</td></tr><tr><th>Pieces</th><td>${mask.components}, the largest ${mask.largestComponent}</td></tr>${overlaps}</tbody></table>
${mask.flags.map((flag) => `<p>${escapeHtml(flag)}</p>`).join('')}<p>Preset ${escapeHtml(mask.preset)}, run ${escapeHtml(run.name)}. Every setting of this mask:</p><pre>${escapeHtml(JSON.stringify(settings, null, 2))}</pre>`
  })
  const evaluations = content.evaluations.map(
    ({ name, content: evaluation }) => `<h2>Decoder ${escapeHtml(name)}</h2>${evaluationTable(evaluation)}`,
  )
  const tables = content.tables.map(
    ({ name, rows }) => `<h2>Experiment ${escapeHtml(name)}</h2>${conditionTable(rows)}`,
  )
  const facts = [
    `${subject.voxels} voxels, ${subject.trainTrials} training and ${subject.testTrials} held-out trials, ${subject.items} ${subject.targets}.`,
    ...subject.notes,
  ]
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>TROI report, ${escapeHtml(subject.name)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(subject.name)}</h1><p>TROI Workstation ${escapeHtml(version)}. Masks are chosen by the method of TROI (arXiv 2502.00412) on the MindEye2 baseline; intervals are 95 %. ↑ higher is better, ↓ lower is better.</p>
<ul>${facts.map((fact) => `<li>${escapeHtml(fact)}</li>`).join('')}</ul>${[...masks, ...evaluations, ...tables].join('\n')}</body></html>\n`
}
