/** The mask in numbers: its size and form, and its overlap with a reference; a number that has a place is a way to it. */
import { useMemo, useState } from 'react'
import type { Mask } from '../../../core/contract/result.ts'
import { applyAffine } from '../../../core/volume/affine.ts'
import { Segments } from '../../components/basics.tsx'
import { count, millimetres, percent } from '../../lib/format.ts'
import type { LoadedVolumes } from '../../viewer/load-volumes.ts'
import { fullestSlice, type Voxel } from '../../viewer/places.ts'
import { words } from './strings.ts'

const text = words.numbers
type Reference = 'annotated' | 'truth'

interface Row {
  readonly name: string
  readonly value: string
  readonly at?: Voxel | null
  /** The axis across which the slice is looked at. */
  readonly axis?: 0 | 2
}

function Rows({ rows, affine, goTo }: { rows: readonly Row[]; affine: readonly number[]; goTo: (at: Voxel) => void }) {
  return (
    <dl className="statistics">
      {rows.map(({ name, value, at, axis = 2 }) => {
        const place = at ? `${'xyz'[axis]} ${millimetres(applyAffine(affine, at)[axis])} mm` : ''
        return (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            {at ? (
              <button type="button" className="link" title={text.jump(place)} onClick={() => goTo(at)}>
                {place}
              </button>
            ) : (
              <span />
            )}
          </div>
        )
      })}
    </dl>
  )
}

function overlapRows(mask: Mask, reference: Reference, loaded: LoadedVolumes): Row[] {
  const found = mask.overlap.find((entry) => entry.with === reference)
  if (found === undefined) return []
  const own = loaded.layers.get('mask')!
  const other = loaded.layers.get(reference)
  const inside = Math.round(found.precision * mask.voxels)
  const outside = mask.voxels - inside
  const at =
    other === undefined || outside === 0
      ? null
      : fullestSlice(own.grid.shape, 2, (flat) => own.values[flat]! > 0 && other.values[flat]! <= 0)
  const share = (part: number) => percent(part / Math.max(1, mask.voxels), 0)
  return [
    { name: text.inside[reference], value: text.count(count(inside), share(inside)) },
    { name: text.outside[reference], value: text.count(count(outside), share(outside)), at },
    { name: text.covered[reference], value: percent(found.recall) },
    { name: text.dice, value: found.dice.toFixed(3) },
  ]
}

export function Statistics({ mask, loaded, goTo }: { mask: Mask; loaded: LoadedVolumes; goTo: (at: Voxel) => void }) {
  const references = mask.overlap.map((entry) => entry.with)
  const [chosen, setChosen] = useState<Reference | null>(null)
  const reference = chosen ?? (references.includes('annotated') ? 'annotated' : (references[0] ?? null))
  const overlap = useMemo(
    () => (reference === null ? [] : overlapRows(mask, reference, loaded)),
    [mask, reference, loaded],
  )
  const own = loaded.layers.get('mask')!
  const fullest = useMemo(() => fullestSlice(own.grid.shape, 2, (flat) => own.values[flat]! > 0), [own])
  const sides = Math.max(1, mask.leftVoxels + mask.rightVoxels)
  const rows: Row[] = [
    { name: text.voxels, value: text.ofBudget(count(mask.voxels), count(mask.budget)), at: fullest },
    ...(mask.rawVoxels === null ? [] : [{ name: text.raw, value: count(mask.rawVoxels) }]),
    { name: text.volume, value: text.cubic(mask.cubicCentimetres.toFixed(1)) },
    { name: text.sides, value: `${percent(mask.leftVoxels / sides, 0)} / ${percent(mask.rightVoxels / sides, 0)}` },
    { name: text.pieces, value: count(mask.components) },
    { name: text.largest, value: percent(mask.largestComponent / Math.max(1, mask.voxels), 0) },
  ]
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
      <div className="body">
        {reference === null ? <p className="ink3">{text.none}</p> : null}
        <Rows rows={[...overlap, ...rows]} affine={own.grid.affine} goTo={goTo} />
        {mask.flags.map((flag) => (
          <p key={flag} className="ink2" style={{ marginTop: 8 }}>
            {flag}
          </p>
        ))}
      </div>
    </section>
  )
}
