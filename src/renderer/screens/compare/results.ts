/** What is known of a run beside its settings: facts, the mask it found, and the numbers of its decoder or experiment. */
import type { ListedMask } from '../../../core/contract/result.ts'
import type { Run } from '../../../core/contract/run.ts'
import type { Metric } from '../../../core/evaluate/metric.ts'
import { metricText, metricTitle, summarise } from '../../components/result-table.tsx'
import { frame } from '../../components/strings.ts'
import type { Entry } from '../../lib/compare-runs.ts'
import { engine } from '../../lib/engine.ts'
import { clock, count, percent, when } from '../../lib/format.ts'
import { words } from './strings.ts'

const { facts, groups } = words

export function factsOf(run: Run, masks: readonly ListedMask[], all: readonly Run[]): Entry[] {
  const of = (group: string, entries: readonly (readonly [string, string | null])[]) =>
    entries.flatMap(([label, value]) => (value === null ? [] : [{ group, label, value }]))
  const parents = run.parents.map((id) => all.find((one) => one.id === id)?.name ?? '?').join(', ')
  return [
    ...of(groups.run, [
      [facts.kind, frame.queue.kind(run)],
      [facts.status, run.status],
      [facts.started, when(run.created)],
      [facts.elapsed, clock(run.elapsed)],
      [facts.device, run.device],
      [facts.parents, parents === '' ? null : parents],
      [facts.problem, run.problem?.code ?? null],
    ]),
    ...masks
      .filter((mask) => mask.run === run.id)
      .flatMap((mask) => {
        const sides = Math.max(1, mask.leftVoxels + mask.rightVoxels)
        return of(groups.results, [
          [facts.mask, mask.name],
          [facts.voxels, count(mask.voxels)],
          [facts.volume, `${mask.cubicCentimetres.toFixed(1)} cm³`],
          [facts.sides, `${percent(mask.leftVoxels / sides, 0)} / ${percent(mask.rightVoxels / sides, 0)}`],
          [facts.pieces, count(mask.components)],
          ...mask.overlap.map((entry) => [facts.dice[entry.with], entry.dice.toFixed(3)] as const),
          [facts.verdict, mask.verdict ?? words.unjudged],
        ])
      }),
  ]
}

function metricEntries(metrics: Readonly<Record<string, Metric>>): Entry[] {
  return Object.entries(metrics).map(([name, { value, direction, chance, n, interval }]) => ({
    group: groups.results,
    label: words.metric(
      metricTitle(name),
      direction === 'higher' ? '↑' : '↓',
      chance === null ? '–' : metricText(name, chance),
    ),
    value: words.value(metricText(name, value), metricText(name, interval[0]), metricText(name, interval[1]), count(n)),
  }))
}

/** The numbers of what a run made: of its decoder, or of the method under test in its table. */
export async function resultsOf(project: string, run: Run): Promise<Entry[]> {
  if (run.kind === 'decode' || run.kind === 'evaluate') {
    const decoder = (await engine.results.decoders({ project })).find((one) => one.run === run.id)
    const evaluation = decoder === undefined ? null : await engine.results.evaluation({ project, decoder: decoder.id })
    return evaluation === null ? [] : metricEntries(evaluation.metrics)
  }
  if (run.kind !== 'demo' && run.kind !== 'experiment') return []
  const table = await engine.runs.table({ project, run: run.id })
  const method = run.request.kind === 'experiment' ? run.request.mask.preset : 'troi'
  const own = summarise(table?.rows ?? []).find(({ condition }) => condition === method)
  if (own === undefined) return []
  return metricEntries(
    Object.fromEntries(
      Object.entries(own.metrics).map(([name, { low, high, ...rest }]) => [name, { ...rest, interval: [low, high] }]),
    ),
  )
}
