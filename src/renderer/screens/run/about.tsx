/** On which device and why, and what differs from the preset. */
import type { Run } from '../../../core/contract/run.ts'
import {
  decoderSettingsSchema,
  defaultDecoderSettings,
  defaultPretrainSettings,
  maskPresets,
  maskSettingsSchema,
  pretrainSettingsSchema,
} from '../../../core/contract/settings.ts'
import { Pane } from '../../components/basics.tsx'
import { useDoctor } from '../../lib/queries.ts'
import { differences } from '../../lib/settings-diff.ts'
import { words } from './strings.ts'

export function DevicePane({ run }: { run: Run }) {
  const backends = useDoctor().data?.backends ?? []
  const chosen = backends.find((backend) => backend.chosen)
  return (
    <Pane title={run.device ?? words.device.title}>
      <div className="stack">
        <p>{chosen?.reason ?? ''}</p>
        {backends
          .filter((backend) => !backend.chosen)
          .map((backend) => (
            <p key={backend.name} className="small">
              {words.device.notUsed(backend.name, backend.reason)}
            </p>
          ))}
      </div>
    </Pane>
  )
}

function compared(run: Run) {
  const { request } = run
  switch (request.kind) {
    case 'mask':
      return {
        ...differences(maskSettingsSchema, request.settings, maskPresets[request.settings.preset]),
        preset: request.settings.preset,
      }
    case 'experiment':
      return {
        ...differences(maskSettingsSchema, request.mask, maskPresets[request.mask.preset]),
        preset: request.mask.preset,
      }
    case 'decode':
      return { ...differences(decoderSettingsSchema, request.settings, defaultDecoderSettings), preset: null }
    case 'pretrain':
      return { ...differences(pretrainSettingsSchema, request.settings, defaultPretrainSettings), preset: null }
    default:
      return null
  }
}

/** Nothing for runs that have no settings. */
export function SettingsPane({ run }: { run: Run }) {
  const found = compared(run)
  if (found === null) return null
  const { differing, same, preset } = found
  return (
    <Pane title={preset === null ? words.settings.defaults : words.settings.title(preset)}>
      <dl className="differences">
        {differing.map(({ label, from, to, unit }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <span className="ink3">{from} →</span> <b>{to}</b> {unit ?? ''}
            </dd>
          </div>
        ))}
      </dl>
      <p className="small">
        {differing.length === 0 ? `${words.settings.none} ` : ''}
        {words.settings.rest(same)}
      </p>
    </Pane>
  )
}
