/**
 * A report of one subject as a single HTML file under 10 MB that fetches nothing: what was done, the masks in slices, every number
 * with direction, chance, n and interval, what people decided, and where the data came from.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Subject } from '../../core/contract/result.ts'
import { describeReview } from '../../core/contract/review.ts'
import type { ExperimentTable, MaskDossier } from '../mask-dossier.ts'
import { findings } from './findings.ts'
import { escapeHtml, facts, table, time } from './html.ts'
import { maskSection, picturesHtml } from './mask-html.ts'
import { conditionTable } from './results-html.ts'
import { style } from './style.ts'

export interface ReportContent {
  readonly version: string
  /** Of runtime and libraries, by name. */
  readonly versions: Readonly<Record<string, string>>
  readonly subject: Subject
  /** Oldest first. */
  readonly masks: readonly MaskDossier[]
  readonly tables: readonly ExperimentTable[]
  /** Drawn behind the masks, whole grid. */
  readonly background: { readonly values: Float32Array; readonly name: string }
  /** Of the import; null for simulated subjects. */
  readonly provenance: unknown
}

/** Pictures take at most this many bytes of the page; the newest masks have them first. */
const mostPictureBytes = 8_000_000

const provenanceSchema = z.object({
  recipe: z.unknown(),
  inputs: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })).default([]),
})

function provenanceHtml(provenance: unknown): string {
  const parsed = provenanceSchema.safeParse(provenance)
  if (!parsed.success) return '<p>The subject was simulated; there are no input files.</p>'
  const { recipe, inputs } = parsed.data
  const asked = `<h3>Recipe</h3><pre>${escapeHtml(JSON.stringify(recipe, null, 1) ?? '')}</pre>`
  return `${table(
    ['Input file', 'Bytes', 'SHA-256'],
    inputs.map(({ path, bytes, sha256 }) => [escapeHtml(path), String(bytes), `<code>${escapeHtml(sha256)}</code>`]),
    [2],
  )}${asked}`
}

function experimentHtml(one: ExperimentTable): string {
  const said = findings(one)
  const words = said.length === 0 ? '' : `<h3>In words</h3><ul>${said.map((line) => `<li>${line}</li>`).join('')}</ul>`
  return `<section><h2>Experiment ${escapeHtml(one.name)}: ${escapeHtml(one.experiment)}</h2>${words}${conditionTable(one.rows)}</section>`
}

function runsHtml({ masks, tables }: ReportContent): string {
  const runs = new Map(
    [...masks.flatMap((one) => [one.run, ...one.decoders.map(({ run }) => run)]), ...tables.map(({ run }) => run)].map(
      (run) => [run.id, run],
    ),
  )
  return table(
    ['Run', 'Kind', 'Started', 'Ended', 'Device', 'Id'],
    [...runs.values()].map((run) => [
      ...[escapeHtml(run.name), run.kind, time(run.started), time(run.ended), escapeHtml(run.device ?? '–')],
      `<code>${run.id}</code>`,
    ]),
    [1, 2, 3, 4, 5],
  )
}

/** The whole page. */
export function reportHtml(content: ReportContent): string {
  const { subject, version, masks, background } = content
  let bytes = 0
  const pictures = new Map<string, string>()
  for (const dossier of [...masks].reverse()) {
    const html = bytes < mostPictureBytes ? picturesHtml(dossier, background.values, background.name) : ''
    bytes += html.length
    pictures.set(
      dossier.mask.id,
      html !== '' && bytes < mostPictureBytes
        ? html
        : '<p>Left without pictures, so that this page stays small; newer masks have them.</p>',
    )
  }
  const data = [
    `${subject.voxels} voxels in use on a grid of ${subject.grid.shape.join(' × ')}, ${subject.trainTrials} training and ${subject.testTrials} held-out trials, ${subject.items} ${subject.targets}.`,
    ...subject.notes,
  ]
  const overview = table(
    ['Mask', 'Preset', 'Voxels', 'Review'],
    masks.map(({ mask, reviews }) => [
      ...[escapeHtml(mask.name), escapeHtml(mask.preset), String(mask.voxels)],
      escapeHtml(describeReview(reviews[0] ?? null)),
    ]),
    [1, 3],
  )
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width"><title>TROI report, ${escapeHtml(subject.name)}</title><style>${style}</style></head><body><main>
<h1>${escapeHtml(subject.name)}</h1><p>TROI Workstation ${escapeHtml(version)}. Masks are chosen by the method of TROI (arXiv 2502.00412) on the MindEye2 baseline. Intervals are 95 %. ↑ higher is better, ↓ lower is better. Chance is what guessing gives.</p>
<ul>${data.map((fact) => `<li>${escapeHtml(fact)}</li>`).join('')}</ul>${masks.length === 0 ? '<p>No mask has been found for this subject yet.</p>' : overview}
${masks.map((dossier) => maskSection(dossier, pictures.get(dossier.mask.id) ?? '')).join('\n')}
${content.tables
  .filter(({ experiment }) => experiment !== 'stability')
  .map(experimentHtml)
  .join('\n')}
<section><h2>Where the data came from</h2>${provenanceHtml(content.provenance)}</section>
<section><h2>Runs and versions</h2>${runsHtml(content)}${facts(Object.entries({ 'TROI Workstation': version, ...content.versions }).map(([name, value]) => [escapeHtml(name), escapeHtml(value)]))}</section>
</main></body></html>\n`
}
