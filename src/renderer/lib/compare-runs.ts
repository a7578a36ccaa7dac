/** Runs side by side: their settings with the words of the forms, and which of them differ. Pure. */
import type { z } from 'zod'
import type { Run } from '../../core/contract/run.ts'
import {
  decoderSettingsSchema,
  maskSettingsSchema,
  pretrainSettingsSchema,
  settingHelp,
} from '../../core/contract/settings.ts'

/** One setting or result over all runs; null where a run has none. */
export interface ComparedRow {
  readonly group: string
  readonly label: string
  readonly values: readonly (string | null)[]
}

interface WithShape {
  readonly shape?: Readonly<Record<string, z.ZodType>>
}

function shown(value: unknown, unit: string | undefined): string {
  const text =
    typeof value === 'number'
      ? value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
      : typeof value === 'boolean'
        ? value
          ? 'yes'
          : 'no'
        : String(value)
  return unit === undefined ? text : `${text} ${unit}`
}

/** Parts of the settings, in words: the same label may stand in two of them. */
const partNames: Readonly<Record<string, string>> = {
  algorithm1: 'Algorithm 1',
  crossFit: 'cross-fit',
  model: 'network',
  evidence: 'evidence',
}

/** Every setting that people see, by label and, within a part, by its name. */
function flat(schema: z.ZodType, values: unknown, part = ''): [label: string, value: string][] {
  const { shape } = schema as WithShape
  if (shape !== undefined)
    return Object.entries(shape).flatMap(([name, own]) =>
      flat(own, (values as Readonly<Record<string, unknown>> | undefined)?.[name], 'shape' in own ? name : part),
    )
  const help = settingHelp.get(schema)
  if (help === undefined) return []
  return [[part === '' ? help.label : `${help.label}, ${partNames[part] ?? part}`, shown(values, help.unit)]]
}

/** Label and value of each setting, by group; a run without settings has none. */
export function settingsOfRun(
  { request }: Run,
  groups: Readonly<Record<'mask' | 'decoder' | 'pretrain' | 'run', string>>,
) {
  const of = (group: string, entries: [string, string][]) => entries.map(([label, value]) => ({ group, label, value }))
  switch (request.kind) {
    case 'mask':
      return of(groups.mask, flat(maskSettingsSchema, request.settings))
    case 'decode':
      return of(groups.decoder, flat(decoderSettingsSchema, request.settings))
    case 'pretrain':
      return of(groups.pretrain, flat(pretrainSettingsSchema, request.settings))
    case 'experiment':
      return [
        ...of(groups.run, [
          ['experiment', request.experiment],
          ['seeds', request.seeds.join(', ')],
        ]),
        ...of(groups.mask, flat(maskSettingsSchema, request.mask)),
        ...of(groups.decoder, flat(decoderSettingsSchema, request.decoder)),
      ]
    case 'demo':
      return of(groups.run, [
        ['size', request.size],
        ['seeds', request.seeds.join(', ')],
      ])
    default:
      return []
  }
}

export interface Entry {
  readonly group: string
  readonly label: string
  readonly value: string
}

/** One row per group and label, in the order in which they first occur. */
export function rowsOf(perRun: readonly (readonly Entry[])[]): ComparedRow[] {
  const rows = new Map<string, { group: string; label: string; values: (string | null)[] }>()
  for (const [at, entries] of perRun.entries())
    for (const { group, label, value } of entries) {
      const key = `${group}\n${label}`
      const row = rows.get(key) ?? { group, label, values: perRun.map(() => null) }
      rows.set(key, row)
      row.values[at] = value
    }
  return [...rows.values()]
}

export function differs({ values }: ComparedRow): boolean {
  return values.some((value) => value !== values[0])
}
