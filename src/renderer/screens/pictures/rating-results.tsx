/** What blind grades say: how often each was given, the mean with its interval, and the difference picture by picture. */
import { Button, Empty, ErrorNote } from '../../components/basics.tsx'
import { TableActs } from '../../components/table-acts.tsx'
import { count, number } from '../../lib/format.ts'
import { gradesTable } from '../../lib/result-tables.ts'
import { counting, pairedDifference, summaryOf } from './blind.ts'
import type { Galleries } from './galleries.ts'
import { useRatings } from './rating.tsx'
import { words } from './strings.ts'

const text = words.results

export function RatingResults({
  galleries,
  onAgain,
  onClose,
}: {
  galleries: Galleries
  onAgain: () => void
  onClose: () => void
}) {
  const ratings = useRatings()
  const blind = counting(ratings.data ?? [], true)
  const rows = galleries.decoded.flatMap(({ decoder, name }) => {
    const summary = summaryOf(decoder.id, blind)
    return summary === null ? [] : [{ name, summary }]
  })
  const [first, ...others] = rows
  return (
    <section className="pane rating" aria-label={text.title}>
      <header>
        <h2>{text.title}</h2>
        <span className="grow" />
        {first === undefined ? null : <TableActs title={text.table} file={text.file} table={() => gradesTable(rows)} />}
        <Button onPress={onAgain}>{text.again}</Button>
        <Button onPress={onClose}>{text.close}</Button>
      </header>
      <ErrorNote error={ratings.error} />
      {first === undefined ? (
        <Empty>{text.none}</Empty>
      ) : (
        <div className="body">
          <table aria-label={text.title}>
            <thead>
              <tr>
                <th>{text.decoder}</th>
                <th className="number">{text.n}</th>
                <th className="number">{text.raters}</th>
                <th className="number">{text.mean}</th>
                <th className="number">{text.interval}</th>
                {[1, 2, 3, 4, 5].map((grade) => (
                  <th key={grade} className="number">
                    {text.grade(grade)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, summary }) => (
                <tr key={summary.decoder}>
                  <td>{name}</td>
                  <td className="number">{count(summary.n)}</td>
                  <td className="number">{summary.raters}</td>
                  <td className="number">
                    <b>{summary.mean.toFixed(2)}</b>
                  </td>
                  <td className="number">
                    {summary.interval === null ? '–' : summary.interval.map((end) => number(end, 2)).join(' to ')}
                  </td>
                  {[1, 2, 3, 4, 5].map((grade) => (
                    <td key={grade} className="number">
                      {summary.counts[grade - 1]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <ul className="rating-words">
            {others.map((other) => {
              const found = pairedDifference(first.summary.decoder, other.summary.decoder, blind)
              if (found === null) return null
              const [low, high] = found.interval ?? [Number.NaN, Number.NaN]
              const ends = found.interval === null ? ['–', '–'] : [number(low, 2), number(high, 2)]
              return (
                <li key={other.summary.decoder}>
                  <b>{found.clear ? text.clear(first.name, other.name, found.mean > 0) : text.unclear}</b>{' '}
                  {text.difference(first.name, other.name, number(found.mean, 2), ends[0]!, ends[1]!, found.n)}
                </li>
              )
            })}
          </ul>
          <p className="pane-note small">{text.note}</p>
        </div>
      )}
    </section>
  )
}
