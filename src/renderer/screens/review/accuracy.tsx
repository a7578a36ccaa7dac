/** How often the shown category was named: value, interval and chance on one line, and beside it what permuted labels give. */
import type { CSSProperties } from 'react'
import type { Evaluation } from '../../../core/contract/result.ts'
import { MarkSign } from '../../components/marks.tsx'
import { metricText } from '../../components/result-table.tsx'
import { scaleOver } from '../../components/scale.ts'
import { count } from '../../lib/format.ts'
import { words } from './strings.ts'

const text = words.accuracy

export function AccuracyFigure({ evaluation }: { evaluation: Evaluation }) {
  const { accuracy } = evaluation.metrics
  if (accuracy === undefined) return null
  const { permutation } = evaluation
  const [low, high] = accuracy.interval
  const scale = scaleOver([0, low, high, accuracy.chance ?? 0, permutation?.maximum ?? 0], 5)
  const at = (value: number) => ({ left: `${scale.place(value)}%` }) as CSSProperties
  const span = (from: number, to: number) =>
    ({ left: `${scale.place(from)}%`, width: `${scale.place(to) - scale.place(from)}%` }) as CSSProperties
  const percent = (value: number) => metricText('accuracy', value)
  return (
    <figure className="accuracy" aria-label={text.title}>
      <p>
        <span className="statement">{percent(accuracy.value)}</span>{' '}
        <span className="ink2">{text.right(count(accuracy.n))}</span>
      </p>
      <div className="accuracy-plot">
        {scale.ticks.map((tick) => (
          <i key={tick} className="grid" style={at(tick)} />
        ))}
        {accuracy.chance === null ? null : <i className="chance" style={at(accuracy.chance)} />}
        {permutation === undefined ? null : (
          <i className="null-range" style={span(permutation.mean, permutation.maximum)} />
        )}
        <i className="whisker method" style={span(low, high)} />
        <span className="dot" style={at(accuracy.value)}>
          <MarkSign mark="method" />
        </span>
        {scale.ticks.map((tick) => (
          <small key={tick} style={at(tick)}>
            {Math.round(100 * tick)}
          </small>
        ))}
      </div>
      <figcaption className="ink2">
        {text.interval(percent(low), percent(high))}{' '}
        {accuracy.chance === null ? '' : text.chance(percent(accuracy.chance))}
        {permutation === undefined
          ? ''
          : ` ${text.permuted(
              count(permutation.permutations),
              percent(permutation.mean),
              percent(permutation.maximum),
              permutation.p.toPrecision(2),
            )}`}
      </figcaption>
    </figure>
  )
}
