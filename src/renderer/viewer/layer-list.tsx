/** The layers over the brain: each with an eye, its sign, its name, and one opacity that holds in slices and in 3D. */
import type { CSSProperties } from 'react'
import { Icon } from '../components/icons.tsx'
import { Slider } from '../components/slider.tsx'
import { number } from '../lib/format.ts'
import { type LayerName, type LayerStyle, layerStyles, rampColour } from './layers.ts'
import { words } from './strings.ts'

export type LayerState = Readonly<Record<LayerName, { visible: boolean; opacity: number }>>

const text = words.layers

function Sign({ style, fill }: { style: LayerStyle; fill: boolean }) {
  if (style.outline === 'ramp') return <i className="swatch ramp" style={{ background: ramp(0) }} />
  const manner = style.outline === 'solid' ? (fill ? 'full' : '') : style.outline
  return <i className={`swatch ${manner}`} style={{ color: `rgb(${style.colour.join(' ')})` }} />
}

/** The map's colours from the threshold (as a share of the highest value) on, fading below it. */
function ramp(threshold: number): string {
  const stops = Array.from({ length: 9 }, (_, at) => {
    const share = at / 8
    return `rgb(${rampColour(0.5 + 0.5 * share).join(' ')}) ${(100 * (threshold + (1 - threshold) * share)).toFixed(1)}%`
  })
  const below =
    threshold > 0 ? [`rgb(0 0 0) 0%`, `rgb(${rampColour(0.38).join(' ')}) ${(100 * threshold).toFixed(1)}%`] : []
  return `linear-gradient(to right, ${[...below, ...stops].join(', ')})`
}

/** The scale of the weights: where the threshold lies, and the highest value. */
function Scale({ threshold, highest }: { threshold: number; highest: number }) {
  const share = Math.max(0, Math.min(1, threshold / highest))
  const place = { left: `${100 * share}%` } as CSSProperties
  return (
    <li className="map-scale">
      <div style={{ background: ramp(share) }}>
        <i style={place} />
      </div>
      <small>
        <span>0</span>
        <span>{text.threshold(number(threshold, 2))}</span>
        <span>{number(highest, 2)}</span>
      </small>
    </li>
  )
}

export function LayerList({
  present,
  state,
  fill,
  threshold,
  highest,
  onChange,
}: {
  present: (name: LayerName) => boolean
  state: LayerState
  fill: boolean
  threshold: number
  highest: number
  onChange: (name: LayerName, next: { visible?: boolean; opacity?: number }) => void
}) {
  return (
    <ul aria-label={text.title} className="layers">
      {layerStyles
        .filter(({ name }) => present(name))
        .flatMap((style) => {
          const { visible, opacity } = state[style.name]
          const row = (
            <li key={style.name} className={`layer${visible ? '' : ' off'}`}>
              <button
                type="button"
                className="icon-button"
                aria-pressed={visible}
                aria-label={visible ? text.hide(style.label) : text.show(style.label)}
                onClick={() => onChange(style.name, { visible: !visible })}
              >
                <Icon name={visible ? 'eye' : 'eyeOff'} />
              </button>
              <Sign style={style} fill={fill} />
              <span className="ellipsis">{style.label}</span>
              <Slider
                label={text.opacity(style.label)}
                value={opacity}
                disabled={!visible}
                onChange={(next) => onChange(style.name, { opacity: next })}
              />
              <span className="value">{visible ? `${Math.round(opacity * 100)} %` : text.off}</span>
            </li>
          )
          return style.name === 'weights' && visible
            ? [row, <Scale key="scale" threshold={threshold} highest={highest} />]
            : [row]
        })}
    </ul>
  )
}
