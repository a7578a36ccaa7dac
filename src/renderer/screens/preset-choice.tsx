/** The ways to choose voxels, each with what it does and what it costs, as framed choices. */
import { type MaskSettings, presetNames } from '../../core/contract/settings.ts'
import { words } from './stages/strings.ts'

const { names: notes, label } = words.presets

export function presetNote(preset: MaskSettings['preset']): string {
  return notes[preset][1]
}

export function PresetChoice({
  value,
  onChange,
}: {
  value: MaskSettings['preset']
  onChange: (preset: MaskSettings['preset']) => void
}) {
  return (
    <fieldset className="presets" aria-label={label}>
      {presetNames.map((preset) => (
        <button
          key={preset}
          type="button"
          className="choice"
          aria-pressed={preset === value}
          onClick={() => onChange(preset)}
        >
          <b>{notes[preset][0]}</b>
          <small>{notes[preset][1]}</small>
        </button>
      ))}
    </fieldset>
  )
}
