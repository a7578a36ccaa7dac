/** Above the views: manner of the masks, window and level, left and right, picture. */
import { KeyHint } from '../actions/key-hint.tsx'
import { Segments } from '../components/basics.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { useWindow } from '../lib/state.ts'
import { words } from './strings.ts'

const text = words.bar

function Tool({
  icon,
  label,
  pressed,
  disabled = false,
  onPress,
}: {
  icon: IconName
  label: string
  pressed?: boolean
  disabled?: boolean
  onPress: () => void
}) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      disabled={disabled}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  )
}

export interface ViewBarProps {
  readonly fill: boolean
  readonly windowDrag: boolean
  readonly windowChanged: boolean
  readonly zoomed: boolean
  readonly onFill: (fill: boolean) => void
  readonly onWindowDrag: () => void
  readonly onWindowReset: () => void
  readonly onSightReset: () => void
  readonly onCentre: () => void
  readonly onPicture: () => void
}

export function ViewBar(props: ViewBarProps) {
  const { settings, change } = useWindow()
  return (
    <header className="view-bar">
      <Segments
        label={text.manner}
        value={props.fill ? 'fill' : 'outline'}
        options={[
          ['outline', text.outline],
          ['fill', text.fill],
        ]}
        onChange={(value) => props.onFill(value === 'fill')}
      />
      <span className="ink2 row peek-hint">
        <Icon name="eye" size={16} /> <span className="ellipsis">{text.peek}</span> <KeyHint of="mask.peek" />
      </span>
      <span className="grow" />
      <Tool icon="contrast" label={text.windowDrag} pressed={props.windowDrag} onPress={props.onWindowDrag} />
      <Tool icon="reset" label={text.windowReset} disabled={!props.windowChanged} onPress={props.onWindowReset} />
      <Segments
        label={text.leftRight}
        value={settings.leftRight}
        options={[
          ['neurological', text.neurological],
          ['radiological', text.radiological],
        ]}
        onChange={(leftRight) => change({ leftRight })}
      />
      <Segments
        label={text.sagittal}
        value={settings.nose}
        options={[
          ['left', text.noseLeft],
          ['right', text.noseRight],
        ]}
        onChange={(nose) => change({ nose })}
      />
      <Tool icon="zoom" label={text.viewReset} disabled={!props.zoomed} onPress={props.onSightReset} />
      <Tool icon="target" label={text.centre} onPress={props.onCentre} />
      <Tool icon="camera" label={text.picture} onPress={props.onPicture} />
    </header>
  )
}
