/** Flags and words that several commands have in common. */
import { type EmbeddingChoice, embeddingChoiceSchema } from '../../core/contract/pack.ts'
import type { Evaluation, MissingCell, Table } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import { describeProblem } from '../../core/problem.ts'
import { presetNames } from '../../core/troi/settings.ts'
import { type BackendChoice, backendChoices } from '../../engine/tensor/backend-names.ts'
import type { Flag, Given } from '../command.ts'
import { UsageError } from '../command.ts'

export const largestSeed = 2 ** 31 - 1

export const projectFlag: Flag = { value: 'DIR', help: 'the project’s folder', required: true }
export const seedFlag: Flag = { value: 'N', help: 'equal seeds give equal results; 0 without it' }
export const seedsFlag: Flag = { value: 'N', help: 'how many seeds, counted from 0; 1 without it' }
export const subjectFlag: Flag = { value: 'NAME', help: 'name or id of the subject', required: true }
export const presetFlag: Flag = { value: 'NAME', help: `${presetNames.join(', ')}; troi without it` }
export const budgetFlag: Flag = { value: 'V', help: 'how many voxels the mask may hold' }
export const backboneFlag: Flag = {
  value: 'NAME',
  help: 'name or id of the backbone, or none; the newest that fits without it',
}

export const backendFlag: Flag = {
  value: 'NAME',
  help: `engine that trains: ${backendChoices.join(', ')}; TROI_BACKEND or the user’s preference without it, else auto`,
}

/** The engine asked for; undefined where nothing was said. */
export function backendOf(given: Given): BackendChoice | undefined {
  return given.maybe('backend') === undefined ? undefined : given.choice('backend', backendChoices, 'auto')
}

export const embeddingFlag: Flag = {
  value: 'PACK/OUTPUT',
  help: 'picture embedding: built-in, or an output of a pack; that of backbone or mask without it, else built-in',
}

export const testRunFlag: Flag = {
  help: 'tries the run on few trials and for two epochs, at full width; about a minute, keeps no result',
}

/** The embedding asked for; undefined where nothing was said. */
export function embeddingOf(given: Given): EmbeddingChoice | undefined {
  const text = given.maybe('embedding')
  if (text === undefined) return undefined
  if (text === 'built-in') return text
  const [pack, ...rest] = text.split('/')
  const choice = embeddingChoiceSchema.safeParse({ pack, output: rest.join('/') })
  if (!choice.success) throw new UsageError(`--embedding ${text} is neither built-in nor PACK/OUTPUT.`)
  return choice.data
}

/** For settings: nothing where nothing was said. */
export function embeddingSetting(embedding: EmbeddingChoice | undefined): { embedding?: EmbeddingChoice } {
  return embedding === undefined ? {} : { embedding }
}

export function seedsOf(given: Given, otherwise = 1): number[] {
  return Array.from({ length: given.whole('seeds', 1, 100, otherwise) }, (_, seed) => seed)
}

export function needPath(given: Given, flag: string, ending: string): string {
  const path = given.text(flag)
  if (!path.toLowerCase().endsWith(ending)) throw new UsageError(`--${flag} ${path} does not end with ${ending}.`)
  return path
}

export function metricText({ value, chance, n, interval, direction }: Metric): string {
  const digits = (number: number) => number.toFixed(3)
  const against = chance === null ? '' : `, chance ${digits(chance)}`
  return `${digits(value)}  [${digits(interval[0])}, ${digits(interval[1])}]  n ${n}${against}, ${direction} is better`
}

export function evaluationText(evaluation: Evaluation): string {
  const names = Object.keys(evaluation.metrics)
  const width = Math.max(0, ...names.map((name) => name.length)) + 2
  const lines = names.map((name) => `${name.padEnd(width)}${metricText(evaluation.metrics[name]!)}`)
  const { permutation, packMetrics = [], missingMetrics = [], notes = [] } = evaluation
  if (permutation !== undefined)
    lines.push(
      `permutation test: p = ${permutation.p} (${permutation.permutations} permutations, mean ${permutation.mean.toFixed(3)}, largest ${permutation.maximum.toFixed(3)})`,
    )
  for (const one of packMetrics) {
    const standIn =
      one.standsInFor === null ? '' : `; stands in for ${one.standsInFor}, does not compare with its published numbers`
    const how = one.measure === 'twoWay' ? 'two-way identification' : 'correlation distance'
    lines.push(`${one.label}, ${how}: ${metricText(one.metric)} (pack ${one.pack} ${one.version}${standIn})`)
  }
  if (missingMetrics.length > 0)
    lines.push(
      `Not given by any installed pack: ${missingMetrics.map(({ name }) => name).join(', ')}. --json says which pack would give each; see docs/packs.md.`,
    )
  lines.push(...notes.map((note) => `Note: ${note}`))
  return lines.join('\n')
}

const columns = ['dice', 'brainToImage', 'imageToBrain', 'pixCorr', 'ssim', 'accuracy'] as const

/** One line per seed and condition; columns that no row has are left out. */
export function tableText(table: Table): string {
  const shown = columns.filter((name) => table.rows.some((row) => row[name] !== null))
  const rows = [
    ['seed', 'condition', 'voxels', ...shown, 'seconds'],
    ...table.rows.map((row) => [
      String(row.seed),
      row.condition,
      String(row.voxels),
      ...shown.map((name) => row[name]?.toFixed(3) ?? ''),
      row.seconds.toFixed(1),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((cell, i) => (i === 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .concat((table.missing ?? []).map(missingText))
    .join('\n')
}

function missingText({ seed, condition, problem }: MissingCell): string {
  return `Missing: seed ${seed}, ${condition}. ${describeProblem(problem)}`
}
