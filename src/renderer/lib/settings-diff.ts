/** What a person changed: the settings of a run that differ from their preset, with the words and units of the forms. */
import type { z } from 'zod'
import { settingHelp } from '../../core/contract/settings.ts'

export interface Difference {
  readonly label: string
  readonly unit: string | undefined
  readonly from: string
  readonly to: string
}

interface WithShape {
  readonly shape?: Readonly<Record<string, z.ZodType>>
}

function shown(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** `same` counts the settings that are as in the preset. Settings without help are not shown to people and not counted. */
export function differences(
  schema: z.ZodType,
  values: unknown,
  preset: unknown,
): { readonly differing: readonly Difference[]; readonly same: number } {
  const { shape } = schema as unknown as WithShape
  if (shape === undefined) {
    const help = settingHelp.get(schema)
    if (help === undefined) return { differing: [], same: 0 }
    if (Object.is(values, preset)) return { differing: [], same: 1 }
    return { differing: [{ label: help.label, unit: help.unit, from: shown(preset), to: shown(values) }], same: 0 }
  }
  const part = (whole: unknown, name: string) => (whole as Readonly<Record<string, unknown>> | undefined)?.[name]
  const parts = Object.entries(shape).map(([name, own]) => differences(own, part(values, name), part(preset, name)))
  return { differing: parts.flatMap((one) => one.differing), same: parts.reduce((sum, one) => sum + one.same, 0) }
}
