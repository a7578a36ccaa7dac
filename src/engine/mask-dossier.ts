/**
 * Everything a project knows of one mask, gathered once for what leaves the project: exports and reports. Read only; nothing here
 * is computed that cannot be counted again from the files.
 */
import type { Evaluation, TableRow } from '../core/contract/result.ts'
import type { Review } from '../core/contract/review.ts'
import { isTestRun, type Run } from '../core/contract/run.ts'
import type { MaskStatisticsAnswer } from '../core/contract/statistics.ts'
import { often, type StabilityOfMask, stabilityOfMask } from '../core/evaluate/stability.ts'
import type { Atlas } from './import/atlas.ts'
import { type MaskItem, maskItem } from './mask-item.ts'
import { statisticsOf } from './mask-statistics.ts'
import type { ProjectStore } from './project/project-store.ts'
import { type StabilityResult, stabilityRemarks } from './runs/stability-file.ts'
import type { LoadedSubject } from './runs/subject-file.ts'
import { repeatsOfMask } from './stability.ts'

export interface StabilityOfDossier {
  readonly run: Run
  readonly result: StabilityResult
  readonly often: number
  readonly ofMask: StabilityOfMask
  readonly remarks: readonly string[]
}

export interface DecoderOfMask {
  readonly name: string
  readonly restart: string
  readonly run: Run
  readonly evaluation: Evaluation
}

export interface ExperimentTable {
  readonly name: string
  readonly experiment: string
  readonly run: Run
  readonly rows: readonly TableRow[]
}

export interface MaskDossier extends MaskItem {
  /** The run that made the mask, and the backbone it was found with. */
  readonly run: Run
  readonly backbone: { readonly name: string; readonly subjects: readonly string[]; readonly run: Run } | null
  /** Newest first; empty where nobody judged the mask. */
  readonly reviews: readonly Review[]
  readonly statistics: MaskStatisticsAnswer
  readonly stability: StabilityOfDossier | null
  /** Those trained on this mask, with their newest evaluation. */
  readonly decoders: readonly DecoderOfMask[]
  /** Where the subject came from: SHA-256 of its inputs, decisions; null for simulated ones. */
  readonly provenance: unknown
}

/** NOT_FOUND for an unknown mask. `known` spares reading the subject again; `atlas` adds regions to the statistics. */
export async function maskDossier(
  store: ProjectStore,
  id: string,
  options: { readonly known?: LoadedSubject; readonly atlas?: Atlas | null } = {},
): Promise<MaskDossier> {
  const item = await maskItem(store, id, options.known)
  const { mask, subject } = item
  const backbone = (await store.backbones()).find((one) => one.id === mask.backbone)
  return {
    ...item,
    run: await store.run(mask.run),
    backbone: backbone === undefined ? null : { ...backbone, run: await store.run(backbone.run) },
    reviews: await store.reviews.list(id),
    statistics: statisticsOf(item, options.atlas ?? null),
    stability: await stabilityOfDossier(store, item),
    decoders: await decodersOf(store, id),
    provenance: store.runFolder(await originOf(store, subject.id)).readJson('results/provenance.json'),
  }
}

/** The run that brought a subject into the project. */
export async function originOf(store: ProjectStore, subject: string): Promise<string> {
  return (await store.fileOf('subject', subject)).split('/')[1] ?? ''
}

async function stabilityOfDossier(store: ProjectStore, item: MaskItem): Promise<StabilityOfDossier | null> {
  const repeats = await repeatsOfMask(store, item.mask)
  if (repeats === null) return null
  const { run, result } = repeats
  return {
    ...{ run, result, often, remarks: stabilityRemarks(result) },
    ofMask: stabilityOfMask(result.frequency, item.result.mask, result.repeats.length, result.chosenShare),
  }
}

async function decodersOf(store: ProjectStore, mask: string): Promise<DecoderOfMask[]> {
  const out: DecoderOfMask[] = []
  for (const decoder of await store.decoders()) {
    if (decoder.mask !== mask) continue
    const found = await store.evaluation(decoder.id)
    if (found === null) continue
    const { name, restart } = decoder
    out.push({ name, restart, run: await store.run(decoder.run), evaluation: found.content })
  }
  return out
}

/** Finished experiments on a subject, and the demo that it came from. */
export async function tablesOf(store: ProjectStore, subject: string): Promise<ExperimentTable[]> {
  const origin = await originOf(store, subject)
  const out: ExperimentTable[] = []
  for (const run of await store.runs()) {
    const own = run.kind === 'demo' ? run.id === origin : run.kind === 'experiment' && run.subject === subject
    if (!own || run.status !== 'done' || isTestRun(run.request)) continue
    const experiment = run.request.kind === 'experiment' ? run.request.experiment : 'demo'
    out.push({ name: run.name, experiment, run, rows: await store.rows(run.id) })
  }
  return out
}
