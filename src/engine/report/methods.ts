/**
 * How a mask came about, in words that can stand in a methods section. Every setting comes from the schema of the settings, with the
 * label that the forms show: a setting that is added there appears here by itself.
 */
import { z } from 'zod'
import type { Run } from '../../core/contract/run.ts'
import {
  type DecoderSettings,
  decoderSettingsSchema,
  defaultDecoderSettings,
  defaultPretrainSettings,
  maskPresets,
  maskSettingsSchema,
  type PresetName,
  type PretrainSettings,
  pretrainSettingsSchema,
  settingHelp,
} from '../../core/contract/settings.ts'
import { settingsOfMask } from '../export/mask-settings.ts'
import type { DecoderOfMask, MaskDossier } from '../mask-dossier.ts'
import { demoDecoderSettings, demoPretrainSettings } from '../runs/demo-settings.ts'

export interface StatedSetting {
  /** Names from the outside in, such as crossFit.folds. */
  readonly path: readonly string[]
  readonly label: string
  readonly term: string | null
  /** With its unit. */
  readonly value: string
}

/** Numbers to six digits at most: a third is shown as 0.333333. What was left out of optional settings is "default". */
function shownValue(value: unknown): string {
  if (value === undefined || value === null) return 'default'
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value)
}

/** Every leaf of a schema with its value, in the schema's order. */
export function statedSettings(
  schema: z.ZodObject,
  values: Readonly<Record<string, unknown>>,
  outer: readonly string[] = [],
): StatedSetting[] {
  return Object.entries(schema.shape).flatMap(([name, part]) => {
    const path = [...outer, name]
    const value = values[name]
    if (part instanceof z.ZodObject) return statedSettings(part, z.record(z.string(), z.unknown()).parse(value), path)
    const about = part instanceof z.ZodType ? settingHelp.get(part) : undefined
    const shown = shownValue(value)
    const unit = about?.unit === undefined ? '' : ` ${value === 1 ? about.unit.replace(/s$/, '') : about.unit}`
    return [{ path, label: about?.label ?? path.join(' '), term: about?.term ?? null, value: `${shown}${unit}` }]
  })
}

/** Parts of the mask's settings that a preset does not use. A part not named here is taken as used. */
const unused: Readonly<Record<PresetName, readonly string[]>> = {
  troi: ['algorithm1'],
  instant: ['crossFit', 'algorithm1'],
  memory: ['evidence', 'crossFit'],
  paper: ['evidence', 'crossFit'],
  mindeye2: ['evidence', 'crossFit'],
}

/** Lists settings as one sentence: label (term) value; … */
function listed(settings: readonly StatedSetting[]): string {
  return settings.map(({ label, term, value }) => `${label}${term === null ? '' : ` (${term})`} ${value}`).join('; ')
}

const parts: Readonly<Record<string, string>> = {
  evidence: 'Closed-form evidence of each voxel',
  crossFit: 'Mask trained on cross-fitted predictions',
  algorithm1: 'Algorithm 1 of the paper',
  model: 'Network',
}

function sentences(settings: readonly StatedSetting[]): string {
  const heads = [...new Set(settings.map(({ path }) => (path.length > 1 ? path[0]! : '')))]
  return heads
    .map((head) => {
      const own = settings.filter(({ path }) => (path.length > 1 ? path[0]! : '') === head)
      return `${head === '' ? '' : `${parts[head] ?? head}: `}${listed(own)}.`
    })
    .join(' ')
}

export interface MaskMethods {
  /** Paragraphs of plain text. */
  readonly paragraphs: readonly string[]
  /** Settings that the preset has but does not use, one sentence, or empty. */
  readonly unused: string
  /** What differs from the preset's own values, besides budget and seed. */
  readonly changed: readonly string[]
}

/** Everything that was set for a mask, its backbone and the decoders trained on it. */
export function methodsOf(dossier: MaskDossier): MaskMethods {
  const { mask, run, backbone, decoders, subject } = dossier
  const settings = settingsOfMask(mask, run)
  const all = statedSettings(maskSettingsSchema, settings)
  const usual = statedSettings(maskSettingsSchema, { ...maskPresets[settings.preset] })
  const idle = unused[settings.preset]
  const used = all.filter(({ path }) => !idle.includes(path[0]!))
  const trained =
    backbone === null
      ? 'No backbone was used.'
      : `Backbone ${backbone.name} was trained on the annotated ROIs of ${backbone.subjects.join(', ')} (run ${backbone.run.name}). ${sentences(statedSettings(pretrainSettingsSchema, pretrainSettingsOf(backbone.run)))}`
  return {
    paragraphs: [
      `The mask ${mask.name} holds ${mask.voxels} of the ${subject.voxels} voxels in use of ${subject.name}. It was found with the preset ${settings.preset} on ${subject.trainTrials} training trials with ${subject.items} ${subject.targets} (run ${run.name}, ${run.device ?? 'device not recorded'}). ${sentences(used)}`,
      trained,
      ...decoders.map(
        (decoder) =>
          `Decoder ${decoder.name} was trained on this mask (run ${decoder.run.name}). ${sentences(statedSettings(decoderSettingsSchema, decoderSettingsOf(decoder)))}`,
      ),
    ],
    unused: sentences(all.filter(({ path }) => idle.includes(path[0]!))),
    changed: all
      .filter(({ path, value }, at) => value !== usual[at]?.value && !['budget', 'seed'].includes(path.join('.')))
      .map(
        ({ label, value, path }) =>
          `${label} ${value} (preset: ${usual.find((one) => one.path.join() === path.join())?.value})`,
      ),
  }
}

/** A decode run carries its settings, a pretraining run too; a demo has its own for all stages. */
function decoderSettingsOf({ run }: DecoderOfMask): DecoderSettings {
  const { request } = run
  if (request.kind === 'decode') return request.settings
  return request.kind === 'demo' ? demoDecoderSettings(request.size, request.seeds[0] ?? 0) : defaultDecoderSettings
}

function pretrainSettingsOf({ request }: Run): PretrainSettings {
  if (request.kind === 'pretrain') return request.settings
  return request.kind === 'demo' ? demoPretrainSettings(request.size, request.seeds[0] ?? 0) : defaultPretrainSettings
}
