/** Numbers and times as people read them: number, space, unit. */

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`
}

/** "0:28", "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} MB`
  return value >= 1e3 ? `${Math.round(value / 1e3)} kB` : `${value} bytes`
}

export function millimetres(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}`
}

export function number(value: number, digits = 3): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`
}

/** "20 Nov 14:02" in the user's time zone. */
export function when(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
}
