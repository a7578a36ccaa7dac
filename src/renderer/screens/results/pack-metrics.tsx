/**
 * What the networks of installed packs say of the reconstructions, each under its own name, and in words which numbers are missing
 * and which pack would give them.
 */
import type { Evaluation, PackMetric } from '../../../core/contract/result.ts'
import { count } from '../../lib/format.ts'
import { words } from './strings.ts'

function Row({ found }: { found: PackMetric }) {
  const { metric, label, standsFor, standsInFor, measure } = found
  const text = (value: number) => value.toFixed(3)
  return (
    <tr>
      <td className="wrap" title={standsFor}>
        {label}, {words.measures[measure]} {metric.direction === 'higher' ? '↑' : '↓'}
        {standsInFor === null ? null : <small> {words.standsInFor(standsInFor)}</small>}
      </td>
      <td className="number">
        <b>{text(metric.value)}</b>
      </td>
      <td className="number">{words.to(text(metric.interval[0]), text(metric.interval[1]))}</td>
      <td className="number">{metric.chance === null ? '–' : text(metric.chance)}</td>
      <td className="number">{count(metric.n)}</td>
    </tr>
  )
}

export function PackMetrics({ evaluation }: { evaluation: Evaluation }) {
  const { packMetrics = [], missingMetrics = [], notes = [] } = evaluation
  if (packMetrics.length + missingMetrics.length + notes.length === 0) return null
  return (
    <section className="pack-metrics" aria-label={words.title}>
      <h2>{words.title}</h2>
      {packMetrics.length === 0 ? null : (
        <table>
          <thead>
            <tr>
              <th>{words.columns.network}</th>
              <th className="number">{words.columns.value}</th>
              <th className="number">{words.columns.interval}</th>
              <th className="number">{words.columns.chance}</th>
              <th className="number">{words.columns.n}</th>
            </tr>
          </thead>
          <tbody>
            {packMetrics.map((found) => (
              <Row key={`${found.pack}/${found.output}`} found={found} />
            ))}
          </tbody>
        </table>
      )}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {missingMetrics.length === 0 ? null : (
        <details>
          <summary>{words.missing(missingMetrics.map(({ name }) => name).join(', '))}</summary>
          {missingMetrics.map((missing) => (
            <p key={missing.name}>{missing.words}</p>
          ))}
        </details>
      )}
    </section>
  )
}
