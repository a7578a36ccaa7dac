/** What an engine and a job process say to each other, one process per job. Bulk data is in the run's folder, never in a message. */

import type { Mask, Subject } from '../../core/contract/result.ts'
import type { Run } from '../../core/contract/run.ts'
import type { DecoderSettings, MaskSettings } from '../../core/contract/settings.ts'
import type { Problem } from '../../core/problem.ts'
import type { PackFolder } from '../packs/pack-folder.ts'
import type { Artifact } from '../project/artifacts.ts'
import type { MetricPoints } from '../project/run-folder.ts'
import type { BackendChoice } from '../tensor/backend-names.ts'

/** Files that a job reads, relative to the project folder. */
export interface JobInputs {
  readonly subjects: readonly { readonly summary: Subject; readonly file: string; readonly pictures: string | null }[]
  /** `pictures`: the embedding that the backbone was pretrained with, where it has one of its own. */
  readonly backbone: { readonly id: string; readonly file: string; readonly pictures: string | null } | null
  readonly mask: { readonly summary: Mask; readonly file: string; readonly settings: MaskSettings } | null
  /** `settings` as its run had them. */
  readonly decoder: { readonly id: string; readonly file: string; readonly settings: DecoderSettings } | null
  /** Packs that could be used when the run was started. */
  readonly packs: readonly PackFolder[]
}

export const noInputs: JobInputs = {
  subjects: [],
  backbone: null,
  mask: null,
  decoder: null,
  packs: [],
}

/** What a job trains on. */
export interface JobMachine {
  /** The engine asked for. */
  readonly backend: BackendChoice
  /** Folders in which graphics engines are looked for. */
  readonly engines: readonly string[]
}

/** Nothing asked for, no extras. */
export const plainMachine: JobMachine = { backend: 'auto', engines: [] }

export type ToJob =
  | ({
      readonly type: 'start'
      readonly project: string
      readonly run: Run
      readonly resume: boolean
      readonly inputs: JobInputs
      readonly builtBy: string
      readonly threads: number | null
    } & JobMachine)
  | { readonly type: 'pause' | 'continue' | 'cancel' }

export type FromJob =
  | { readonly type: 'device'; readonly device: string }
  | { readonly type: 'phases'; readonly phases: Run['phases']; readonly remaining: number | null }
  | { readonly type: 'points'; readonly seq: number; readonly points: MetricPoints }
  | { readonly type: 'snapshot'; readonly epoch: number }
  | { readonly type: 'rows'; readonly count: number }
  | { readonly type: 'paused'; readonly paused: boolean }
  /** Results that are complete while the run goes on. */
  | { readonly type: 'artifacts'; readonly artifacts: readonly Artifact[] }
  | { readonly type: 'done'; readonly artifacts: readonly Artifact[] }
  | { readonly type: 'problem'; readonly problem: Problem }
