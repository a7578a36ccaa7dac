/**
 * Conditions by metrics as dots with whiskers on a scale that all rows of a column share. A dotted line carries the method's value
 * down, a dashed one stands at chance. No row is called better as a whole: every metric stands for itself, with its direction,
 * chance, n and interval.
 */

import { type CSSProperties, Fragment } from 'react'
import type { TableRow } from '../../core/contract/result.ts'
import { count } from '../lib/format.ts'
import { conditionGroups, lookOf } from './conditions.ts'
import { MarkSign } from './marks.tsx'
import { metricTitle, type Summary, share, summarise } from './result-table.tsx'
import { type Scale, scaleOver } from './scale.ts'
import { frame } from './strings.ts'

interface Column {
  readonly name: string
  readonly scale: Scale
  readonly percent: boolean
  readonly direction: 'higher' | 'lower'
  readonly chance: number | null
  readonly n: number
  readonly method: number | null
}

const left = (value: number) => ({ left: `${value}%` }) as CSSProperties

/** Shares as per cent without the sign, which stands in the header. */
function figure(column: Pick<Column, 'percent'>, value: number): string {
  return column.percent ? (100 * value).toFixed(1) : value.toFixed(3)
}

function rough(column: Pick<Column, 'percent'>, value: number): string {
  return column.percent ? Math.round(100 * value).toString() : value.toFixed(2)
}

function columnOf(name: string, summaries: readonly Summary[], method: string): Column {
  const found = summaries.flatMap((summary) => summary.metrics[name] ?? [])
  const { direction, chance, n } = found[0]!
  const values = found.flatMap(({ low, high, value }) => [low, high, value])
  return {
    name,
    scale: scaleOver(chance === null ? values : [...values, chance]),
    percent: share(name),
    direction,
    chance,
    n,
    method: summaries.find(({ condition }) => condition === method)?.metrics[name]?.value ?? null,
  }
}

function Plot({
  column,
  summary,
  mark,
}: {
  column: Column
  summary: Summary
  mark: ReturnType<typeof lookOf>['mark']
}) {
  const { scale, chance, method, name } = column
  const metric = summary.metrics[name]
  return (
    <td className="plot">
      <div>
        {scale.ticks.map((tick) => (
          <i key={tick} className="grid" style={left(scale.place(tick))} />
        ))}
        {chance === null ? null : <i className="chance" style={left(scale.place(chance))} />}
        {method === null ? null : <i className="method-line" style={left(scale.place(method))} />}
        {metric === undefined ? null : (
          <>
            <i
              className={`whisker ${mark}`}
              style={{
                left: `${scale.place(metric.low)}%`,
                width: `${scale.place(metric.high) - scale.place(metric.low)}%`,
              }}
            />
            <span className="dot" style={left(scale.place(metric.value))}>
              <MarkSign mark={mark} />
            </span>
          </>
        )}
      </div>
    </td>
  )
}

function Figures({ column, summary, strong }: { column: Column; summary: Summary; strong: boolean }) {
  const metric = summary.metrics[column.name]
  if (metric === undefined)
    return (
      <>
        <td className="number">–</td>
        <td className="number" />
      </>
    )
  const value = figure(column, metric.value)
  return (
    <>
      <td className="number">{strong ? <b>{value}</b> : value}</td>
      <td className="number interval">
        {rough(column, metric.low)}–{rough(column, metric.high)}
      </td>
    </>
  )
}

function Head({ columns, dice }: { columns: readonly Column[]; dice: boolean }) {
  return (
    <thead>
      <tr>
        <th>
          <b>{words.condition}</b>
          <small>{words.by}</small>
        </th>
        <th className="number">
          <b>{words.voxels}</b>
          <small>{words.count}</small>
        </th>
        {dice ? (
          <th className="number">
            <b>{words.dice}</b>
            <small>{words.truth}</small>
          </th>
        ) : null}
        {columns.map((column) => (
          <Fragment key={column.name}>
            <th className="plot">
              <b>
                {metricTitle(column.name)} {column.direction === 'higher' ? '↑' : '↓'}
              </b>
              <small>
                {column.chance === null
                  ? `n ${count(column.n)}`
                  : `chance ${figure(column, column.chance)}${column.percent ? ' %' : ''}, n ${count(column.n)}`}
              </small>
            </th>
            <th className="number">
              <small>{column.percent ? '%' : 'mean'}</small>
            </th>
            <th className="number">
              <small>{words.interval}</small>
            </th>
          </Fragment>
        ))}
      </tr>
    </thead>
  )
}

const words = frame.conditions

export function DotTable({
  rows,
  method = 'troi',
  metrics = ['brainToImage', 'imageToBrain', 'accuracy', 'pixCorr'],
}: {
  rows: readonly TableRow[]
  method?: string
  metrics?: readonly string[]
}) {
  const summaries = summarise(rows)
  const present = metrics.filter((name) => summaries.some((summary) => summary.metrics[name] !== undefined))
  const columns = present.map((name) => columnOf(name, summaries, method))
  const dice = summaries.some((summary) => summary.dice !== null)
  const looked = summaries.map((summary) => ({ summary, look: lookOf(summary.condition, method) }))
  const width = 2 + Number(dice) + 3 * columns.length
  return (
    <table className="dots" aria-label={words.title}>
      <Head columns={columns} dice={dice} />
      {conditionGroups.map((group) => {
        const own = looked.filter(({ look }) => look.group === group)
        if (own.length === 0) return null
        return (
          <tbody key={group}>
            <tr className="group">
              <th colSpan={width}>{group}</th>
            </tr>
            {own.map(({ summary, look }) => {
              const strong = look.group === 'Method'
              return (
                <tr key={summary.condition} className={strong ? 'method-row' : ''} data-condition={summary.condition}>
                  <td>
                    <span className="condition">
                      <MarkSign mark={look.mark} />
                      {strong ? <b>{look.name}</b> : look.name}
                      <small className="ellipsis">{look.remark}</small>
                    </span>
                  </td>
                  <td className="number">{count(summary.voxels)}</td>
                  {dice ? <td className="number">{summary.dice === null ? '–' : summary.dice.toFixed(2)}</td> : null}
                  {columns.map((column) => (
                    <Fragment key={column.name}>
                      <Plot column={column} summary={summary} mark={look.mark} />
                      <Figures column={column} summary={summary} strong={strong} />
                    </Fragment>
                  ))}
                </tr>
              )
            })}
          </tbody>
        )
      })}
      <tfoot>
        <tr>
          <td colSpan={2 + Number(dice)} />
          {columns.map((column) => (
            <Fragment key={column.name}>
              <td className="plot axis">
                <div>
                  {column.scale.ticks.map((tick) => (
                    <small key={tick} style={left(column.scale.place(tick))}>
                      {column.percent ? Math.round(100 * tick) : Number(tick.toPrecision(6))}
                    </small>
                  ))}
                </div>
              </td>
              <td colSpan={2} />
            </Fragment>
          ))}
        </tr>
      </tfoot>
    </table>
  )
}
