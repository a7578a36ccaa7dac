/** A line chart that streams: uPlot, made once and updated. The raw line is always visible, thin, under the smoothed one. */
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

export interface ChartLine {
  readonly label: string
  /** A CSS variable, so that both themes work. */
  readonly colour: string
  readonly width: number
  readonly values: readonly (number | null)[]
  readonly stepped?: boolean
  readonly dash?: readonly number[]
}

export interface ChartProps {
  readonly title: string
  readonly x: readonly number[]
  readonly lines: readonly ChartLine[]
  readonly logarithmic?: boolean
  readonly xLabel: string
}

function colourOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim()
}

export function Chart({ title, x, lines, logarithmic = false, xLabel }: ChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const shape = `${lines.map((line) => `${line.label} ${line.colour} ${line.width} ${line.stepped === true}`).join('|')} ${logarithmic}`

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
      cursor: { y: false, points: { size: 6 } },
      scales: { x: { time: false }, y: logarithmic ? { distr: 3 } : {} },
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
                values: (_plot: uPlot, ticks: number[]) =>
                  ticks.map((tick) =>
                    Number.isInteger(Math.log10(tick)) || /^[25]/.test(String(tick))
                      ? tick.toLocaleString('en-US')
                      : '',
                  ),
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
            points: { show: false },
            spanGaps: true,
            ...(line.dash === undefined ? {} : { dash: [...line.dash] }),
            ...(line.stepped === true ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
          }),
        ),
      ],
    }
    const made = new uPlot(options, [[]], element)
    plot.current = made
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
    const data = [Array.from(x), ...lines.map((line) => Array.from(line.values))] as uPlot.AlignedData
    // While the user is zoomed in, new data must not move what he looks at.
    const made = plot.current
    if (made === null) return
    const zoomed =
      made.scales.x?.min !== undefined &&
      made.data[0] !== undefined &&
      made.data[0].length > 1 &&
      (made.scales.x.min! > made.data[0][0]! || made.scales.x.max! < made.data[0].at(-1)!)
    made.setData(data, !zoomed)
  })

  return (
    <figure style={{ position: 'relative', height: '100%', minHeight: 140 }} aria-label={title}>
      <div ref={host} style={{ position: 'absolute', inset: 0 }} />
      <figcaption className="row" style={{ position: 'absolute', right: 8, top: 0, gap: 14, fontSize: 12 }}>
        {lines
          .filter((line) => line.width >= 1.5)
          .map((line) => {
            const last = [...line.values].reverse().find((value) => value !== null)
            return (
              <span key={line.label} className="row" style={{ gap: 6 }}>
                <i style={{ width: 14, height: 2, background: `var(${line.colour})` }} />
                {line.label}{' '}
                <b>
                  {last === undefined || last === null
                    ? ''
                    : last >= 100
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
