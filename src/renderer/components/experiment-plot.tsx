/**
 * The drawing of an experiment's chart, as SVG with attributes only, so that the content policy holds and the drawing can be saved as
 * it is. Colours are the theme's; marks and lines say the same by shape.
 */
import type { ChartPoint, ExperimentChart } from '../lib/experiment-chart.ts'
import { type Mark, markColours } from './marks.tsx'
import { metricTitle, share } from './result-table.tsx'
import { scaleOver } from './scale.ts'
import { frame } from './strings.ts'

const words = frame.chart
const width = 640
const [left, right, top] = [64, 616, 44]

const dashes: Readonly<Record<Mark, string>> = {
  method: 'none',
  variant: '8 3',
  annotated: '6 4',
  control: '3 3',
  truth: '1 4',
}

function Sign({ mark, x, y }: { mark: Mark; x: number; y: number }) {
  const colour = markColours[mark]
  const move = `translate(${x} ${y})`
  if (mark === 'method') return <circle cx={x} cy={y} r="5" fill={colour} />
  if (mark === 'variant') return <circle cx={x} cy={y} r="4.2" fill="var(--pane)" stroke={colour} strokeWidth="1.8" />
  if (mark === 'annotated') return <path d="M0-6l6 6-6 6-6-6z" fill={colour} transform={move} />
  if (mark === 'control') return <rect x={x - 4.2} y={y - 4.2} width="8.4" height="8.4" fill={colour} />
  return <path d="M0-5.4l5.4 9.6h-10.8z" fill="var(--pane)" stroke={colour} strokeWidth="1.6" transform={move} />
}

function Text({ x, y, anchor = 'start', strong = false, children }: TextProps) {
  return (
    <text x={x} y={y} textAnchor={anchor} fontSize="12" fill={strong ? 'var(--ink)' : 'var(--ink2)'}>
      {children}
    </text>
  )
}
interface TextProps {
  readonly x: number
  readonly y: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly strong?: boolean
  readonly children: string
}

function figure(metric: string, value: number): string {
  return share(metric) ? String(Number((100 * value).toPrecision(6))) : String(Number(value.toPrecision(6)))
}

const values = (points: readonly ChartPoint[], chance: number | null) => [
  ...points.flatMap(({ low, high, value }) => [low, high, value]),
  ...(chance === null ? [] : [chance]),
]

function title({ metric, direction }: ExperimentChart): string {
  return words.title(`${metricTitle(metric)} ${direction === 'higher' ? '↑' : '↓'}`, share(metric))
}

/** Value upwards, voxels or share of the trials to the right. */
function Curves({ chart }: { chart: ExperimentChart }) {
  const bottom = 320
  const points = chart.curves.flatMap((curve) => curve.points)
  const up = scaleOver(values([...points, ...chart.others], chart.chance))
  const along = scaleOver(points.map(({ x }) => x!))
  const y = (value: number) => bottom - (up.place(value) / 100) * (bottom - top)
  const x = (value: number) => left + (along.place(value) / 100) * (right - left)
  return (
    <>
      {up.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${left} ${y(tick)}H${right}`} stroke="var(--line)" />
          <Text x={left - 8} y={y(tick) + 4} anchor="end">
            {figure(chart.metric, tick)}
          </Text>
        </g>
      ))}
      {[...new Set(points.map((point) => point.x!))].map((at) => (
        <Text key={at} x={x(at)} y={bottom + 20} anchor="middle">
          {chart.axis === 'share' ? String(Math.round(100 * at)) : at.toLocaleString('en-US')}
        </Text>
      ))}
      <Text x={(left + right) / 2} y={bottom + 42} anchor="middle">
        {words.axes[chart.axis]}
      </Text>
      {chart.chance === null ? null : (
        <g data-chance>
          <path d={`M${left} ${y(chart.chance)}H${right}`} stroke="var(--ink3)" strokeDasharray="2 4" />
          <Text x={right} y={y(chart.chance) - 5} anchor="end">
            {words.chance}
          </Text>
        </g>
      )}
      {chart.others.map((point) => (
        <g key={point.condition} data-control={point.condition}>
          <rect
            {...{ x: left, y: y(point.high), width: right - left, height: Math.max(0, y(point.low) - y(point.high)) }}
            fill={markColours[point.mark]}
            opacity="0.12"
          />
          <path
            d={`M${left} ${y(point.value)}H${right}`}
            stroke={markColours[point.mark]}
            strokeWidth="1.6"
            strokeDasharray={dashes[point.mark]}
          />
          <Text x={left + 6} y={y(point.value) - 5}>{`${point.label}, ${words.voxels(point.voxels)}`}</Text>
        </g>
      ))}
      {chart.curves.map((curve) => (
        <g key={curve.label} data-curve={curve.label}>
          <path
            d={curve.points.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point.x!)} ${y(point.value)}`).join('')}
            {...{ fill: 'none', stroke: markColours[curve.mark], strokeWidth: 2, strokeDasharray: dashes[curve.mark] }}
          />
          {curve.points.map((point) => (
            <g key={point.condition} data-condition={point.condition}>
              <path d={`M${x(point.x!)} ${y(point.low)}V${y(point.high)}`} stroke={markColours[point.mark]} />
              <Sign mark={point.mark} x={x(point.x!)} y={y(point.value)} />
            </g>
          ))}
        </g>
      ))}
    </>
  )
}

const rowHeight = 24
const labelWidth = 236

/** One condition a row, value to the right. */
function Dots({ chart, height }: { chart: ExperimentChart; height: number }) {
  const scale = scaleOver(values(chart.others, chart.chance))
  const x = (value: number) => labelWidth + (scale.place(value) / 100) * (right - labelWidth)
  const bottom = height - 40
  return (
    <>
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${x(tick)} ${top - 8}V${bottom}`} stroke="var(--line)" />
          <Text x={x(tick)} y={bottom + 18} anchor="middle">
            {figure(chart.metric, tick)}
          </Text>
        </g>
      ))}
      {chart.chance === null ? null : (
        <g data-chance>
          <path d={`M${x(chart.chance)} ${top - 8}V${bottom}`} stroke="var(--ink3)" strokeDasharray="2 4" />
          <Text x={x(chart.chance)} y={bottom + 34} anchor="middle">
            {words.chance}
          </Text>
        </g>
      )}
      {chart.others.map((point, at) => {
        const y = top + at * rowHeight + rowHeight / 2
        return (
          <g key={point.condition} data-condition={point.condition}>
            <Text x={16} y={y + 4} strong={point.mark === 'method'}>
              {point.label}
            </Text>
            <path d={`M${x(point.low)} ${y}H${x(point.high)}`} stroke={markColours[point.mark]} strokeWidth="1.6" />
            <Sign mark={point.mark} x={x(point.value)} y={y} />
          </g>
        )
      })}
    </>
  )
}

/** Legend of the curves, to the right of the title. */
function Legend({ chart }: { chart: ExperimentChart }) {
  return chart.curves.map(({ label, mark }, at) => (
    <g key={label}>
      <Sign mark={mark} x={right - 130 * (chart.curves.length - at) + 8} y={18} />
      <Text x={right - 130 * (chart.curves.length - at) + 20} y={22}>
        {label}
      </Text>
    </g>
  ))
}

export function ExperimentPlot({ chart }: { chart: ExperimentChart }) {
  const height = chart.axis === 'condition' ? top + chart.others.length * rowHeight + 44 : 374
  return (
    <svg
      {...{ width, height, viewBox: `0 0 ${width} ${height}` }}
      className="experiment-plot"
      role="img"
      aria-label={title(chart)}
      fontFamily="IBM Plex Sans Variable, IBM Plex Sans, sans-serif"
    >
      <rect width={width} height={height} fill="var(--pane)" />
      <Text x={16} y={22} strong>
        {title(chart)}
      </Text>
      <Legend chart={chart} />
      {chart.axis === 'condition' ? <Dots chart={chart} height={height} /> : <Curves chart={chart} />}
    </svg>
  )
}
