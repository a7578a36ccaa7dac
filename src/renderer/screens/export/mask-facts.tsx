/** What is about to be exported, so that nobody exports the wrong mask. */
import type { Mask } from '../../../core/contract/result.ts'
import { voxelSizes } from '../../../core/volume/affine.ts'
import { axisCodes } from '../../../core/volume/orientation.ts'
import { count, percent, when } from '../../lib/format.ts'
import { words } from './strings.ts'

export function MaskFacts({ mask, subject }: { mask: Mask; subject: string }) {
  const text = words.facts
  const sides = Math.max(1, mask.leftVoxels + mask.rightVoxels)
  const sizes = voxelSizes(mask.grid.affine).map((size) => Number(size.toFixed(2)))
  const facts = [
    [text.subject, subject],
    [text.preset, mask.preset],
    [text.voxels, count(mask.voxels)],
    [text.volume, `${mask.cubicCentimetres.toFixed(1)} cm³`],
    [text.sides, `${percent(mask.leftVoxels / sides, 0)} / ${percent(mask.rightVoxels / sides, 0)}`],
    [text.grid, `${mask.grid.shape.join(' × ')} voxels of ${sizes.join(' × ')} mm`],
    [text.stored, axisCodes(mask.grid.affine).join('')],
    [text.made, when(mask.created)],
  ] as const
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
