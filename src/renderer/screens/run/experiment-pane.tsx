/** The rows of an experiment or demo, as a table of dots or as a chart that can be saved. */
import { useRef, useState } from 'react'
import type { TableRow } from '../../../core/contract/result.ts'
import { Button, ErrorNote, Pane, Scroll, Segments } from '../../components/basics.tsx'
import { DotTable } from '../../components/dot-table.tsx'
import { ExperimentPlot } from '../../components/experiment-plot.tsx'
import { metricTitle } from '../../components/result-table.tsx'
import { frame } from '../../components/strings.ts'
import { TableActs } from '../../components/table-acts.tsx'
import { download } from '../../lib/download.ts'
import { chartCsv, experimentChart } from '../../lib/experiment-chart.ts'
import { conditionsTable } from '../../lib/result-tables.ts'
import { savePng, saveSvg } from '../../lib/save-plot.ts'
import { words } from './strings.ts'

const text = words.table
const shown = ['brainToImage', 'imageToBrain', 'accuracy', 'pixCorr', 'ssim', 'twoWay'] as const

export function ExperimentPane({
  rows,
  method,
  live,
  name,
  amounts,
}: {
  rows: readonly TableRow[]
  method: string
  live: boolean
  name: string
  /** The conditions are amounts of something, so a curve tells more than a table. */
  amounts: boolean
}) {
  const [view, setView] = useState<'table' | 'chart'>(amounts ? 'chart' : 'table')
  const there = shown.filter((metric) => rows.some((row) => row.metrics[metric] !== undefined))
  const [chosen, setChosen] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const place = useRef<HTMLDivElement>(null)
  const metric = chosen ?? there[0] ?? 'brainToImage'
  const chart = experimentChart(rows, metric, method)
  const file = `${name}-${metric}`
  const drawing = () => place.current?.querySelector<SVGSVGElement>('svg.experiment-plot') ?? null
  const save = (how: (drawing: SVGSVGElement) => unknown) => {
    const found = drawing()
    if (found !== null) Promise.resolve(how(found)).catch(setError)
  }
  return (
    <Pane
      title={(live ? text.title : text.done)[view]}
      note={text.rows(rows.length)}
      flush
      actions={
        <Segments
          label={text.view}
          value={view}
          options={[
            ['table', text.asTable],
            ['chart', text.asChart],
          ]}
          onChange={setView}
        />
      }
    >
      {view === 'table' || chart === null ? (
        <Scroll label={frame.conditions.title}>
          <div className="row chart-tools">
            <span className="grow" />
            <TableActs title={text.acts} file={`${name} conditions`} table={() => conditionsTable(rows)} />
          </div>
          <DotTable rows={rows} method={method} metrics={['brainToImage', 'accuracy']} />
        </Scroll>
      ) : (
        <div className="scroll" ref={place}>
          <div className="row chart-tools">
            <select
              className="input"
              aria-label={text.metric}
              value={metric}
              onChange={(event) => setChosen(event.target.value)}
            >
              {there.map((one) => (
                <option key={one} value={one}>
                  {metricTitle(one)}
                </option>
              ))}
            </select>
            <span className="grow" />
            <Button onPress={() => save((svg) => savePng(svg, file))}>{text.png}</Button>
            <Button onPress={() => save((svg) => saveSvg(svg, file))}>{text.svg}</Button>
            <Button onPress={() => download(`${file}.csv`, new Blob([chartCsv(chart)], { type: 'text/csv' }))}>
              {text.csv}
            </Button>
          </div>
          <ErrorNote error={error} />
          <ExperimentPlot chart={chart} />
          <p className="pane-note small">{text.whiskers}</p>
        </div>
      )}
    </Pane>
  )
}
