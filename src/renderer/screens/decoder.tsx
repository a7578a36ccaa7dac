/** Stage 2: the input layer trained anew on the chosen voxels, then judged on held-out trials; and the controls beside it. */
import {
  type DecoderSettings,
  decoderSettingsSchema,
  defaultDecoderSettings,
  maskPresets,
} from '../../core/contract/settings.ts'
import { Button, ErrorNote } from '../components/basics.tsx'
import { SettingsForm } from '../components/settings-form.tsx'
import { useEditable } from '../lib/edits.ts'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { useAct, useBackbones, useProjectId, useSubjects } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { useSubjectMasks } from '../lib/subject.ts'
import { words } from './stages/strings.ts'
import { StartRun } from './start-run.tsx'

const text = words.decoder

export function DecoderScreen() {
  const project = useProjectId()
  const { mask: chosen, show } = useWindow()
  const masks = useSubjectMasks()
  const subjects = useSubjects().data ?? []
  const backbones = useBackbones().data ?? []
  const [settings, setSettings] = useEditable<DecoderSettings>(`decoder ${project}`, defaultDecoderSettings)
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
      title={text.title}
      act={text.act}
      kinds={['decode', 'experiment']}
      request={mask === undefined ? null : { kind: 'decode', mask: mask.id, settings }}
      reason={text.reason}
      onSmaller={(smaller) => {
        if (smaller.kind === 'decode') setSettings(words.edits.decoder, () => smaller.settings)
      }}
      more={
        <Button large disabled={mask === undefined || compare.isPending} onPress={() => compare.mutate(undefined)}>
          {text.compare}
        </Button>
      }
      form={
        <>
          <ErrorNote error={compare.error} />
          <SettingsForm
            schema={decoderSettingsSchema}
            values={settings}
            preset={defaultDecoderSettings}
            onChange={(values) => setSettings(words.edits.decoder, () => values as DecoderSettings)}
          />
        </>
      }
      about={
        <div className="stack">
          <p>{mask === undefined ? '' : text.uses(mask.name, count(mask.voxels), subject?.name ?? '')}</p>
          <p className="ink2">{labels && subject?.testTrials === 0 ? text.heldOutRuns : text.heldOut}</p>
        </div>
      }
    />
  )
}
