/** What is at the crosshair: voxel, place, weight, and whether it is in the mask. */
import { applyAffine } from '../../core/volume/affine.ts'
import { millimetres } from '../lib/format.ts'
import type { LoadedVolumes } from './load-volumes.ts'
import type { Cross } from './slice-view.tsx'
import { words } from './strings.ts'

const text = words.readout

export function Readout({
  loaded,
  cross,
  backgroundName,
}: {
  loaded: LoadedVolumes
  cross: Cross
  backgroundName: string
}) {
  const { shape, affine } = loaded.background.grid
  const flat = (cross[0] * shape[1] + cross[1]) * shape[2] + cross[2]
  const weight = loaded.layers.get('weights')?.values[flat] ?? 0
  const inside = loaded.layers.get('mask')!.values[flat]! > 0
  return (
    <section className="readout-box" aria-label={text.title}>
      <dl className="readout">
        <dt>{text.voxel}</dt>
        <dd>{cross.join(', ')}</dd>
        <dt>{text.millimetres}</dt>
        <dd>{applyAffine(affine, cross).map(millimetres).join(', ')}</dd>
        <dt>{text.weight}</dt>
        <dd>
          {weight.toFixed(3)}, {inside ? text.inside : text.outside}
        </dd>
        <dt>{text.background}</dt>
        <dd className="ellipsis" title={backgroundName}>
          {backgroundName}
        </dd>
      </dl>
    </section>
  )
}
