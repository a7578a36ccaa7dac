/** Stage 0: a network shared by all subjects, trained on those who were scanned for hours. */
import { defaultPretrainSettings, type PretrainSettings, pretrainSettingsSchema } from '../../core/contract/settings.ts'
import { SettingsForm } from '../components/settings-form.tsx'
import { useEditable } from '../lib/edits.ts'
import { useProjectId, useSubjects } from '../lib/queries.ts'
import { EmbeddingChoice } from './packs/embedding-choice.tsx'
import { words as packWords } from './packs/strings.ts'
import { MadeBackbones } from './stages/made.tsx'
import { words } from './stages/strings.ts'
import { StartRun } from './start-run.tsx'

const text = words.backbone

export function BackboneScreen() {
  const subjects = (useSubjects().data ?? []).filter((subject) => subject.role === 'pretraining')
  const [settings, setSettings] = useEditable<PretrainSettings>(`backbone ${useProjectId()}`, defaultPretrainSettings)
  const names = subjects.map((subject) => subject.name).join(', ')
  return (
    <StartRun
      title={text.title}
      act={text.act}
      kinds={['pretrain']}
      request={
        subjects.length === 0 ? null : { kind: 'pretrain', subjects: subjects.map((subject) => subject.id), settings }
      }
      reason={text.reason}
      onSmaller={(smaller) => {
        if (smaller.kind === 'pretrain') setSettings(words.edits.backbone, () => smaller.settings)
      }}
      form={
        <>
          <div className="settings">
            <EmbeddingChoice
              value={settings.embedding ?? 'built-in'}
              onChange={(choice) =>
                setSettings(packWords.embedding.edit, ({ embedding: _, ...rest }) =>
                  choice === 'built-in' ? rest : { ...rest, embedding: choice },
                )
              }
            />
          </div>
          <SettingsForm
            schema={pretrainSettingsSchema}
            values={settings}
            preset={defaultPretrainSettings}
            onChange={(values) => setSettings(words.edits.backbone, () => values as PretrainSettings)}
          />
        </>
      }
      made={<MadeBackbones sources={subjects} />}
      about={
        <p className="ink2">{[text.about, ...(subjects.length > 0 ? [text.uses(names)] : []), text.after].join(' ')}</p>
      }
    />
  )
}
