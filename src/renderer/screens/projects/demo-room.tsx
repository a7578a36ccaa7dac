/** What the chosen demo would need on this computer, in a line; where that does not fit, a smaller one to take with one press. */
import type { RunRequest } from '../../../core/contract/run.ts'
import { Button, ErrorNote } from '../../components/basics.tsx'
import { StopGlyph, WarningGlyph } from '../../components/glyphs.tsx'
import { bytes } from '../../lib/format.ts'
import { useDemoEstimate } from '../../lib/queries.ts'
import { duration } from '../stages/pre-flight.tsx'
import { words as stageWords } from '../stages/strings.ts'
import type { DemoSize } from './start-choices.tsx'
import { words } from './strings.ts'

const text = stageWords.preFlight
type DemoRequest = Extract<RunRequest, { kind: 'demo' }>

export function DemoRoom({
  size,
  seeds,
  onSmaller,
}: {
  size: DemoSize
  seeds: readonly number[]
  onSmaller: (request: DemoRequest) => void
}) {
  const { data, error } = useDemoEstimate(size, seeds)
  if (error !== null) return <ErrorNote error={error} />
  if (data === undefined) return <small className="demo-room">{text.asking}</small>
  const { verdict, memory, disk, seconds, smaller, work } = data
  return (
    <section className="demo-room" aria-label={text.title} data-verdict={verdict}>
      <div className="row">
        {verdict === 'fits' ? null : verdict === 'tight' ? <WarningGlyph /> : <StopGlyph />}
        <small>
          {text.verdicts[verdict]}{' '}
          {words.demo.needs(bytes(memory.neededBytes), bytes(disk.neededBytes), duration(seconds))}{' '}
          {work === undefined
            ? ''
            : `${text.work(work.conditions, work.seeds, work.folds)} ${text.atOnce(work.atOnce)}`}
        </small>
      </div>
      {smaller === null || smaller.request.kind !== 'demo' ? null : (
        <Button onPress={() => smaller.request.kind === 'demo' && onSmaller(smaller.request)}>
          {text.smaller(smaller.words)}
        </Button>
      )}
    </section>
  )
}
