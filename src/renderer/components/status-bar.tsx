/** Orientation in a sentence, device, queue, and that nothing leaves this computer. */
import { useState } from 'react'
import type { Doctor } from '../../core/contract/contract.ts'
import { words as actionWords } from '../actions/strings.ts'
import { useEdits } from '../lib/edits.ts'
import { useConnection } from '../lib/engine.ts'
import { bytes } from '../lib/format.ts'
import { useDoctor, useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { DeviceDialog } from './device-dialog.tsx'
import { WarningGlyph } from './glyphs.tsx'
import { Icon } from './icons.tsx'
import { OrientationDialog } from './orientation-choice.tsx'
import { RunsDialog } from './runs-dialog.tsx'
import { frame as words } from './strings.ts'

/** What undo or redo did last; it may lie on a screen that is not seen now. */
function UndoNote() {
  const told = useEdits((state) => state.told)
  return (
    <span role="status" className="undo-note">
      {told === null ? null : (
        <span key={told.number}>
          <Icon name="undo" size={16} /> {actionWords.undo[told.way](told.edit.title)}
        </span>
      )}
    </span>
  )
}

/** A graphics device is named in full: which one trains matters. */
function graphicsAdapter(doctor: Doctor | undefined): string | null {
  const name = doctor?.backends.find((backend) => backend.chosen)?.name
  return name === 'webgpu' || name === 'tensorflow' ? (doctor?.device ?? null) : null
}

export function StatusBar() {
  const { settings, project } = useWindow()
  const connection = useConnection((state) => state.state)
  const doctor = useDoctor()
  const runs = useRuns()
  const chosen = doctor.data?.backends.find((backend) => backend.chosen)
  const waiting = (runs.data ?? []).filter((run) => run.status === 'queued').length
  const going = (runs.data ?? []).filter((run) => run.status === 'running' || run.status === 'paused').length
  const { leftRight, nose } = settings
  const way = leftRight === null ? null : words.orientation[leftRight]
  const [open, setOpen] = useState<'orientation' | 'device' | 'runs' | null>(null)
  const close = () => setOpen(null)
  return (
    <footer className="status-bar">
      <button type="button" title={words.orientation.open} onClick={() => setOpen('orientation')}>
        {way === null ? (
          <>
            <WarningGlyph /> <span className="warning">{words.orientation.unsettled}</span>
          </>
        ) : (
          <>
            <Icon name="swap" size={16} /> <b>{way[0]}</b> {way[1]}.
          </>
        )}{' '}
        {words.orientation.nose[nose]}
      </button>
      <button type="button" title={chosen?.reason} onClick={() => setOpen('device')}>
        <Icon name="chip" size={16} />
        {doctor.data?.device === null
          ? words.device.none(doctor.data.asked ?? 'auto')
          : chosen === undefined
            ? words.device.checking
            : `${graphicsAdapter(doctor.data) ?? chosen.name}, ${doctor.data?.selfTest.passed === true ? words.device.passed : words.device.failed}`}
      </button>
      {project === null ? null : (
        <button type="button" title={words.queue.title} onClick={() => setOpen('runs')}>
          <Icon name="list" size={16} />
          {going + waiting === 0 ? words.queue.empty : words.queue.busy(going, waiting)}
        </button>
      )}
      {project === null || connection !== 'open' ? null : (
        <span>
          <Icon name="check" size={16} /> {words.saved}
        </span>
      )}
      {doctor.data === undefined ? null : (
        <span className="roomy">
          <Icon name="scans" size={16} /> {words.device.free(bytes(doctor.data.diskBytes.free))}
        </span>
      )}
      <span className="roomy">
        <Icon name="unplugged" size={16} /> {words.offline}
      </span>
      <UndoNote />
      {open === 'orientation' ? <OrientationDialog onClose={close} /> : null}
      {open === 'device' ? <DeviceDialog onClose={close} /> : null}
      {open === 'runs' ? <RunsDialog onClose={close} /> : null}
    </footer>
  )
}
