/** Stage 1: which voxels. */
import { useState } from 'react'
import { type MaskSettings, maskPresets, maskSettingsSchema } from '../../core/contract/settings.ts'
import { SettingsForm } from '../components/settings-form.tsx'
import { count } from '../lib/format.ts'
import { useBackbones, useSubjects } from '../lib/queries.ts'
import { StartRun } from './start-run.tsx'

const presetNotes: Readonly<Record<MaskSettings['preset'], string>> = {
  troi: 'A trained, cross-fitted mask times closed-form evidence, filtered, exactly the budget.',
  instant: 'Closed-form evidence alone, in seconds, exactly the budget.',
  memory: 'Algorithm 1 of the paper, scored by the last value of each voxel before pruning, exactly the budget.',
  paper: 'Algorithm 1 literally as printed; it may keep fewer voxels than the budget.',
  mindeye2: 'Algorithm 1 with MindEye2’s training values, for comparison with published numbers.',
}

/** A budget that fits: the number of true voxels where it is known, else about a fifth of the voxels. */
function usualBudget(voxels: number, truth: number | null): number {
  return truth ?? Math.max(1, Math.min(3000, Math.round(voxels / 5 / 10) * 10))
}

export function MaskScreen() {
  const subjects = (useSubjects().data ?? []).filter((subject) => subject.role === 'new')
  const backbones = useBackbones().data ?? []
  const subject = subjects.at(-1)
  const [changed, setChanged] = useState<MaskSettings | null>(null)
  const budget = subject === undefined ? 1 : usualBudget(subject.voxels, subject.trueVoxels)
  const settings = changed ?? { ...maskPresets.troi, budget }
  const preset = { ...maskPresets[settings.preset], budget }
  const backbone = subject?.targets === 'labels' ? null : (backbones.at(-1)?.id ?? null)
  return (
    <StartRun
      title="Mask"
      act="Find the mask"
      kinds={['mask']}
      request={subject === undefined ? null : { kind: 'mask', subject: subject.id, backbone, settings }}
      reason="Import a subject first."
      form={
        <SettingsForm
          schema={maskSettingsSchema}
          values={settings}
          preset={preset}
          onChange={(values) => {
            const next = values as MaskSettings
            // Another preset is another complete set of values; budget and seed stay.
            setChanged(
              next.preset === settings.preset
                ? next
                : { ...maskPresets[next.preset], budget: settings.budget, seed: settings.seed },
            )
          }}
        />
      }
      about={
        <div className="stack">
          <p>{presetNotes[settings.preset]}</p>
          <p className="ink2">
            {subject === undefined
              ? ''
              : `${subject.name}: ${count(subject.voxels)} voxels, ${count(subject.trainTrials)} training trials.`}{' '}
            {backbone === null ? 'Without a backbone.' : `With backbone ${backbones.at(-1)?.name}.`}
          </p>
        </div>
      }
    />
  )
}
