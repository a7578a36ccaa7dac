/** Numbers of layers: where the weights' colours begin and end, their threshold, and between which values the background is grey. */
import type { CSSProperties } from 'react'
import { NumberField } from '../components/number-field.tsx'
import { number } from '../lib/format.ts'
import type { LayerListProps } from './layer-list.tsx'
import { type ColourMap, colourMaps, rampColour } from './layers.ts'
import { words } from './strings.ts'
import { type MapSetting, usualMap } from './viewer-state.ts'

const text = words.map

/** The map's colours from the threshold (as a share of the range) on, fading below it. */
export function rampOf(threshold: number, colours: ColourMap): string {
  const stops = Array.from({ length: 9 }, (_, at) => {
    const share = at / 8
    const place = 100 * (threshold + (1 - threshold) * share)
    return `rgb(${rampColour(0.5 + 0.5 * share, colours).join(' ')}) ${place.toFixed(1)}%`
  })
  const edge = `rgb(${rampColour(0.38, colours).join(' ')}) ${(100 * threshold).toFixed(1)}%`
  return `linear-gradient(to right, ${[...(threshold > 0 ? ['rgb(0 0 0) 0%', edge] : []), ...stops].join(', ')})`
}

export function MapSettings({ state, change, threshold, range, highest, usualThreshold }: LayerListProps) {
  const { map } = state
  const set = (next: Partial<MapSetting>) => change(words.edits.map, (now) => ({ map: { ...now.map, ...next } }))
  const [low, high] = range
  const share = Math.max(0, Math.min(1, (threshold - low) / Math.max(1e-9, high - low)))
  const most = Math.max(highest, usualThreshold) * 4
  return (
    <li className="map-settings">
      <div className="map-ramp" style={{ background: rampOf(share, map.colours) }}>
        <i style={{ left: `${100 * share}%` } as CSSProperties} />
      </div>
      <small className="map-ends">
        <span>{number(low, 2)}</span>
        <span>{words.layers.threshold(number(threshold, 2))}</span>
        <span>{number(high, 2)}</span>
      </small>
      <div className="map-fields">
        <div>
          <span>{text.threshold}</span>
          <NumberField
            label={text.threshold}
            value={threshold}
            low={0}
            high={most}
            onChange={(next) => set({ threshold: next })}
          />
        </div>
        <div>
          <span>{text.low}</span>
          <NumberField label={text.low} value={low} low={0} high={high} onChange={(next) => set({ low: next })} />
        </div>
        <div>
          <span>{text.high}</span>
          <NumberField label={text.high} value={high} low={low} high={most} onChange={(next) => set({ high: next })} />
        </div>
        <div>
          <span>{text.colours}</span>
          <select
            className="input"
            aria-label={text.colours}
            value={map.colours}
            onChange={(event) => set({ colours: colourMaps.find((name) => name === event.target.value) ?? 'inferno' })}
          >
            {colourMaps.map((name) => (
              <option key={name} value={name}>
                {text.names[name]}
              </option>
            ))}
          </select>
        </div>
      </div>
      <small className="row">
        <span className="grow">{text.note}</span>
        <button type="button" className="link" onClick={() => set(usualMap)}>
          {text.reset}
        </button>
      </small>
    </li>
  )
}

/** Share of repeats that chose a voxel, with the step at what counts as often. */
export function StabilityScale() {
  return (
    <li className="map-settings">
      <div className="map-ramp" style={{ background: rampOf(0.8, 'viridis') }}>
        <i style={{ left: '80%' } as CSSProperties} />
      </div>
      <small className="map-ends">
        <span>{words.stability.never}</span>
        <span>{words.stability.often}</span>
        <span>{words.stability.always}</span>
      </small>
    </li>
  )
}

/** Values at black and at white; the same that dragging sets. */
export function BackgroundSettings({ change, grey, usual, state }: LayerListProps) {
  const [black, white] = grey
  const width = Math.max(1e-9, usual[1] - usual[0])
  const [lowest, highest] = [usual[0] - 10 * width, usual[1] + 10 * width]
  const digits = width > 20 ? 0 : 2
  const step = width / 50
  const set = (window: readonly [number, number] | null) => change(words.edits.window, () => ({ window }))
  return (
    <li className="background-fields">
      <span>{words.background.title}</span>
      <NumberField
        label={words.background.black}
        {...{ value: black, low: lowest, high: white, digits, step, onChange: (next: number) => set([next, white]) }}
      />
      <NumberField
        label={words.background.white}
        {...{ value: white, low: black, high: highest, digits, step, onChange: (next: number) => set([black, next]) }}
      />
      <button type="button" className="link" disabled={state.window === null} onClick={() => set(null)}>
        {words.background.reset}
      </button>
    </li>
  )
}
