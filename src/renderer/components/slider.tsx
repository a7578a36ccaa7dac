/** A slider with its filled part in ink. It never stands without its number beside it. */
import type { CSSProperties } from 'react'

export function Slider({
  label,
  value,
  low = 0,
  high = 1,
  step = 0.05,
  disabled = false,
  onChange,
}: {
  label: string
  value: number
  low?: number
  high?: number
  step?: number
  disabled?: boolean
  onChange: (value: number) => void
}) {
  const share = { '--share': `${(100 * (value - low)) / (high - low)}%` } as CSSProperties
  return (
    <input
      type="range"
      className="slider"
      style={share}
      min={low}
      max={high}
      step={step}
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(Number(event.target.value))}
    />
  )
}
