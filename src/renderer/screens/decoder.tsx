/** Stage 2: the input layer trained anew on the chosen voxels, then judged on held-out trials; and the controls beside it. */
import { useState } from 'react'
import {
  type DecoderSettings,
  decoderSettingsSchema,
  defaultDecoderSettings,
  maskPresets,
} from '../../core/contract/settings.ts'
import { Button, ErrorNote } from '../components/basics.tsx'
import { SettingsForm } from '../components/settings-form.tsx'
import { engine } from '../lib/engine.ts'
import { useAct, useBackbones, useProjectId, useSubjects } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { useSubjectMasks } from '../lib/subject.ts'
import { StartRun } from './start-run.tsx'

export function DecoderScreen() {
  const project = useProjectId()
  const { mask: chosen, show } = useWindow()
  const masks = useSubjectMasks()
  const subjects = useSubjects().data ?? []
  const backbones = useBackbones().data ?? []
  const [settings, setSettings] = useState<DecoderSettings>(defaultDecoderSettings)
  const mask = masks.find((one) => one.id === chosen) ?? masks.at(-1)
  const subject = subjects.find((one) => one.id === mask?.subject)
  const labels = subject?.targets === 'labels'
  const compare = useAct(
    () =>
      engine.runs.start({
        project,
        request: {
          kind: 'experiment',
          experiment: labels ? 'cross-validation' : 'controls',
          subject: mask!.subject,
          backbone: labels ? null : (backbones.at(-1)?.id ?? null),
          mask: { ...maskPresets[mask!.preset], budget: mask!.budget },
          decoder: settings,
          seeds: [0],
        },
      }),
    (run) => show({ name: 'run', run: run.id }),
  )
  return (
    <StartRun
      title="Decoder"
      act="Train the decoder"
      kinds={['decode', 'experiment']}
      request={mask === undefined ? null : { kind: 'decode', mask: mask.id, settings }}
      reason="Find a mask first."
      more={
        <Button large disabled={mask === undefined || compare.isPending} onPress={() => compare.mutate(undefined)}>
          Compare with controls
        </Button>
      }
      form={
        <>
          <ErrorNote error={compare.error} />
          <SettingsForm
            schema={decoderSettingsSchema}
            values={settings}
            preset={defaultDecoderSettings}
            onChange={(values) => setSettings(values as DecoderSettings)}
          />
        </>
      }
      about={
        <div className="stack">
          <p>{mask === undefined ? '' : `Uses ${mask.name}: ${mask.voxels} voxels of ${subject?.name ?? ''}.`}</p>
          <p className="ink2">
            {labels && subject?.testTrials === 0
              ? 'Each run is held out once: mask and decoder are made anew without it, and its trials are then answered. The accuracy is that of the whole procedure.'
              : 'The decoder never sees the held-out trials; on them it is judged.'}
          </p>
        </div>
      }
    />
  )
}
