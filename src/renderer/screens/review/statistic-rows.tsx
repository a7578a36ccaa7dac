/** Numbers in rows: name, value, and the place to look at or what chance gives. */
import { applyAffine } from '../../../core/volume/affine.ts'
import { WarningGlyph } from '../../components/glyphs.tsx'
import { millimetres } from '../../lib/format.ts'
import type { Voxel } from '../../viewer/places.ts'
import { words } from './strings.ts'

export interface Row {
  readonly name: string
  readonly value: string
  readonly at?: Voxel | null
  /** The axis across which the slice is looked at. */
  readonly axis?: 0 | 2
  /** What stands in the place of a way to look. */
  readonly note?: string
  /** The colour that these voxels have in the views. */
  readonly colour?: readonly [number, number, number]
  /** Worth a look before a verdict. */
  readonly warns?: boolean
}

export function Rows({
  rows,
  affine,
  goTo,
}: {
  rows: readonly Row[]
  affine: readonly number[]
  goTo: (at: Voxel) => void
}) {
  return (
    <dl className="statistics">
      {rows.map(({ name, value, at, axis = 2, note, colour, warns = false }) => {
        const place = at ? `${'xyz'[axis]} ${millimetres(applyAffine(affine, at)[axis])} mm` : ''
        return (
          <div key={name}>
            <dt>
              {warns ? <WarningGlyph /> : null}
              {colour === undefined ? null : (
                <i className="swatch full" style={{ color: `rgb(${colour.join(' ')})` }} />
              )}
              {name}
            </dt>
            <dd>{value}</dd>
            <dd className="ellipsis">
              {at ? (
                <button type="button" className="link" title={words.numbers.jump(place)} onClick={() => goTo(at)}>
                  {place}
                </button>
              ) : (
                <small title={note}>{note ?? ''}</small>
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
