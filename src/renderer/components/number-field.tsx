/** A box for one number: the text stays as it is typed, and counts when it is a number within its range. */
import { useState } from 'react'

export function NumberField({
  label,
  value,
  low,
  high,
  digits = 2,
  step = 0.01,
  unit,
  onChange,
}: {
  label: string
  value: number
  low: number
  high: number
  /** Digits after the point that are shown; what was typed is kept in full. */
  digits?: number
  /** What the arrow keys add. */
  step?: number
  unit?: string
  onChange: (value: number) => void
}) {
  const [text, setText] = useState<string | null>(null)
  const shown = text ?? value.toFixed(digits)
  const fits = (next: string) => next.trim() !== '' && Number(next) >= low && Number(next) <= high
  const take = (next: string) => {
    setText(next)
    if (fits(next)) onChange(Number(next))
  }
  return (
    <span className="number-field">
      <input
        className={`input${fits(shown) ? '' : ' bad'}`}
        inputMode="decimal"
        aria-label={label}
        aria-invalid={!fits(shown)}
        value={shown}
        onChange={(event) => take(event.target.value)}
        onBlur={() => setText(null)}
        onKeyDown={(event) => {
          const by = { ArrowUp: step, ArrowDown: -step }[event.key]
          if (by === undefined) return
          event.preventDefault()
          take(String(Number(Math.max(low, Math.min(high, Number(shown) + by)).toFixed(digits))))
        }}
      />
      {unit === undefined ? null : <span className="unit">{unit}</span>}
    </span>
  )
}
