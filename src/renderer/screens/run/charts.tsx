/** How the mask thins out and how the losses fall, live. Both charts share one cursor. */
import { useRef, useState } from 'react'
import { Empty, Pane, Segments } from '../../components/basics.tsx'
import { Chart, type ChartLine } from '../../components/chart.tsx'
import { Slider } from '../../components/slider.tsx'
import { GrowingPositions, GrowingSmooth } from '../../lib/growing.ts'
import type { Series, SeriesStore } from '../../lib/series.ts'
import { words } from './strings.ts'

/** Algorithm 1 learns before it prunes: few voxels go in the first epochs. */
const learningEpochs = 5
/** Epochs of room to the right of the newest point. */
const ahead = 1

const lossNames = [
  ['total', '--method'],
  ['contrastive', '--other'],
  ['prior', '--annotated'],
] as const

/** What is made from each series, kept from one number to the next. */
class Growing {
  readonly #smooth = new WeakMap<Series, GrowingSmooth>()
  readonly #positions = new WeakMap<Series, GrowingPositions>()

  smooth(series: Series): GrowingSmooth {
    const known = this.#smooth.get(series) ?? new GrowingSmooth()
    this.#smooth.set(series, known)
    return known
  }
  positions(series: Series): GrowingPositions {
    const known = this.#positions.get(series) ?? new GrowingPositions()
    this.#positions.set(series, known)
    return known
  }
}

export function LossPane({ series, over }: { series: SeriesStore; over: boolean }) {
  const [weight, setWeight] = useState(0.8)
  const [logarithmic, setLogarithmic] = useState<'log' | 'linear'>('linear')
  const [chosen, setChosen] = useState<string>('newest')
  const growing = useRef(new Growing()).current
  const parts = [...series.parts.keys()].filter((part) =>
    [...(series.parts.get(part)?.keys() ?? [])].some((name) => lossNames.some(([loss]) => loss === name)),
  )
  const part = chosen === 'newest' ? (parts.at(-1) ?? null) : chosen
  const names = part === null ? undefined : series.parts.get(part)
  const present = lossNames.filter(([name]) => names?.has(name) === true)
  const first = present[0] === undefined ? undefined : names?.get(present[0][0])
  const byEpoch = first !== undefined && first.epochs.at(-1) !== first.epochs[0]
  const lines = present.flatMap(([name, colour]): ChartLine[] => {
    const series = names!.get(name)!
    const { values } = series
    return [
      { label: words.loss.every(name), colour, width: 0.6, values },
      { label: name, colour, width: 2, values: growing.smooth(series).of(series, weight), follows: true },
    ]
  })
  return (
    <Pane
      title={words.loss.title}
      note={words.loss.note}
      flush
      actions={
        <>
          {parts.length > 1 ? (
            <select
              className="input"
              style={{ width: 240 }}
              aria-label={words.loss.part}
              value={chosen}
              onChange={(event) => setChosen(event.target.value)}
            >
              <option value="newest">{words.loss.newest}</option>
              {parts.map((name) => (
                <option key={name} value={name}>
                  {name === '' ? words.loss.whole : name}
                </option>
              ))}
            </select>
          ) : null}
          <span className="row smooth">
            {words.loss.smooth}
            <Slider label={words.loss.smooth} value={weight} high={0.99} step={0.01} onChange={setWeight} />
            <span className="number-box">{weight.toFixed(2)}</span>
          </span>
          <Segments
            label={words.loss.scale}
            value={logarithmic}
            options={[
              ['log', words.scales.log],
              ['linear', words.scales.linear],
            ]}
            onChange={setLogarithmic}
          />
        </>
      }
    >
      <div className="chart-room">
        {first === undefined ? (
          <Empty>{over ? words.loss.gone : words.loss.none}</Empty>
        ) : (
          <Chart
            title={words.loss.chart}
            x={byEpoch ? growing.positions(first).of(first) : first.steps}
            syncKey="run"
            {...(byEpoch ? { from: 0, ahead } : {})}
            lines={lines}
            logarithmic={logarithmic === 'log'}
            xLabel={(byEpoch ? words.loss.epochs : words.loss.steps)(part ?? '')}
          />
        )}
      </div>
    </Pane>
  )
}

/** Voxels above the threshold per epoch, with the budget as a dashed line. */
export function CountPane({ series, budget }: { series: SeriesStore; budget: number | null }) {
  const [scale, setScale] = useState<'log' | 'linear'>('log')
  const holders = [...series.parts.entries()].filter(([, names]) => names.has('voxels'))
  const [part, names] = holders.at(-1) ?? [null, null]
  const voxels = names?.get('voxels')
  if (voxels === undefined) return null
  const x = [...voxels.epochs]
  const lines: ChartLine[] = [
    { label: words.counts.voxels, colour: '--method', width: 2, values: voxels.values, stepped: true },
    ...(budget === null
      ? []
      : [{ label: words.counts.budget, colour: '--ink', width: 1.5, values: x.map(() => budget), dash: [6, 4] }]),
  ]
  return (
    <Pane
      title={words.counts.title}
      note={words.counts.note(part ?? '')}
      flush
      actions={
        <Segments
          label={words.counts.scale}
          value={scale}
          options={[
            ['log', words.scales.log],
            ['linear', words.scales.linear],
          ]}
          onChange={setScale}
        />
      }
    >
      <div className="chart-room">
        <Chart
          title={words.counts.chart}
          x={x}
          lines={lines}
          logarithmic={scale === 'log'}
          xLabel={words.counts.x}
          syncKey="run"
          from={0}
          ahead={ahead}
          shade={{ to: learningEpochs, label: words.counts.learning }}
        />
      </div>
    </Pane>
  )
}
