/** The acts of a run's page. */
import { useState } from 'react'
import type { Run } from '../../../core/contract/run.ts'
import { Button, ErrorNote } from '../../components/basics.tsx'
import { Icon } from '../../components/icons.tsx'
import { engine } from '../../lib/engine.ts'
import { useAct, useMasks, useProjectId } from '../../lib/queries.ts'
import { useWindow } from '../../lib/state.ts'
import { words } from './strings.ts'

/** Pause, stop and keep, discard: three words for three acts. After an interruption Resume is the act of the page. */
export function Controls({ run }: { run: Run }) {
  const project = useProjectId()
  const { show } = useWindow()
  const [asking, setAsking] = useState(false)
  const input = { project, run: run.id }
  const act = useAct((what: 'pause' | 'resume' | 'cancel') => engine.runs[what](input))
  const discard = useAct(
    () => engine.runs.discard(input),
    () => show({ name: 'data' }),
  )
  const going = run.status === 'running' || run.status === 'paused' || run.status === 'queued'
  const stopped = run.status === 'interrupted' || run.status === 'cancelled' || run.status === 'failed'
  return (
    <span className="row">
      {run.status === 'running' ? (
        <Button onPress={() => act.mutate('pause')}>
          <Icon name="pause" size={16} />
          {words.pause}
        </Button>
      ) : null}
      {run.status === 'paused' ? (
        <Button kind="filled" onPress={() => act.mutate('resume')}>
          {words.goOn}
        </Button>
      ) : null}
      {going ? (
        <Button onPress={() => act.mutate('cancel')}>
          <Icon name="stop" size={16} />
          {words.stop}
        </Button>
      ) : null}
      {run.status === 'cancelling' ? <Button disabled>{words.cancelling}</Button> : null}
      {stopped ? (
        <>
          <Button kind="filled" large onPress={() => act.mutate('resume')}>
            {words.resume}
          </Button>
          {asking ? (
            <>
              <span className="ink2">{words.discardAsk}</span>
              <Button kind="danger" onPress={() => discard.mutate(undefined)}>
                {words.discardNow}
              </Button>
              <Button onPress={() => setAsking(false)}>{words.keep}</Button>
            </>
          ) : (
            <Button kind="danger" onPress={() => setAsking(true)}>
              <Icon name="bin" size={16} />
              {words.discard}
            </Button>
          )}
        </>
      ) : null}
      <ErrorNote error={act.error ?? discard.error} />
    </span>
  )
}

/** What one does with what the run made. */
export function NextSteps({ run }: { run: Run }) {
  const { show, showTab } = useWindow()
  const masks = useMasks().data ?? []
  // The demo hands its mask over while the controls are still being computed.
  const early = run.kind === 'demo' && masks.some((mask) => mask.run === run.id)
  if (run.status !== 'done' && !early) return null
  const review = (tab: 'mask' | 'results') => {
    showTab(tab)
    show({ name: 'review' })
  }
  switch (run.kind) {
    case 'demo':
    case 'mask':
      return (
        <Button kind="filled" large onPress={() => review('mask')}>
          {words.lookAtMask}
        </Button>
      )
    case 'decode':
    case 'evaluate':
    case 'experiment':
      return (
        <Button kind="filled" large onPress={() => review('results')}>
          {words.lookAtResults}
        </Button>
      )
    case 'import':
    case 'pretrain':
    case 'simulate':
      return (
        <Button kind="filled" large onPress={() => show({ name: 'mask' })}>
          {words.findMask}
        </Button>
      )
    default:
      return run.kind satisfies never
  }
}
