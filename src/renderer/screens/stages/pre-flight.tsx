/** What a run would need, before it is started: memory, disk and time, whether that fits, and one smaller choice where it does not. */
import type { Estimate, RoomVerdict } from '../../../core/contract/estimate.ts'
import type { RunRequest } from '../../../core/contract/run.ts'
import { Button, ErrorNote, Pane } from '../../components/basics.tsx'
import { StopGlyph, WarningGlyph } from '../../components/glyphs.tsx'
import { Icon } from '../../components/icons.tsx'
import { bytes } from '../../lib/format.ts'
import { useEstimate } from '../../lib/queries.ts'
import { words } from './strings.ts'

const text = words.preFlight

/** Minutes up to two hours, then hours. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? text.minutes(minutes) : text.hours((seconds / 3600).toFixed(1))
}

function VerdictSign({ verdict }: { verdict: RoomVerdict }) {
  if (verdict === 'fits') return <Icon name="check" />
  return verdict === 'tight' ? <WarningGlyph /> : <StopGlyph />
}

function Numbers({ estimate }: { estimate: Estimate }) {
  return (
    <dl className="pre-flight">
      {(['memory', 'disk'] as const).map((what) => (
        <div key={what} className="row" data-room={what}>
          <dt className="row">
            <VerdictSign verdict={estimate[what].verdict} />
            {text[what]}
          </dt>
          <dd className="grow">{text.of(bytes(estimate[what].neededBytes), bytes(estimate[what].freeBytes))}</dd>
        </div>
      ))}
      <div className="row">
        <dt className="row">
          <Icon name="clock" />
          {text.time}
        </dt>
        <dd className="grow">{text.about(duration(estimate.seconds))}</dd>
      </div>
    </dl>
  )
}

/** What an estimate says, without a frame: for panes, dialogs and the first screen. */
export function RoomCard({ estimate, onSmaller }: { estimate: Estimate; onSmaller: (request: RunRequest) => void }) {
  const { smaller, work } = estimate
  return (
    <>
      <b>{text.verdicts[estimate.verdict]}</b>
      {work === undefined ? null : (
        <span className="ink2">
          {text.work(work.conditions, work.seeds, work.folds)} {text.atOnce(work.atOnce)}
        </span>
      )}
      <Numbers estimate={estimate} />
      {smaller === null ? null : (
        <>
          <Button onPress={() => onSmaller(smaller.request)}>{text.smaller(smaller.words)}</Button>
          <small className="ink2">
            {text.needs(bytes(smaller.neededBytes.memory), bytes(smaller.neededBytes.disk), duration(smaller.seconds))}
          </small>
        </>
      )}
      {[...estimate.notes, text.rough].map((note) => (
        <small key={note} className="ink3">
          {note}
        </small>
      ))}
    </>
  )
}

export function PreFlight({
  request,
  onSmaller,
}: {
  request: RunRequest | null
  onSmaller: (request: RunRequest) => void
}) {
  const { data, error } = useEstimate(request)
  if (request === null || data === null) return <div />
  return (
    <Pane title={text.title} note={data === undefined && error === null ? text.asking : ''}>
      <div className="stack" data-verdict={data?.verdict}>
        <ErrorNote error={error} />
        {data === undefined ? null : <RoomCard estimate={data} onSmaller={onSmaller} />}
      </div>
    </Pane>
  )
}
