/** The findings as sentences, unflattering ones included. */
import type { TableRow } from '../../../core/contract/result.ts'
import { Pane, Scroll } from '../../components/basics.tsx'
import { lookOf } from '../../components/conditions.ts'
import { MarkSign } from '../../components/marks.tsx'
import { summarise } from '../../components/result-table.tsx'
import { findingsOf } from './findings.ts'
import { words } from './strings.ts'

export function InWords({ rows, method }: { rows: readonly TableRow[]; method: string }) {
  const findings = findingsOf(summarise(rows), method)
  return (
    <Pane title={words.findings.title} note={words.findings.note} flush>
      <Scroll label={words.findings.title}>
        <ul className="findings">
          {findings.map(({ condition, title, text }) => (
            <li key={condition}>
              <MarkSign mark={lookOf(condition, method).mark} />
              <span>
                <b>{title}</b>
                <small>{text}</small>
              </span>
            </li>
          ))}
          {findings.length === 0 ? <li className="ink3">{words.findings.none}</li> : null}
        </ul>
      </Scroll>
    </Pane>
  )
}
