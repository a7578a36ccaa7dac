/** A line chart that streams: uPlot, made once and updated. The raw line is always visible, thin, under the smoothed one. */
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { thinned } from '../lib/thin.ts'

export interface ChartLine {
  readonly label: string
  /** A CSS variable, so that both themes work. */
  readonly colour: string
  readonly width: number
  readonly values: readonly (number | null)[]
  readonly stepped?: boolean
  readonly dash?: readonly number[]
  /** Goes along another line of the chart without spikes of its own. */
  readonly follows?: boolean
}

/** Pixels that share one column of points. */
const pixelsPerColumn = 2

export interface ChartProps {
  readonly title: string
  readonly x: readonly number[]
  readonly lines: readonly ChartLine[]
  readonly logarithmic?: boolean
  readonly xLabel: string
  /** Charts with the same key share their cursor. */
  readonly syncKey?: string
  /** Where the x axis begins at the latest, and how much room it leaves after the newest point. */
  readonly from?: number
  readonly ahead?: number
  /** From the left edge to this x, with what it means. */
  readonly shade?: { readonly to: number; readonly label: string }
}

/** Of a logarithmic axis, the ticks at 1, 2 and 5 times a power of ten. */
function clearTick(tick: number): boolean {
  const leading = tick / 10 ** Math.floor(Math.log10(tick) + 1e-9)
  return [1, 2, 5].some((wanted) => Math.abs(leading - wanted) < 1e-6)
}

function colourOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim()
}

/** The nearest clear tick at or below, or at or above, a value: the ends of a logarithmic axis, from which its ticks are counted. */
function clearBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * [5, 2, 1].find((factor) => factor * power <= value)!
}
function clearAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * [1, 2, 5, 10].find((factor) => factor * power >= value)!
}

function drawShade(plot: uPlot, element: Element, { to, label }: { to: number; label: string }) {
  const { ctx, bbox } = plot
  const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true))
  if (!(right > bbox.left)) return
  ctx.save()
  ctx.fillStyle = colourOf(element, '--raised')
  ctx.fillRect(bbox.left, bbox.top, right - bbox.left, bbox.height)
  ctx.fillStyle = colourOf(element, '--ink3')
  ctx.font = `${12 * devicePixelRatio}px "IBM Plex Sans Variable"`
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  const room = right - bbox.left - 16 * devicePixelRatio
  if (ctx.measureText(label).width < room)
    ctx.fillText(label, bbox.left + 8 * devicePixelRatio, bbox.top + bbox.height / 2)
  ctx.restore()
}

interface Whole {
  readonly x: readonly number[]
  readonly lines: readonly ChartLine[]
}

/** Gives the plot the points that can be seen on it. While one is zoomed in, new data must not move what one looks at. */
function fill(plot: uPlot, { x, lines }: Whole) {
  const { min, max } = plot.scales.x ?? {}
  const known = plot.data[0]
  const zoomed =
    typeof min === 'number' && typeof max === 'number' && known.length > 1 && (min > known[0]! || max < known.at(-1)!)
  const columns = Math.max(60, Math.round(plot.width / pixelsPerColumn))
  const values = lines.map((line) => line.values)
  const spiky = lines.filter((line) => line.follows !== true).map((line) => line.values)
  const shown = thinned(x, spiky, zoomed ? [min, max] : null, columns)
  const pick = <T,>(all: readonly T[]) => shown.map((at) => all[at]!)
  plot.setData([pick(x), ...values.map((line) => pick(line))] as uPlot.AlignedData, !zoomed)
}

export function Chart({ title, x, lines, logarithmic = false, xLabel, syncKey, from, ahead = 0, shade }: ChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const whole = useRef<Whole>({ x, lines })
  whole.current = { x, lines }
  const shape = `${lines.map((line) => `${line.label} ${line.colour} ${line.width} ${line.stepped === true}`).join('|')} ${logarithmic} ${xLabel}`

  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines' shape stands for their parts; their numbers go to setData below
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const axis = {
      stroke: () => colourOf(element, '--ink3'),
      grid: { stroke: () => colourOf(element, '--line'), width: 1 },
      ticks: { show: false },
      font: '12px "IBM Plex Sans Variable"',
    }
    const options: uPlot.Options = {
      width: element.clientWidth || 400,
      height: element.clientHeight || 200,
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 6 },
        ...(syncKey === undefined ? {} : { sync: { key: syncKey, scales: ['x', null] } }),
      },
      ...(shade === undefined ? {} : { hooks: { drawClear: [(made: uPlot) => drawShade(made, element, shade)] } }),
      scales: {
        x: { time: false, range: (_plot, low, high) => [Math.min(low, from ?? low), high + ahead] },
        y: logarithmic
          ? { distr: 3, range: (_plot, low, high) => [clearBelow(low / 1.15), clearAbove(high * 1.15)] }
          : {},
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          label: xLabel,
          labelFont: '12px "IBM Plex Sans Variable"',
          labelSize: 18,
          size: 28,
        },
        {
          ...axis,
          size: 58,
          ...(logarithmic
            ? {
                // Which ticks are shown is decided below, for lines and labels alike.
                filter: (_plot: uPlot, ticks: number[]) => ticks,
                grid: {
                  ...axis.grid,
                  filter: (_plot: uPlot, ticks: number[]) => ticks.map((tick) => (clearTick(tick) ? tick : null)),
                },
                values: (_plot: uPlot, ticks: number[]) =>
                  ticks.map((tick) => (clearTick(tick) ? tick.toLocaleString('en-US') : '')),
              }
            : {}),
        },
      ],
      series: [
        {},
        ...lines.map(
          (line): uPlot.Series => ({
            label: line.label,
            stroke: () => colourOf(element, line.colour),
            width: line.width,
            // A line needs two points to be seen; until then its points are drawn.
            points: { show: (made) => (made.data[0]?.length ?? 0) < 3, size: 5 },
            spanGaps: true,
            ...(line.dash === undefined ? {} : { dash: [...line.dash] }),
            ...(line.stepped === true ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
          }),
        ),
      ],
    }
    const made = new uPlot(options, [[]], element)
    plot.current = made
    // A closer look shows points that the whole had no room for.
    for (const what of ['mouseup', 'dblclick'] as const)
      made.over.addEventListener(what, () =>
        requestAnimationFrame(() => plot.current && fill(plot.current, whole.current)),
      )
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: element.clientHeight }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape])

  useEffect(() => {
    if (plot.current !== null) fill(plot.current, whole.current)
  })

  return (
    <figure style={{ position: 'relative', height: '100%', minHeight: 140 }} aria-label={title}>
      <div ref={host} style={{ position: 'absolute', inset: 0 }} />
      <figcaption className="row" style={{ position: 'absolute', right: 8, top: 0, gap: 14, fontSize: 12 }}>
        {lines
          .filter((line) => line.width >= 1.5)
          .map((line) => {
            const last = line.values.findLast((value) => value !== null)
            return (
              <span key={line.label} className="row" style={{ gap: 6 }}>
                <i style={{ width: 14, height: 2, background: `var(${line.colour})` }} />
                {line.label}{' '}
                <b>
                  {last === undefined || last === null
                    ? ''
                    : last >= 100 || Number.isInteger(last)
                      ? Math.round(last).toLocaleString('en-US')
                      : last.toFixed(3)}
                </b>
              </span>
            )
          })}
      </figcaption>
    </figure>
  )
}
