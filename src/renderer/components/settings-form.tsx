/**
 * A form made from the same schema that the engine checks: label, unit, range and help come with it. Settings that experts change
 * are folded; what differs from the preset is said in words.
 */
import { useState } from 'react'
import type { z } from 'zod'
import { settingHelp } from '../../core/contract/settings.ts'
import { frame } from './strings.ts'

const words = frame.form

type Values = Readonly<Record<string, unknown>>

export interface SettingsFormProps {
  readonly schema: z.ZodObject
  readonly values: Values
  readonly preset: Values
  readonly hide?: readonly string[]
  readonly onChange: (values: Values) => void
}

interface Row {
  readonly path: readonly string[]
  readonly label: string
  readonly help: string
  readonly unit: string | undefined
  readonly advanced: boolean
  readonly kind: 'number' | 'boolean' | 'choice'
  readonly range: string | null
  readonly low: number
  readonly high: number
  readonly options: readonly string[]
}

interface SchemaLike {
  readonly type?: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly options?: readonly string[]
  readonly minValue?: number | null
  readonly maxValue?: number | null
  /** Of a setting with a default. */
  readonly unwrap?: () => z.ZodType
}

function rowsOf(schema: z.ZodType, path: readonly string[] = []): Row[] {
  const outer = schema as unknown as SchemaLike
  const like = outer.type === 'default' ? (outer.unwrap?.() as unknown as SchemaLike) : outer
  if (like.shape !== undefined)
    return Object.entries(like.shape).flatMap(([name, part]) => rowsOf(part, [...path, name]))
  const about = settingHelp.get(schema)
  if (about === undefined) return []
  const kind = like.type === 'boolean' ? 'boolean' : like.type === 'enum' ? 'choice' : 'number'
  return [
    {
      path,
      label: about.label,
      help: about.term === undefined ? about.help : `${about.help} (${about.term})`,
      unit: about.unit,
      advanced: about.advanced === true,
      kind,
      range:
        kind === 'number'
          ? words.range(String(like.minValue ?? ''), (like.maxValue ?? 0).toLocaleString('en-US'))
          : null,
      low: like.minValue ?? Number.NEGATIVE_INFINITY,
      high: like.maxValue ?? Number.POSITIVE_INFINITY,
      options: like.options ?? [],
    },
  ]
}

function read(values: Values, path: readonly string[]): unknown {
  return path.reduce<unknown>((part, name) => (part as Values)[name], values)
}

function write(values: Values, [name, ...rest]: readonly string[], value: unknown): Values {
  return { ...values, [name!]: rest.length === 0 ? value : write(values[name!] as Values, rest, value) }
}

function NumberBox({ row, value, onChange }: { row: Row; value: number; onChange: (value: number) => void }) {
  const [text, setText] = useState(String(value))
  const [focused, setFocused] = useState(false)
  const shown = focused ? text : String(Number(value.toPrecision(6)))
  const bad = shown.trim() === '' || !(Number(shown) >= row.low && Number(shown) <= row.high)
  return (
    <>
      <span className="with-unit">
        <input
          className={`input${bad ? ' bad' : ''}`}
          aria-invalid={bad}
          inputMode="decimal"
          aria-label={row.label}
          value={shown}
          onFocus={() => {
            setText(String(value))
            setFocused(true)
          }}
          onChange={(event) => {
            setText(event.target.value)
            const next = Number(event.target.value)
            if (event.target.value.trim() !== '' && Number.isFinite(next)) onChange(next)
          }}
          onBlur={() => setFocused(false)}
        />
        {row.unit === undefined ? null : <span className="unit">{row.unit}</span>}
      </span>
      {focused || bad ? <small className={bad ? 'range danger' : 'range'}>{row.range}</small> : null}
    </>
  )
}

function Field({ row, values, onChange }: { row: Row; values: Values; onChange: (values: Values) => void }) {
  const value = read(values, row.path)
  const set = (next: unknown) => onChange(write(values, row.path, next))
  return (
    <div className="field">
      <span className="name">{row.label}</span>
      {row.kind === 'boolean' ? (
        <input
          type="checkbox"
          aria-label={row.label}
          checked={value === true}
          onChange={(event) => set(event.target.checked)}
        />
      ) : row.kind === 'choice' ? (
        <select
          className="input"
          aria-label={row.label}
          value={String(value)}
          onChange={(event) => set(event.target.value)}
        >
          {row.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : (
        <NumberBox row={row} value={Number(value)} onChange={set} />
      )}
      <small className="help">{row.help}</small>
    </div>
  )
}

export function SettingsForm({ schema, values, preset, hide = [], onChange }: SettingsFormProps) {
  const [open, setOpen] = useState(false)
  const rows = rowsOf(schema).filter((row) => !hide.includes(row.path.join('.')))
  const differing = rows.filter((row) => read(values, row.path) !== read(preset, row.path))
  const folded = rows.filter((row) => row.advanced)
  return (
    <div className="settings">
      {rows
        .filter((row) => !row.advanced)
        .map((row) => (
          <Field key={row.path.join('.')} row={row} values={values} onChange={onChange} />
        ))}
      <div className="row more">
        <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? words.fold : words.more(folded.length)}
        </button>
        <small>
          {differing.length === 0 ? words.same : words.differs(differing.map((row) => row.label).join(', '))}
        </small>
      </div>
      {open
        ? folded.map((row) => <Field key={row.path.join('.')} row={row} values={values} onChange={onChange} />)
        : null}
    </div>
  )
}
