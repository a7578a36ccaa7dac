/** How far, how long, is this normal? One run as it goes, or as it went. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Run } from '../../core/contract/run.ts'
import { Button, Empty, ErrorNote, Pane, ProblemNote, Segments } from '../components/basics.tsx'
import { Chart, type ChartLine } from '../components/chart.tsx'
import { DoneGlyph, RunningGlyph, WaitingGlyph } from '../components/glyphs.tsx'
import { ResultTable } from '../components/result-table.tsx'
import { engine } from '../lib/engine.ts'
import { clock, count } from '../lib/format.ts'
import { useAct, useDoctor, useProjectId, useTable } from '../lib/queries.ts'
import { type SeriesStore, smooth } from '../lib/series.ts'
import { useWindow } from '../lib/state.ts'
import { useLiveRun } from '../lib/use-run.ts'
import { fetchVolume } from '../lib/volumes.ts'
import { GlassBrain } from '../viewer/glass-brain.tsx'
import { layerStyles } from '../viewer/layers.ts'

const lossNames = [
  ['total', '--method'],
  ['contrastive', '--other'],
  ['prior', '--annotated'],
] as const

function Phases({ run }: { run: Run }) {
  const shown = run.phases.map((phase, number) => ({ ...phase, number })).slice(-5)
  return (
    <ol className="phases" aria-label="Phases">
      {shown.map((phase) => (
        <li key={phase.number} className={phase.state}>
          {phase.state === 'done' ? (
            <DoneGlyph />
          ) : phase.state === 'running' && run.status !== 'done' ? (
            <RunningGlyph />
          ) : (
            <WaitingGlyph />
          )}
          <b style={{ fontWeight: 500 }}>{phase.name}</b>
          <small>
            {phase.total === null
              ? `${clock(phase.seconds)}`
              : `${phase.done} of at most ${phase.total}, ${clock(phase.seconds)}`}
          </small>
        </li>
      ))}
    </ol>
  )
}

function Controls({ run }: { run: Run }) {
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
      {run.status === 'running' ? <Button onPress={() => act.mutate('pause')}>Pause</Button> : null}
      {run.status === 'paused' ? (
        <Button kind="filled" onPress={() => act.mutate('resume')}>
          Go on
        </Button>
      ) : null}
      {going ? <Button onPress={() => act.mutate('cancel')}>Stop and keep</Button> : null}
      {run.status === 'cancelling' ? <Button disabled>Cancelling…</Button> : null}
      {stopped ? (
        <>
          <Button kind="filled" large onPress={() => act.mutate('resume')}>
            Resume
          </Button>
          {asking ? (
            <>
              <span className="ink2">Its numbers and checkpoints go to the bin.</span>
              <Button kind="danger" onPress={() => discard.mutate(undefined)}>
                Discard
              </Button>
              <Button onPress={() => setAsking(false)}>Keep</Button>
            </>
          ) : (
            <Button kind="danger" onPress={() => setAsking(true)}>
              Discard…
            </Button>
          )}
        </>
      ) : null}
      <ErrorNote error={act.error ?? discard.error} />
    </span>
  )
}

function LossPane({ series }: { series: SeriesStore }) {
  const [weight, setWeight] = useState(0.8)
  const [logarithmic, setLogarithmic] = useState<'log' | 'linear'>('linear')
  const [chosen, setChosen] = useState<string>('newest')
  const parts = [...series.parts.keys()].filter((part) =>
    [...(series.parts.get(part)?.keys() ?? [])].some((name) => lossNames.some(([loss]) => loss === name)),
  )
  const part = chosen === 'newest' ? (parts.at(-1) ?? null) : chosen
  const names = part === null ? undefined : series.parts.get(part)
  const present = lossNames.filter(([name]) => names?.has(name) === true)
  const first = present[0] === undefined ? undefined : names?.get(present[0][0])
  const lines = present.flatMap(([name, colour]): ChartLine[] => {
    const values = names!.get(name)!.values
    return [
      { label: `${name}, every step`, colour, width: 0.6, values },
      { label: name, colour, width: 2, values: smooth(values, weight) },
    ]
  })
  return (
    <Pane
      title="Loss"
      note="thin: every step; thick: smoothed"
      flush
      actions={
        <>
          {parts.length > 1 ? (
            <select
              className="input"
              style={{ width: 240 }}
              aria-label="Part"
              value={chosen}
              onChange={(event) => setChosen(event.target.value)}
            >
              <option value="newest">newest part</option>
              {parts.map((name) => (
                <option key={name} value={name}>
                  {name === '' ? 'this run' : name}
                </option>
              ))}
            </select>
          ) : null}
          <label className="row">
            Smooth
            <input
              type="range"
              min={0}
              max={0.99}
              step={0.01}
              value={weight}
              onChange={(event) => setWeight(Number(event.target.value))}
            />
            {weight.toFixed(2)}
          </label>
          <Segments
            label="Scale"
            value={logarithmic}
            options={[
              ['log', 'Log'],
              ['linear', 'Linear'],
            ]}
            onChange={setLogarithmic}
          />
        </>
      }
    >
      <div style={{ flex: 1, minHeight: 0, padding: 8 }}>
        {first === undefined ? (
          <Empty>Losses appear with the first training step.</Empty>
        ) : (
          <Chart
            title="Loss per step"
            x={first.steps}
            lines={lines}
            logarithmic={logarithmic === 'log'}
            xLabel={part === '' || part === null ? 'step' : `step of ${part}`}
          />
        )}
      </div>
    </Pane>
  )
}

/** Voxels above the threshold per outer iteration, with the budget as a dashed line. */
function CountPane({ series, budget }: { series: SeriesStore; budget: number | null }) {
  const [scale, setScale] = useState<'log' | 'linear'>('log')
  const holders = [...series.parts.entries()].filter(([, names]) => names.has('voxels'))
  const [part, names] = holders.at(-1) ?? [null, null]
  const voxels = names?.get('voxels')
  if (voxels === undefined) return null
  const x = voxels.steps.map((_, i) => i + 1)
  const lines: ChartLine[] = [
    { label: 'voxels', colour: '--method', width: 2, values: voxels.values, stepped: true },
    ...(budget === null
      ? []
      : [{ label: 'budget', colour: '--ink', width: 1.5, values: x.map(() => budget), dash: [6, 4] }]),
  ]
  return (
    <Pane
      title="Voxels still in the mask"
      note={`after filtering, per iteration${part === '' ? '' : `, ${part}`}`}
      flush
      actions={
        <Segments
          label="Voxel scale"
          value={scale}
          options={[
            ['log', 'Log'],
            ['linear', 'Linear'],
          ]}
          onChange={setScale}
        />
      }
    >
      <div style={{ flex: 1, minHeight: 0, padding: 8 }}>
        <Chart
          title="Voxels per iteration"
          x={x}
          lines={lines}
          logarithmic={scale === 'log'}
          xLabel="outer iteration"
        />
      </div>
    </Pane>
  )
}

function SnapshotPane({ run, epoch, live }: { run: string; epoch: number | null; live: boolean }) {
  const project = useProjectId()
  const snapshot = useQuery({
    queryKey: ['snapshot', project, run, epoch],
    placeholderData: (before) => before,
    refetchInterval: live ? 3000 : false,
    async queryFn() {
      const found = await engine.runs.snapshot({ project, run })
      if (found === null) return null
      const { grid } = found
      const mask = await fetchVolume(found.mask, grid)
      // Opacity cannot show small differences; what counts is which voxels are still in.
      const values = mask.values.map((value) => (value > 0.5 ? 1 : 0))
      return {
        epoch: found.epoch,
        mask: { ...mask, values },
        brain: await fetchVolume(found.brain, grid),
        voxels: values.reduce((sum, value) => sum + value, 0),
      }
    },
  })
  const found = snapshot.data
  const style = layerStyles[0]!
  return (
    <Pane
      title="Mask now"
      note={found ? `epoch ${found.epoch}: ${count(found.voxels)} voxels with a mask value above one half` : ''}
      flush
    >
      {found ? (
        <div className="slices" style={{ gridTemplateColumns: '1fr', gridTemplateRows: '1fr' }}>
          <GlassBrain
            key={found.brain.grid.shape.join()}
            brain={found.brain}
            layers={[{ style, volume: found.mask, visible: true, opacity: 1 }]}
            label="The mask as it is now, in 3D"
          />
        </div>
      ) : (
        <Empty>The mask is drawn here while it is trained.</Empty>
      )}
    </Pane>
  )
}

function budgetOf(run: Run): number | null {
  if (run.request.kind === 'mask') return run.request.settings.budget
  return run.request.kind === 'experiment' ? run.request.mask.budget : null
}

const kinds: Readonly<Record<Run['kind'], string>> = {
  simulate: 'Simulated cohort',
  import: 'Import',
  pretrain: 'Backbone',
  mask: 'Mask',
  decode: 'Decoder',
  evaluate: 'Evaluation',
  experiment: 'Experiment',
  demo: 'Demo',
}

function NextSteps({ run }: { run: Run }) {
  const { show, showTab } = useWindow()
  if (run.status !== 'done') return null
  const review = (tab: 'mask' | 'results') => {
    showTab(tab)
    show({ name: 'review' })
  }
  switch (run.kind) {
    case 'demo':
    case 'mask':
      return (
        <Button kind="filled" large onPress={() => review('mask')}>
          Look at the mask
        </Button>
      )
    case 'decode':
    case 'evaluate':
    case 'experiment':
      return (
        <Button kind="filled" large onPress={() => review('results')}>
          Look at the results
        </Button>
      )
    case 'import':
    case 'pretrain':
    case 'simulate':
      return (
        <Button kind="filled" large onPress={() => show({ name: 'mask' })}>
          Find the mask
        </Button>
      )
    default:
      return run.kind satisfies never
  }
}

export function RunScreen({ run: id }: { run: string }) {
  const project = useProjectId()
  const { run, series, snapshotEpoch, error } = useLiveRun(project, id)
  const device = useDoctor().data?.backends.find((backend) => backend.chosen)
  const live = run?.status === 'running'
  const table = useTable(run?.kind === 'demo' || run?.kind === 'experiment' ? id : null, live === true)
  if (run === null) return <ErrorNote error={error} />
  const rows = table.data?.rows ?? []
  const hasCounts = [...series.parts.values()].some((names) => names.has('voxels'))
  return (
    <>
      <div className="screen-header">
        <h1>
          {kinds[run.kind]} {run.name}
        </h1>
        {run.request.kind === 'mask' ? (
          <>
            <span className="tag">
              preset <b>{run.request.settings.preset}</b>
            </span>
            <span className="tag">budget {count(run.request.settings.budget)} voxels</span>
          </>
        ) : null}
        <span className="tag">{run.status}</span>
        <span className="grow" />
        <span className="stack" style={{ gap: 0, textAlign: 'right' }}>
          <span className="big">{clock(run.elapsed)}</span>
          <small>elapsed</small>
        </span>
        {run.remaining === null || !live ? null : (
          <span className="stack" style={{ gap: 0, textAlign: 'right' }}>
            <span className="big">about {clock(run.remaining)}</span>
            <small>left in this phase</small>
          </span>
        )}
        <Controls run={run} />
        <NextSteps run={run} />
        <Phases run={run} />
      </div>
      {run.problem === null ? null : (
        <div style={{ background: 'var(--pane)', padding: '0 14px 14px' }}>
          <ProblemNote problem={run.problem} />
        </div>
      )}
      <ErrorNote error={error} />
      <div className="columns" style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(320px, 40%)' }}>
        <div className="columns" style={{ gridTemplateRows: hasCounts ? '1fr 1fr' : '1fr' }}>
          <CountPane series={series} budget={budgetOf(run) ?? table.data?.budget ?? null} />
          <LossPane series={series} />
        </div>
        <div
          className="columns"
          style={{ gridTemplateRows: rows.length > 0 ? 'minmax(0, 1fr) minmax(0, 1fr) auto' : 'minmax(0, 1fr) auto' }}
        >
          <SnapshotPane run={id} epoch={snapshotEpoch} live={live === true} />
          {rows.length > 0 ? (
            <Pane title="Table so far" note={`${rows.length} rows`}>
              <ResultTable rows={rows} compact />
            </Pane>
          ) : null}
          <Pane title={run.device ?? 'Device'}>
            <p className="ink2">{device?.reason ?? ''}</p>
          </Pane>
        </div>
      </div>
    </>
  )
}
