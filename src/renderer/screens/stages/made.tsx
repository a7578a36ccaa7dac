/**
 * What a stage has made so far, beside the settings of the next one: who chooses a budget sees what the last budgets gave. Every
 * name leads to its page; numbers carry their interval.
 */
import { useQueries } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Subject } from '../../../core/contract/result.ts'
import type { Metric } from '../../../core/evaluate/metric.ts'
import { Pane, Scroll } from '../../components/basics.tsx'
import { metricText, metricTitle } from '../../components/result-table.tsx'
import { engine } from '../../lib/engine.ts'
import { count, when } from '../../lib/format.ts'
import { useBackbones, useDecoders, useMasks, useProjectId } from '../../lib/queries.ts'
import { useWindow } from '../../lib/state.ts'
import { useSubjectMasks } from '../../lib/subject.ts'
import { words as verdictWords } from '../review/verdict-strings.ts'
import { madeWords as text } from './made-strings.ts'

interface TableProps {
  readonly title: string
  readonly note?: string
  readonly none: string
  readonly columns: readonly string[]
  /** The first cell is the row's name; the others stand under their columns. */
  readonly rows: readonly { readonly id: string; readonly cells: readonly ReactNode[] }[]
}

function MadeTable({ title, note = '', none, columns, rows }: TableProps) {
  return (
    <Pane title={title} note={rows.length === 0 ? none : note} flush>
      {rows.length === 0 ? null : (
        <Scroll label={title}>
          <table className="wide made">
            <thead>
              <tr>
                {columns.map((column, at) => (
                  <th key={column} scope="col" className={at === 0 ? '' : 'number'}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ id, cells }) => (
                <tr key={id}>
                  {columns.map((column, at) => (
                    <td key={column} className={at === 0 ? '' : 'number'}>
                      {cells[at]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Pane>
  )
}

function Name({ children, onPress }: { children: string; onPress: () => void }) {
  return (
    <button type="button" className="link" onClick={onPress}>
      {children}
    </button>
  )
}

/** The masks of the subject in the title bar, newest first. */
export function MadeMasks() {
  const { reviewMask } = useWindow()
  const masks = [...useSubjectMasks()].reverse()
  const compared = (['truth', 'annotated'] as const).filter((name) =>
    masks.some(({ overlap }) => overlap.some((one) => one.with === name)),
  )
  return (
    <MadeTable
      title={text.masks.title}
      none={text.masks.none}
      columns={[
        text.masks.name,
        text.masks.preset,
        text.masks.voxels,
        text.masks.volume,
        text.masks.sides,
        ...compared.map((name) => text.masks.dice[name]),
        text.masks.verdict,
        text.made,
      ]}
      rows={masks.map((mask) => ({
        id: mask.id,
        cells: [
          <Name key="name" onPress={() => reviewMask(mask.id, 'mask')}>
            {mask.name}
          </Name>,
          mask.preset,
          count(mask.voxels),
          text.cubic(mask.cubicCentimetres.toFixed(1)),
          text.sides(count(mask.leftVoxels), count(mask.rightVoxels)),
          ...compared.map((name) => mask.overlap.find((one) => one.with === name)?.dice.toFixed(3) ?? '–'),
          mask.verdict === null ? text.masks.waits : verdictWords.verdicts[mask.verdict],
          when(mask.created),
        ],
      }))}
    />
  )
}

function withInterval(name: string, metric: Metric | undefined): ReactNode {
  if (metric === undefined) return '–'
  const [low, high] = metric.interval
  return (
    <>
      {metricText(name, metric.value)}{' '}
      <small className="ink3">{text.interval(metricText(name, low), metricText(name, high), count(metric.n))}</small>
    </>
  )
}

const metricOrder = ['brainToImage', 'imageToBrain', 'accuracy', 'pixCorr']

/** The decoders of the subject's masks, newest first, with what they reached on held-out trials. */
export function MadeDecoders() {
  const project = useProjectId()
  const { reviewMask } = useWindow()
  const masks = useMasks().data ?? []
  const own = new Set(useSubjectMasks().map((mask) => mask.id))
  const decoders = (useDecoders().data ?? []).filter((decoder) => own.has(decoder.mask)).reverse()
  const found = useQueries({
    queries: decoders.map((decoder) => ({
      queryKey: ['evaluation', project, decoder.id],
      queryFn: () => engine.results.evaluation({ project, decoder: decoder.id }),
    })),
  })
  const metrics = metricOrder.filter((name) => found.some(({ data }) => data?.metrics[name] !== undefined))
  const chance = (name: string) => found.find(({ data }) => data?.metrics[name])?.data?.metrics[name]?.chance ?? null
  return (
    <MadeTable
      title={text.decoders.title}
      none={text.decoders.none}
      columns={[
        text.decoders.name,
        text.decoders.mask,
        text.decoders.restart,
        ...metrics.map((name) => {
          const guess = chance(name)
          return guess === null ? `${metricTitle(name)} ↑` : text.chance(metricTitle(name), metricText(name, guess))
        }),
      ]}
      rows={decoders.map((decoder, at) => ({
        id: decoder.id,
        cells: [
          <Name key="name" onPress={() => reviewMask(decoder.mask, 'results')}>
            {decoder.name}
          </Name>,
          masks.find((mask) => mask.id === decoder.mask)?.name ?? '–',
          decoder.restart,
          ...metrics.map((name) => withInterval(name, found[at]?.data?.metrics[name])),
        ],
      }))}
    />
  )
}

/** Who the backbone learns from, and the backbones that were made. */
export function MadeBackbones({ sources }: { sources: readonly Subject[] }) {
  const { show } = useWindow()
  const backbones = [...(useBackbones().data ?? [])].reverse()
  return (
    <div className="columns made-pair">
      <MadeTable
        title={text.sources.title}
        none={text.sources.none}
        columns={[text.sources.name, text.sources.voxels, text.sources.trials, text.sources.items]}
        rows={sources.map((subject) => ({
          id: subject.id,
          cells: [subject.name, count(subject.voxels), count(subject.trainTrials), count(subject.items)],
        }))}
      />
      <MadeTable
        title={text.backbones.title}
        none={text.backbones.none}
        columns={[text.backbones.name, text.backbones.subjects, text.backbones.epochs]}
        rows={backbones.map((backbone) => ({
          id: backbone.id,
          cells: [
            <Name key="name" onPress={() => show({ name: 'run', run: backbone.run })}>
              {backbone.name}
            </Name>,
            count(backbone.subjects.length),
            count(backbone.epochs),
          ],
        }))}
      />
    </div>
  )
}
