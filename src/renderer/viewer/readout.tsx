/** What is at the crosshair: voxel, place, weight, whether it is in the mask, and the region of an atlas or of the annotated ROI. */
import { applyAffine, type Point } from '../../core/volume/affine.ts'
import { regionAt } from '../../core/volume/region-at.ts'
import { millimetres } from '../lib/format.ts'
import type { LoadedVolumes } from './load-volumes.ts'
import type { Cross } from './slice-view.tsx'
import { words } from './strings.ts'
import type { LoadedRegions } from './use-regions.ts'

const text = words.readout

/** The region at a place in words. */
export function regionText(regions: LoadedRegions | null, millimetres: Point): string {
  if (regions === null) return text.noRegions
  const found = regionAt(regions.labels, regions.grid, regions.names, millimetres)
  if (found === null) return text.outsideRegions
  if (found.name === null) return text.label(found.label)
  return found.shared ? text.twin(found.name, found.label) : found.name
}

export function Readout({
  loaded,
  cross,
  backgroundName,
  regions,
}: {
  loaded: LoadedVolumes
  /** Null where there is nothing to look places up in. */
  regions: LoadedRegions | null
  cross: Cross
  backgroundName: string
}) {
  const { shape, affine } = loaded.background.grid
  const flat = (cross[0] * shape[1] + cross[1]) * shape[2] + cross[2]
  const weight = loaded.layers.get('weights')?.values[flat] ?? 0
  const inside = loaded.layers.get('mask')!.values[flat]! > 0
  const place = applyAffine(affine, cross)
  const region = regionText(regions, place)
  return (
    <section className="readout-box" aria-label={text.title}>
      <dl className="readout">
        <dt>{text.voxel}</dt>
        <dd>{cross.join(', ')}</dd>
        <dt>{text.millimetres}</dt>
        <dd>{place.map(millimetres).join(', ')}</dd>
        <dt>{text.weight}</dt>
        <dd>
          {weight.toFixed(3)}, {inside ? text.inside : text.outside}
        </dd>
        <dt>{text.region}</dt>
        <dd
          className="ellipsis"
          data-region={region}
          title={regions === null ? region : text.from(region, regions.file)}
        >
          {region}
        </dd>
        <dt>{text.background}</dt>
        <dd className="ellipsis" title={backgroundName}>
          {backgroundName}
        </dd>
      </dl>
    </section>
  )
}
