/** Stage 1: which voxels. */
import { type MaskSettings, maskPresets, maskSettingsSchema } from '../../core/contract/settings.ts'
import { SettingsForm } from '../components/settings-form.tsx'
import { useEditable } from '../lib/edits.ts'
import { count } from '../lib/format.ts'
import { useBackbones } from '../lib/queries.ts'
import { useSubject } from '../lib/subject.ts'
import { PresetChoice, presetNote } from './preset-choice.tsx'
import { MadeMasks } from './stages/made.tsx'
import { words } from './stages/strings.ts'
import { StartRun } from './start-run.tsx'

const text = words.mask

/** A budget that fits: the number of true voxels where it is known, else about a fifth of the voxels. */
function usualBudget(voxels: number, truth: number | null): number {
  return truth ?? Math.max(1, Math.min(3000, Math.round(voxels / 5 / 10) * 10))
}

export function MaskScreen() {
  const backbones = useBackbones().data ?? []
  const { subject } = useSubject()
  const [changed, setChanged] = useEditable<MaskSettings | null>(`mask ${subject?.id ?? ''}`, null)
  const budget = subject === undefined ? 1 : usualBudget(subject.voxels, subject.trueVoxels)
  const settings = changed ?? { ...maskPresets.troi, budget }
  const preset = { ...maskPresets[settings.preset], budget }
  const backbone = subject?.targets === 'labels' ? null : (backbones.at(-1)?.id ?? null)
  return (
    <StartRun
      title={text.title}
      act={text.act}
      kinds={['mask']}
      request={subject === undefined ? null : { kind: 'mask', subject: subject.id, backbone, settings }}
      reason={text.reason}
      onSmaller={(smaller) => {
        if (smaller.kind === 'mask') setChanged(words.edits.mask, () => smaller.settings)
      }}
      form={
        <>
          <PresetChoice
            value={settings.preset}
            // Another preset is another complete set of values; budget and seed stay.
            onChange={(name) =>
              setChanged(words.edits.preset, () => ({
                ...maskPresets[name],
                ...{ budget: settings.budget, seed: settings.seed },
              }))
            }
          />
          <SettingsForm
            schema={maskSettingsSchema}
            values={settings}
            preset={preset}
            hide={['preset']}
            onChange={(values) => setChanged(words.edits.mask, () => values as MaskSettings)}
          />
        </>
      }
      made={<MadeMasks />}
      about={
        <div className="stack">
          <p>{presetNote(settings.preset)}</p>
          <p className="ink2">
            {subject === undefined ? '' : text.subject(subject.name, count(subject.voxels), count(subject.trainTrials))}{' '}
            {backbone === null ? text.without : text.with(backbones.at(-1)?.name ?? '')}
          </p>
        </div>
      }
    />
  )
}
