/** Conditions compared on one subject: which comparison, over how many seeds, what it would need, and the start. */
import { useState } from 'react'
import type { ListedMask, Subject } from '../../../core/contract/result.ts'
import type { experimentKinds, RunRequest } from '../../../core/contract/run.ts'
import { type DecoderSettings, maskPresets } from '../../../core/contract/settings.ts'
import { Button, Dialog, ErrorNote } from '../../components/basics.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { engine } from '../../lib/engine.ts'
import { count } from '../../lib/format.ts'
import { useAct, useEstimate, useProjectId } from '../../lib/queries.ts'
import { useWindow } from '../../lib/state.ts'
import { RoomCard } from './pre-flight.tsx'
import { words } from './strings.ts'

const text = words.experiment
type Kind = (typeof experimentKinds)[number]
type ExperimentRequest = Extract<RunRequest, { kind: 'experiment' }>

/** What a subject's targets allow; the first is the usual one. */
const kindsOf: Readonly<Record<Subject['targets'], readonly Kind[]>> = {
  labels: ['cross-validation', 'budget', 'data-amount', 'ablation', 'stability'],
  pictures: ['controls', 'ablation', 'budget', 'data-amount', 'stability'],
}
const mostSeeds = 20

export interface ExperimentDialogProps {
  readonly mask: ListedMask
  readonly subject: Subject
  readonly decoder: DecoderSettings
  readonly onClose: () => void
}

export function ExperimentDialog({ mask, subject, decoder, onClose }: ExperimentDialogProps) {
  const project = useProjectId()
  const { show } = useWindow()
  const kinds = kindsOf[subject.targets]
  const [request, setRequest] = useState<ExperimentRequest>({
    ...{ kind: 'experiment', experiment: kinds[0]!, subject: subject.id, backbone: mask.backbone, seeds: [0] },
    ...{ mask: { ...maskPresets[mask.preset], budget: mask.budget }, decoder },
  })
  const estimate = useEstimate(request)
  const start = useAct(
    (what: RunRequest) => engine.runs.start({ project, request: what }),
    (run) => {
      onClose()
      show({ name: 'run', run: run.id })
    },
  )
  const setSeeds = (seeds: number) =>
    setRequest({ ...request, seeds: Array.from({ length: seeds }, (_, seed) => seed) })
  return (
    <Dialog title={text.title} onClose={onClose} wide>
      <div className="experiment-dialog">
        <div className="stack">
          <p className="ink2">{text.about}</p>
          <p className="ink2">{text.uses(mask.name, count(mask.budget))}</p>
          <fieldset className="presets" aria-label={text.kind}>
            {kinds.map((kind) => (
              <button
                key={kind}
                type="button"
                className="choice"
                aria-pressed={request.experiment === kind}
                onClick={() => setRequest({ ...request, experiment: kind })}
              >
                <b>{text.kinds[kind][0]}</b>
                <small>{text.kinds[kind][1]}</small>
              </button>
            ))}
          </fieldset>
          <div className="row">
            {text.seeds}
            <NumberField
              label={text.seeds}
              {...{ value: request.seeds.length, low: 1, high: mostSeeds, digits: 0, step: 1, onChange: setSeeds }}
            />
          </div>
        </div>
        <section className="stack" aria-label={words.preFlight.title} data-verdict={estimate.data?.verdict}>
          <h3>{words.preFlight.title}</h3>
          <ErrorNote error={estimate.error ?? start.error} />
          {estimate.data ? (
            <RoomCard
              estimate={estimate.data}
              onSmaller={(smaller) => smaller.kind === 'experiment' && setRequest(smaller)}
            />
          ) : null}
          <Button kind="filled" large disabled={start.isPending} onPress={() => start.mutate(request)}>
            {text.start}
          </Button>
        </section>
      </div>
    </Dialog>
  )
}
