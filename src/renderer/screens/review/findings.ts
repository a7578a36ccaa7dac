/**
 * What a table says, in words, from its own numbers: the method against each control, one metric at a time. Where intervals overlap
 * there is no clear difference, and losing is said as plainly as winning.
 */
import { lookOf } from '../../components/conditions.ts'
import { metricText, metricTitle, type Summary } from '../../components/result-table.tsx'
import { count } from '../../lib/format.ts'

export interface Finding {
  readonly condition: string
  readonly title: string
  readonly text: string
}

export type Verdict = 'better' | 'worse' | 'unclear'

interface Value {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly direction: 'higher' | 'lower'
}

/** Whether the first is better than the second by more than their bars. */
export function compare(one: Value, other: Value): Verdict {
  if (one.low <= other.high && other.low <= one.high) return 'unclear'
  return one.value > other.value === (one.direction === 'higher') ? 'better' : 'worse'
}

const compared = ['brainToImage', 'imageToBrain', 'accuracy']
const against = ['annotated', 'instant', 'ridge+filter', 'encoding+filter', 'whole', 'random', 'without-filter', 'true']

function titleOf(method: string, other: string, found: readonly (readonly [string, Verdict])[]): string {
  const better = found.filter(([, verdict]) => verdict === 'better')
  const worse = found.filter(([, verdict]) => verdict === 'worse')
  if (better.length > 0 && worse.length > 0) return `${method} and ${other}: each is ahead in one direction`
  const [ahead, behind, clear] = worse.length > 0 ? [other, method, worse] : [method, other, better]
  if (clear.length === 0) return `${method} and ${other}: no clear difference`
  const where = clear.length === found.length ? '' : `, ${clear.map(([name]) => metricTitle(name)).join(', ')} only`
  return `${ahead} does better than ${behind}${where}`
}

/** One finding per control that the table has, in a fixed order. */
export function findingsOf(summaries: readonly Summary[], method: string): Finding[] {
  const own = summaries.find(({ condition }) => condition === method)
  if (own === undefined) return []
  const ownName = lookOf(method, method).name
  return against.flatMap((condition) => {
    const other = summaries.find((summary) => summary.condition === condition)
    const metrics = compared.filter((name) => own.metrics[name] !== undefined && other?.metrics[name] !== undefined)
    if (other === undefined || condition === method || metrics.length === 0) return []
    const look = lookOf(condition, method)
    const verdicts = metrics.map((name) => compare(own.metrics[name]!, other.metrics[name]!))
    const parts = metrics.map((name, at) => {
      const figures = `${metricText(name, own.metrics[name]!.value)} against ${metricText(name, other.metrics[name]!.value)}`
      return `${metricTitle(name)} ${figures}${verdicts[at] === 'unclear' ? ' (bars overlap)' : ''}`
    })
    const voxels =
      own.voxels === other.voxels
        ? `with ${count(own.voxels)} voxels each`
        : `with ${count(own.voxels)} voxels against ${count(other.voxels)}`
    const name = look.remark === '' || condition === 'annotated' ? look.name : `${look.name}, ${look.remark}`
    return [
      {
        condition,
        title: titleOf(
          ownName,
          name,
          metrics.map((metric, at) => [metric, verdicts[at]!] as const),
        ),
        text: `${parts.join('; ')}; ${voxels}.`,
      },
    ]
  })
}
