/** Trials per label and per run, and in words how volumes become trials. */
import type { Preview } from '../../../core/contract/contract.ts'
import { Pane } from '../../components/basics.tsx'
import { count } from '../../lib/format.ts'
import { words } from './strings.ts'

function Bars({ counts }: { counts: Readonly<Record<string, number>> }) {
  const entries = Object.entries(counts)
  const most = Math.max(1, ...entries.map(([, trials]) => trials))
  return (
    <ul className="bars">
      {entries.map(([name, trials]) => (
        <li key={name}>
          <span className="ellipsis" title={name}>
            {name}
          </span>
          <i style={{ width: `${(100 * trials) / most}%` }} />
          <span>{count(trials)}</span>
        </li>
      ))}
    </ul>
  )
}

export function Trials({ preview }: { preview: Preview }) {
  const labels = Object.keys(preview.perLabel).length
  const runs = Object.keys(preview.perRun).length
  if (labels + runs === 0) return null
  return (
    <Pane title={words.trials} note={words.perLabel(labels, runs)}>
      <Bars counts={preview.perLabel} />
      <h3>{words.perRun}</h3>
      <Bars counts={preview.perRun} />
      {(preview.steps ?? []).map((step) => (
        <p key={step} className="ink2">
          {step}
        </p>
      ))}
    </Pane>
  )
}
