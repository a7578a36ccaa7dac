/** The ways to choose voxels, each with what it does and what it costs, as framed choices. */
import { type MaskSettings, presetNames } from '../../core/contract/settings.ts'

const notes: Readonly<Record<MaskSettings['preset'], readonly [title: string, text: string]>> = {
  troi: ['troi', 'A trained, cross-fitted mask times closed-form evidence, filtered, exactly the budget.'],
  instant: ['instant', 'Closed-form evidence alone, in seconds, exactly the budget.'],
  memory: [
    'memory',
    'Algorithm 1 of the paper, scored by the last value of each voxel before pruning, exactly the budget.',
  ],
  paper: ['paper', 'Algorithm 1 literally as printed; it may keep fewer voxels than the budget.'],
  mindeye2: ['mindeye2', 'Algorithm 1 with MindEye2’s training values, for comparison with published numbers.'],
}

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
    <fieldset className="presets" aria-label="Preset">
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
