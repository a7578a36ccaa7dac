/** Pieces of the report's page: text made safe, numbers made readable, tables. */
import type { Metric } from '../../core/evaluate/metric.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!)
}

export function number(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value * 100) / 100) : value.toFixed(3)
}

export function percent(share: number): string {
  return share > 0 && share < 0.0005 ? 'below 0.1 %' : `${(100 * share).toFixed(1)} %`
}

export function place(point: readonly number[]): string {
  return `(${point.map((value) => value.toFixed(1)).join(', ')}) mm`
}

/** 2026-11-25, 09:12 UTC */
export function time(iso: string | null): string {
  return iso === null ? '–' : `${iso.slice(0, 10)}, ${iso.slice(11, 16)} UTC`
}

export function arrow({ direction }: Pick<Metric, 'direction'>): string {
  return direction === 'higher' ? '↑' : '↓'
}

/** Rows of a name and a value; both are HTML. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  return `<table class="facts"><tbody>${rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join('')}</tbody></table>`
}

/** Cells are HTML; the first column is text, the others numbers unless `words` names them. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  words: readonly number[] = [],
): string {
  const of = (at: number) => (words.includes(at) ? ' class="word"' : '')
  return `<table><thead><tr>${head.map((cell, at) => `<th${at === 0 ? '' : of(at) || ' class="number"'}>${cell}</th>`).join('')}</tr></thead><tbody>${rows
    .map(
      ([first, ...rest]) =>
        `<tr><th>${first}</th>${rest.map((cell, at) => `<td${of(at + 1)}>${cell}</td>`).join('')}</tr>`,
    )
    .join('')}</tbody></table>`
}

/** Published names of metrics as people read them; others stay as they are. */
const names: Readonly<Record<string, string>> = {
  ...{ brainToImage: 'brain → image', imageToBrain: 'image → brain', brainToImageCsls: 'brain → image, CSLS' },
  ...{ imageToBrainCsls: 'image → brain, CSLS', pixCorr: 'PixCorr', ssim: 'SSIM', twoWay: 'two-way identification' },
  ...{ correlationDistance: 'correlation distance', embeddingR2: 'R² of the embedding' },
  ...{ balancedAccuracy: 'balanced accuracy' },
}
export function metricName(name: string): string {
  return escapeHtml(names[name] ?? name)
}
