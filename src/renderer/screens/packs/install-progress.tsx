/** How far the installation of a pack is, with a way to cancel it. */
import { useEffect, useRef, useState } from 'react'
import type { Place } from '../../../core/contract/common.ts'
import type { PackInstall } from '../../../core/contract/pack.ts'
import { Button } from '../../components/basics.tsx'
import { engine } from '../../lib/engine.ts'
import { bytes } from '../../lib/format.ts'
import { useAct } from '../../lib/queries.ts'
import { words } from './strings.ts'

/** Installs packs for as long as the component that asks is shown; a cancel is no error. */
export function useInstall() {
  const stop = useRef<AbortController | null>(null)
  const [progress, setProgress] = useState<PackInstall | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  const act = useAct(async (place: Place) => {
    const own = new AbortController()
    stop.current = own
    try {
      const events = await engine.packs.install({ place }, { signal: own.signal })
      for await (const event of events) setProgress(event)
    } catch (error) {
      if (!own.signal.aborted) throw error
    } finally {
      setProgress(null)
    }
  })
  return {
    ...{ progress, isPending: act.isPending, error: act.error },
    start: (place: Place) => act.mutate(place),
    cancel: () => stop.current?.abort(),
  }
}

function inWords({ phase, bytes: done, totalBytes }: PackInstall): string {
  return phase === 'copy' ? words.installing.copy(bytes(done), bytes(totalBytes)) : words.installing[phase]
}

export function InstallProgress({ progress, onCancel }: { progress: PackInstall | null; onCancel: () => void }) {
  const isCopying = progress?.phase === 'copy'
  return (
    <div className="row">
      <span className="grow">
        <span className="ink2" role="status">
          {progress === null ? words.installing.begin : inWords(progress)}
        </span>{' '}
        <progress
          aria-label={words.installing.bar}
          {...(isCopying ? { value: progress.bytes, max: Math.max(1, progress.totalBytes) } : {})}
        />{' '}
        <small className="ink3">{words.installing.leave}</small>
      </span>
      <Button onPress={onCancel}>{words.installing.cancel}</Button>
    </div>
  )
}
