/** Orientation in a sentence, device, queue, and that nothing leaves this computer. */
import { retryConnection, useConnection } from '../lib/engine.ts'
import { useDoctor, useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { Button } from './basics.tsx'
import { WarningGlyph } from './glyphs.tsx'

export function StatusBar() {
  const { settings } = useWindow()
  const connection = useConnection((state) => state.state)
  const doctor = useDoctor()
  const runs = useRuns()
  const chosen = doctor.data?.backends.find((backend) => backend.chosen)
  const waiting = (runs.data ?? []).filter((run) => run.status === 'queued').length
  const going = (runs.data ?? []).filter((run) => run.status === 'running' || run.status === 'paused').length
  const orientation =
    settings.leftRight === null
      ? 'Left and right not chosen yet'
      : settings.leftRight === 'neurological'
        ? 'Neurological: left of picture is left of subject'
        : 'Radiological: left of picture is right of subject'
  return (
    <footer className="status-bar">
      {connection === 'open' || connection === 'connecting' ? null : (
        <span className="row warning">
          <WarningGlyph /> Connection to the engine lost{' '}
          <Button kind="bare" onPress={retryConnection}>
            Try again
          </Button>
        </span>
      )}
      <span className={settings.leftRight === null ? 'warning' : ''}>
        {orientation}. Sagittal: nose {settings.nose}
      </span>
      <span title={chosen?.reason}>{chosen === undefined ? 'Checking device' : `Computes with ${chosen.name}`}</span>
      <span>{going + waiting === 0 ? 'Queue empty' : `${going} running, ${waiting} waiting`}</span>
      <span>All changes saved</span>
      <span>Offline by design</span>
    </footer>
  )
}
