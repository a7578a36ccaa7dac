/** The layers over the brain: each with an eye, its sign, its name, and one opacity that holds in slices and in 3D. */
import { Icon } from '../components/icons.tsx'
import { Slider } from '../components/slider.tsx'
import { BackgroundSettings, MapSettings, rampOf, StabilityScale } from './layer-settings.tsx'
import type { LayerName, LayerStyle } from './layers.ts'
import { layerStyles } from './layers.ts'
import { words } from './strings.ts'
import { type ChangeViewer, type ViewerState, withLayer } from './viewer-state.ts'
import type { GreyWindow } from './window-level.ts'

const text = words.layers

function Sign({ style, state }: { style: LayerStyle; state: ViewerState }) {
  if (style.outline === 'ramp')
    return (
      <i
        className="swatch ramp"
        style={{ background: rampOf(0, style.name === 'stability' ? 'viridis' : state.map.colours) }}
      />
    )
  const manner = style.filled === true || (style.outline === 'solid' && state.fill) ? 'full' : style.outline
  return <i className={`swatch ${manner}`} style={{ color: `rgb(${style.colour.join(' ')})` }} />
}

export interface LayerListProps {
  readonly present: (name: LayerName) => boolean
  readonly state: ViewerState
  readonly change: ChangeViewer
  /** Of the weights, as they are shown. */
  readonly threshold: number
  readonly range: readonly [number, number]
  readonly highest: number
  readonly usualThreshold: number
  readonly grey: GreyWindow
  readonly usual: GreyWindow
}

export function LayerList(props: LayerListProps) {
  const { present, state, change } = props
  return (
    <ul aria-label={text.title} className="layers">
      {layerStyles
        .filter(({ name }) => present(name))
        .flatMap((style) => {
          const { name, label } = style
          const { visible, opacity } = state.layers[name]
          const row = (
            <li key={name} className={`layer${visible ? '' : ' off'}`}>
              <button
                type="button"
                className="icon-button"
                aria-pressed={visible}
                aria-label={visible ? text.hide(label) : text.show(label)}
                onClick={() => change(words.edits.shown(label), (now) => withLayer(now, name, { visible: !visible }))}
              >
                <Icon name={visible ? 'eye' : 'eyeOff'} />
              </button>
              <Sign style={style} state={state} />
              <span className="ellipsis">{label}</span>
              <Slider
                label={text.opacity(label)}
                value={opacity}
                disabled={!visible}
                onChange={(next) =>
                  change(words.edits.opacity(label), (now) => withLayer(now, name, { opacity: next }))
                }
              />
              <span className="value">{visible ? `${Math.round(opacity * 100)} %` : text.off}</span>
            </li>
          )
          if (name === 'stability' && visible) return [row, <StabilityScale key="scale" />]
          return name === 'weights' && visible ? [row, <MapSettings key="map" {...props} />] : [row]
        })}
      <BackgroundSettings {...props} />
    </ul>
  )
}
