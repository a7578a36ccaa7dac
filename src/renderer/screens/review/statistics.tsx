/**
 * The mask in numbers, counted by the engine from the mask's file: size, form, overlap with a reference beside what chance gives,
 * stability over repeats, regions of an atlas. A number that has a place is a way to it.
 */
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { ListedMask } from '../../../core/contract/result.ts'
import type { MaskStatisticsAnswer } from '../../../core/contract/statistics.ts'
import { applyAffine, invertAffine } from '../../../core/volume/affine.ts'
import { Button, ErrorNote, Segments } from '../../components/basics.tsx'
import { PathPicker } from '../../components/path-picker.tsx'
import { TableActs } from '../../components/table-acts.tsx'
import { asProblem, engine } from '../../lib/engine.ts'
import { count, percent } from '../../lib/format.ts'
import { useProjectId } from '../../lib/queries.ts'
import { statisticsTable } from '../../lib/result-tables.ts'
import type { LoadedVolumes } from '../../viewer/load-volumes.ts'
import { fullestSlice, type Voxel } from '../../viewer/places.ts'
import { useAtlas } from '../../viewer/use-regions.ts'
import { AtlasCoverage } from './atlas-coverage.tsx'
import { OtherMask } from './other-mask.tsx'
import { type Row, Rows } from './statistic-rows.tsx'
import { words } from './strings.ts'

const text = words.numbers
type Reference = 'annotated' | 'truth'

/** Turns millimetres of the subject into the nearest voxel of the grid that is shown. */
function voxelAt(affine: readonly number[], place: readonly [number, number, number], shape: readonly number[]): Voxel {
  const found = applyAffine(invertAffine(affine), place)
  return found.map((value, axis) => Math.max(0, Math.min(shape[axis]! - 1, Math.round(value)))) as unknown as Voxel
}

function overlapRows(statistics: MaskStatisticsAnswer, reference: Reference, loaded: LoadedVolumes): Row[] {
  const found = statistics.overlap.find((entry) => entry.with === reference)
  if (found === undefined) return []
  const own = loaded.layers.get('mask')!
  const other = loaded.layers.get(reference)
  const inside = Math.round(found.precision * statistics.voxels)
  const outside = statistics.voxels - inside
  const at =
    other === undefined || outside === 0
      ? null
      : fullestSlice(own.grid.shape, 2, (flat) => own.values[flat]! > 0 && other.values[flat]! <= 0)
  const share = (part: number) => percent(part / Math.max(1, statistics.voxels), 0)
  return [
    {
      name: text.inside[reference],
      value: text.count(count(inside), share(inside)),
      note: text.chance(percent(found.chance.precision, 0)),
    },
    { name: text.outside[reference], value: text.count(count(outside), share(outside)), at },
    { name: text.covered[reference], value: percent(found.recall), note: text.chance(percent(found.chance.recall, 0)) },
    { name: text.dice, value: found.dice.toFixed(3), note: text.chance(found.chance.dice.toFixed(3)) },
  ]
}

function ownRows(mask: ListedMask, statistics: MaskStatisticsAnswer, loaded: LoadedVolumes): Row[] {
  const { shape, affine } = loaded.background.grid
  const to = (place: readonly [number, number, number] | undefined | null) =>
    place === undefined || place === null ? null : voxelAt(affine, place, shape)
  const { left, right, middle, components, isolated } = statistics
  const all = Math.max(1, statistics.voxels)
  const axial = statistics.largestSlices.find(({ plane }) => plane === 'axial')
  const fewer = to(statistics.largestSlices.find(({ plane }) => plane === 'sagittal')?.millimetres)
  return [
    {
      name: text.voxels,
      value: text.ofBudget(count(statistics.voxels), count(mask.budget)),
      at: to(axial?.millimetres),
    },
    ...(mask.rawVoxels === null ? [] : [{ name: text.raw, value: count(mask.rawVoxels) }]),
    { name: text.volume, value: text.cubic(statistics.cubicCentimetres.toFixed(1)) },
    {
      name: middle > 0 ? text.sidesMiddle : text.sides,
      value: [left, right, ...(middle > 0 ? [middle] : [])].map((part) => percent(part / all, 0)).join(' / '),
      at: fewer,
      axis: 0,
    },
    { name: text.pieces, value: count(components.count) },
    { name: text.largest, value: percent(components.largestShare, 0) },
    {
      name: text.isolated,
      value: count(isolated.count),
      at: to(isolated.farthest[0]?.millimetres),
      warns: isolated.count > 0,
    },
  ]
}

function useStability(mask: string): readonly Row[] {
  const project = useProjectId()
  const found = useQuery({
    queryKey: ['stability', project, mask],
    queryFn: () => engine.results.stability({ project, mask }),
  })
  if (found.data === undefined || found.data === null) return []
  const { pairwiseDice, ofMask } = found.data
  const [low, high] = pairwiseDice.interval
  return [
    {
      name: text.repeats(pairwiseDice.n),
      value: pairwiseDice.value.toFixed(2),
      note: `${text.between(low.toFixed(2), high.toFixed(2))}${pairwiseDice.chance === null ? '' : `, ${text.chance(pairwiseDice.chance.toFixed(2))}`}`,
    },
    ...(ofMask === null
      ? []
      : [
          {
            name: text.often,
            value: percent(ofMask.shareOften, 0),
            note: text.chance(percent(ofMask.shareOftenByChance, 0)),
          },
        ]),
  ]
}

export interface StatisticsProps {
  readonly mask: ListedMask
  readonly loaded: LoadedVolumes
  readonly goTo: (at: Voxel) => void
}

export function Statistics({ mask, loaded, goTo }: StatisticsProps) {
  const project = useProjectId()
  const [atlas, setAtlas] = useAtlas(mask.subject)
  const [picking, setPicking] = useState(false)
  const [chosen, setChosen] = useState<Reference | null>(null)
  const statistics = useQuery({
    queryKey: ['statistics', project, mask.id, atlas],
    placeholderData: (before) => before,
    queryFn: () =>
      engine.results.maskStatistics({
        ...{ project, mask: mask.id },
        ...(atlas === null ? {} : { atlas: atlas.place, resample: atlas.resample }),
      }),
  })
  const stability = useStability(mask.id)
  const references = mask.overlap.map((entry) => entry.with)
  const reference = chosen ?? (references.includes('annotated') ? 'annotated' : (references[0] ?? null))
  const found = statistics.data
  const rows = useMemo(
    () =>
      found === undefined
        ? []
        : [...(reference === null ? [] : overlapRows(found, reference, loaded)), ...ownRows(mask, found, loaded)],
    [found, reference, mask, loaded],
  )
  return (
    <section className="pane" aria-label={text.title}>
      <header>
        <h2>{reference === null ? text.title : text.against}</h2>
        <span className="grow" />
        {references.length === 0 ? null : (
          <Segments
            label={text.reference}
            value={reference}
            options={references.map((name) => [name, text[name]] as const)}
            onChange={setChosen}
          />
        )}
      </header>
      <div className="body statistics-body">
        {reference === null ? <p className="ink3">{text.none}</p> : null}
        <Rows rows={[...rows, ...stability]} affine={loaded.background.grid.affine} goTo={goTo} />
        {mask.flags.map((flag) => (
          <p key={flag} className="ink2 flag">
            {flag}
          </p>
        ))}
        <OtherMask mask={mask} loaded={loaded} goTo={goTo} />
        {found?.atlas ? <AtlasCoverage coverage={found.atlas} mask={mask.name} /> : null}
        {found === undefined ? null : (
          <TableActs title={text.table} file={text.file(mask.name)} table={() => statisticsTable(found)} />
        )}
        <ErrorNote
          error={statistics.error}
          action={
            atlas !== null && statistics.error !== null && asProblem(statistics.error).code === 'LENGTH_MISMATCH' ? (
              <Button onPress={() => setAtlas({ ...atlas, resample: true })}>{text.atlas.nearest}</Button>
            ) : null
          }
        />
        <button type="button" className="link small" onClick={() => setPicking(true)}>
          {found?.atlas ? text.atlas.other : text.atlas.choose}
        </button>
      </div>
      {picking ? (
        <PathPicker
          title={text.atlas.which}
          kind="file"
          onClose={() => setPicking(false)}
          onChoose={(place) => {
            setPicking(false)
            setAtlas({ place, resample: false })
          }}
        />
      ) : null}
    </section>
  )
}
