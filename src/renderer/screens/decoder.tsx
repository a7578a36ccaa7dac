/** Stage 2: the input layer trained anew on the chosen voxels, then judged on held-out trials; and the controls beside it. */

import { useState } from 'react'
import { type DecoderSettings, decoderSettingsSchema, defaultDecoderSettings } from '../../core/contract/settings.ts'
import { Button } from '../components/basics.tsx'
import { SettingsForm } from '../components/settings-form.tsx'
import { useEditable } from '../lib/edits.ts'
import { count } from '../lib/format.ts'
import { useProjectId, useSubjects } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { useSubjectMasks } from '../lib/subject.ts'
import { ExperimentDialog } from './stages/experiment-dialog.tsx'
import { MadeDecoders } from './stages/made.tsx'
import { words } from './stages/strings.ts'
import { StartRun } from './start-run.tsx'

const text = words.decoder

export function DecoderScreen() {
  const project = useProjectId()
  const { mask: chosen } = useWindow()
  const masks = useSubjectMasks()
  const subjects = useSubjects().data ?? []
  const [settings, setSettings] = useEditable<DecoderSettings>(`decoder ${project}`, defaultDecoderSettings)
  const mask = masks.find((one) => one.id === chosen) ?? masks.at(-1)
  const subject = subjects.find((one) => one.id === mask?.subject)
  const labels = subject?.targets === 'labels'
  const [comparing, setComparing] = useState(false)
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
        <Button large disabled={mask === undefined} onPress={() => setComparing(true)}>
          {text.compare}
        </Button>
      }
      form={
        <>
          {comparing && mask !== undefined && subject !== undefined ? (
            <ExperimentDialog {...{ mask, subject, decoder: settings, onClose: () => setComparing(false) }} />
          ) : null}
          <SettingsForm
            schema={decoderSettingsSchema}
            values={settings}
            preset={defaultDecoderSettings}
            onChange={(values) => setSettings(words.edits.decoder, () => values as DecoderSettings)}
          />
        </>
      }
      made={<MadeDecoders />}
      about={
        <div className="stack">
          <p>{mask === undefined ? '' : text.uses(mask.name, count(mask.voxels), subject?.name ?? '')}</p>
          <p className="ink2">{labels && subject?.testTrials === 0 ? text.heldOutRuns : text.heldOut}</p>
        </div>
      }
    />
  )
}
