/** Trials in the order in which they were shown, one row per run: what each shows, and whether it trains or is held out. */
import { useState } from 'react'
import type { Preview } from '../../../core/contract/contract.ts'
import type { TrialStrip } from '../../../core/contract/pairing.ts'
import { Empty } from '../../components/basics.tsx'
import { count } from '../../lib/format.ts'
import { words } from './strings.ts'
import { codesOf, partAt, type TrialPart } from './strip-parts.ts'

const { strip: texts } = words
/** More names than this are not offered one by one. */
const mostNames = 24

interface RunRowProps {
  readonly strip: TrialStrip
  readonly run: TrialStrip['runs'][number]
  /** Position of the run's first trial in the strip. */
  readonly first: number
  readonly parts: string | null
  readonly codes: readonly string[]
  /** The name that is looked for. */
  readonly chosen: number | null
}

function RunRow({ strip, run, first, parts, codes, chosen }: RunRowProps) {
  const of = (at: number): TrialPart => partAt(parts, first + at)
  const held = run.items.filter((_, at) => of(at) === 'held').length
  return (
    <li>
      <span className="strip-run">{texts.run(run.run, run.session)}</span>
      <ol aria-label={texts.runInWords(run.run, run.items.length, held)}>
        {run.items.map((item, at) => {
          const part = of(at)
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a trial is its place in the run.
              key={at}
              className={`trial ${part}${item === chosen ? ' chosen' : ''}`}
              title={texts.trial(at + 1, strip.names[item]!, texts.parts[part])}
            >
              {codes[item]}
            </li>
          )
        })}
      </ol>
    </li>
  )
}

export function TrialStripPane({ preview }: { preview: Preview }) {
  const strip = preview.trialStrip
  const [fold, setFold] = useState(0)
  const [chosen, setChosen] = useState<number | null>(null)
  if (strip === undefined || strip.runs.length === 0) return <Empty>{words.settleFirst}</Empty>
  const codes = codesOf(strip.names)
  const shown = strip.runs.reduce((sum, run) => sum + run.items.length, 0)
  const { name, parts } = strip.folds[fold] ?? strip.folds[0] ?? { name: '', parts: null }
  let first = 0
  return (
    <div className="strip-pane">
      <div className="row strip-bar">
        {strip.folds.length < 2 ? null : (
          <select
            className="input"
            aria-label={texts.fold}
            value={name}
            onChange={(event) => setFold(strip.folds.findIndex((one) => one.name === event.target.value))}
          >
            {strip.folds.map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
          </select>
        )}
        <span className="strip-legend">
          {(parts === null ? [] : (['trains', 'held', 'left'] as const)).map((part) => (
            <span key={part} className="row">
              <i className={`trial ${part}`} aria-hidden="true" />
              {texts.parts[part]}
            </span>
          ))}
        </span>
        <span className="grow" />
        {shown === strip.trials ? null : <small>{texts.cut(count(shown), count(strip.trials))}</small>}
      </div>
      {strip.names.length > mostNames ? null : (
        <fieldset className="segments wrap strip-names" aria-label={texts.find}>
          {strip.names.map((label, at) => (
            <button
              key={label}
              type="button"
              aria-pressed={chosen === at}
              onClick={() => setChosen(chosen === at ? null : at)}
            >
              <b>{codes[at]}</b> {label}
            </button>
          ))}
        </fieldset>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys. */}
      <section className="scroll strip-rows" aria-label={texts.title} tabIndex={0}>
        <ol>
          {strip.runs.map((run) => {
            const start = first
            first += run.items.length
            return <RunRow key={`${run.session}/${run.run}`} first={start} {...{ strip, run, parts, codes, chosen }} />
          })}
        </ol>
      </section>
    </div>
  )
}
