/** Three slices of the preview volume with the crop box, and how much of brain and ROI lies in it while it moves. */
import { useMemo, useRef, useState } from 'react'
import { voxelSizes } from '../../../../core/volume/affine.ts'
import type { Box } from '../../../../core/volume/crop.ts'
import type { OrientedVolume } from '../../../../core/volume/orientation.ts'
import { count, percent } from '../../../lib/format.ts'
import { useWindow } from '../../../lib/state.ts'
import { brainFrame, usualWindow } from '../../../viewer/frame.ts'
import { type Layer, layerStyles } from '../../../viewer/layers.ts'
import { wholeBrain } from '../../../viewer/slice-place.ts'
import { type Cross, SliceView } from '../../../viewer/slice-view.tsx'
import { useSliceScale } from '../../../viewer/use-slice-scale.ts'
import { countInBox } from './box.ts'
import { CropFrame } from './crop-frame.tsx'
import { words } from './strings.ts'

type Volume = OrientedVolume<Float32Array>

export interface CropVolumes {
  readonly volume: Volume
  readonly brain: Volume | null
  readonly annotated: Volume | null
}

interface CropViewsProps {
  readonly volumes: CropVolumes
  /** On the RAS+ grid; null while the whole volume is taken. */
  readonly box: Box | null
  readonly onBox: (box: Box) => void
  readonly onDone: (box: Box) => void
}

const planes = ['sagittal', 'coronal', 'axial'] as const
const keep = () => {}

function covered(volume: Volume | null, box: Box): string {
  if (volume === null) return words.none
  const { all, inside } = countInBox(volume.values, [...volume.grid.shape], box)
  return words.ofVoxels(percent(all === 0 ? 0 : inside / all), count(inside), count(all))
}

export function CropViews({ volumes, box, onBox, onDone }: CropViewsProps) {
  const { volume, brain, annotated } = volumes
  const { grid } = volume
  const settings = useWindow((state) => state.settings)
  const slices = useRef<HTMLDivElement>(null)
  const frame = useMemo(() => brainFrame(brain ?? volume), [brain, volume])
  const grey = useMemo(() => usualWindow(volume, brain ?? volume), [volume, brain])
  const scale = useSliceScale(slices, frame, grid.affine)
  const [cross, setCross] = useState<Cross>(
    () => frame.low.map((low, axis) => Math.round((low + frame.high[axis]!) / 2)) as unknown as Cross,
  )
  const convention = useMemo(
    () => ({ leftRight: settings.leftRight ?? ('neurological' as const), nose: settings.nose }),
    [settings.leftRight, settings.nose],
  )
  const layers = useMemo<Layer[]>(() => {
    const style = layerStyles.find(({ name }) => name === 'annotated')!
    return annotated === null ? [] : [{ style, volume: annotated, visible: true, opacity: 1 }]
  }, [annotated])
  const sizes = voxelSizes(grid.affine)
  return (
    <>
      <div className="slices crop" ref={slices}>
        {planes.map((plane) => (
          <div key={plane} className="crop-view">
            <SliceView
              {...{ plane, cross, frame, scale, convention, layers }}
              background={volume}
              window={grey}
              sight={wholeBrain}
              settled={settings.leftRight !== null}
              swipe={null}
              windowDrag={false}
              fill={false}
              onCross={setCross}
              onSight={keep}
              onWindow={keep}
            />
            {box === null ? null : <CropFrame {...{ plane, convention, grid, frame, scale, box, onBox, onDone }} />}
          </div>
        ))}
      </div>
      {box === null ? null : (
        <dl className="facts crop-facts">
          <dt>{words.size}</dt>
          <dd>
            {words.voxels(box.shape.join(' × '))},{' '}
            {words.millimetres(box.shape.map((size, axis) => (size * sizes[axis]!).toFixed(0)).join(' × '))}
          </dd>
          <dt>{words.brain}</dt>
          <dd>{covered(brain, box)}</dd>
          <dt>{words.roi}</dt>
          <dd>{covered(annotated, box)}</dd>
        </dl>
      )}
    </>
  )
}
