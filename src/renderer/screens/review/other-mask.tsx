/** Another mask of the subject beside this one: only here, only there, both, Dice. Each count leads to the slice with most of it. */
import { useMemo } from 'react'
import type { ListedMask } from '../../../core/contract/result.ts'
import { maskDifference } from '../../../core/volume/mask-difference.ts'
import { Segments } from '../../components/basics.tsx'
import { count } from '../../lib/format.ts'
import { useSubjectMasks } from '../../lib/subject.ts'
import type { LoadedVolumes } from '../../viewer/load-volumes.ts'
import { type OverlapName, overlapColours } from '../../viewer/overlap-layers.ts'
import { fullestSlice, type Voxel } from '../../viewer/places.ts'
import { words as viewerWords } from '../../viewer/strings.ts'
import { useOtherMask } from '../../viewer/use-other-mask.ts'
import { useViewerState } from '../../viewer/viewer-state.ts'
import { type Row, Rows } from './statistic-rows.tsx'
import { words } from './strings.ts'

const text = words.other

/** `coloured`: the voxels of each row have a colour of their own in the views. */
function rowsOf(name: string, loaded: LoadedVolumes, coloured: boolean): Row[] {
  const [own, other] = [loaded.layers.get('mask'), loaded.layers.get('other')]
  if (own === undefined || other === undefined) return []
  const found = maskDifference(own.values, other.values, loaded.brain.values)
  const at = (fits: (own: boolean, other: boolean) => boolean, voxels: number) =>
    voxels === 0
      ? null
      : fullestSlice(own.grid.shape, 2, (flat) => fits(own.values[flat]! > 0, other.values[flat]! > 0))
  const sign = (of: OverlapName) => (coloured ? { colour: overlapColours[of] } : {})
  return [
    { ...sign('onlyHere'), name: text.here, value: count(found.onlyFirst), at: at((a, b) => a && !b, found.onlyFirst) },
    {
      ...sign('onlyThere'),
      name: text.there(name),
      value: count(found.onlySecond),
      at: at((a, b) => !a && b, found.onlySecond),
    },
    { ...sign('both'), name: text.both, value: count(found.both), at: at((a, b) => a && b, found.both) },
    { name: text.dice, value: found.dice.toFixed(3), note: text.chance(found.chanceDice.toFixed(3)) },
  ]
}

export function OtherMask({
  mask,
  loaded,
  goTo,
}: {
  mask: ListedMask
  loaded: LoadedVolumes
  goTo: (at: Voxel) => void
}) {
  const others = useSubjectMasks().filter(({ id, subject }) => id !== mask.id && subject === mask.subject)
  const [chosen, choose] = useOtherMask(mask.id)
  const [state, change] = useViewerState(mask.id)
  const name = others.find(({ id }) => id === chosen)?.name ?? ''
  const rows = useMemo(
    () => (chosen === null ? [] : rowsOf(name, loaded, state.overlap)),
    [chosen, name, loaded, state.overlap],
  )
  if (others.length === 0) return null
  return (
    <section aria-label={text.title}>
      <label className="row">
        {text.label}
        <select
          className="input grow"
          aria-label={text.label}
          value={chosen ?? ''}
          onChange={(event) => choose(event.target.value === '' ? null : event.target.value)}
        >
          <option value="">{text.none}</option>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      {chosen === null ? null : (
        <Segments
          label={text.manner}
          value={state.overlap ? 'overlap' : 'outlines'}
          options={[
            ['outlines', text.outlines],
            ['overlap', text.overlap],
          ]}
          onChange={(manner) => change(viewerWords.edits.overlap, () => ({ overlap: manner === 'overlap' }))}
        />
      )}
      <Rows rows={rows} affine={loaded.background.grid.affine} goTo={goTo} />
    </section>
  )
}
