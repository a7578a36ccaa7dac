/** Stage 0: a network shared by all subjects, trained on those who were scanned for hours. */
import { useState } from 'react'
import { defaultPretrainSettings, type PretrainSettings, pretrainSettingsSchema } from '../../core/contract/settings.ts'
import { SettingsForm } from '../components/settings-form.tsx'
import { useSubjects } from '../lib/queries.ts'
import { StartRun } from './start-run.tsx'

export function BackboneScreen() {
  const subjects = (useSubjects().data ?? []).filter((subject) => subject.role === 'pretraining')
  const [settings, setSettings] = useState<PretrainSettings>(defaultPretrainSettings)
  return (
    <StartRun
      title="Backbone"
      act="Pretrain"
      kinds={['pretrain']}
      request={
        subjects.length === 0 ? null : { kind: 'pretrain', subjects: subjects.map((subject) => subject.id), settings }
      }
      reason="There are no other subjects to learn from. Masks can be found without a backbone."
      form={
        <SettingsForm
          schema={pretrainSettingsSchema}
          values={settings}
          preset={defaultPretrainSettings}
          onChange={(values) => setSettings(values as PretrainSettings)}
        />
      }
      about={
        <p className="ink2">
          The backbone learns from other subjects how brain activity relates to pictures.{' '}
          {subjects.length > 0 ? `It will use ${subjects.map((subject) => subject.name).join(', ')}.` : ''} A new
          subject then needs one hour of scans.
        </p>
      }
    />
  )
}
