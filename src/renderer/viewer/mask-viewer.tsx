/** Three linked slices and the 3D view of one mask, and the layer list beside them. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { MaskVolumes } from '../../core/contract/result.ts'
import { applyAffine } from '../../core/volume/affine.ts'
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import { ErrorNote, Segments } from '../components/basics.tsx'
import { Icon } from '../components/icons.tsx'
import { isTyping } from '../components/shortcut-sheet.tsx'
import { millimetres } from '../lib/format.ts'
import { useWindow } from '../lib/state.ts'
import { fetchVolume } from '../lib/volumes.ts'
import { brainFrame, usualWindow } from './frame.ts'
import { GlassBrain } from './glass-brain.tsx'
import { LayerList, type LayerState } from './layer-list.tsx'
import { type Layer, type LayerName, layerStyles } from './layers.ts'
import { type Cross, SliceView } from './slice-view.tsx'
import { words } from './strings.ts'
import { useSliceScale } from './use-slice-scale.ts'

export const usualLayers: LayerState = {
  mask: { visible: true, opacity: 1 },
  rawMask: { visible: false, opacity: 1 },
  weights: { visible: false, opacity: 0.9 },
  annotated: { visible: true, opacity: 1 },
  truth: { visible: false, opacity: 1 },
}

export interface LoadedVolumes {
  readonly background: OrientedVolume<Float32Array>
  readonly brain: OrientedVolume<Float32Array>
  readonly layers: ReadonlyMap<LayerName, OrientedVolume<Float32Array>>
}

export async function loadVolumes(volumes: MaskVolumes): Promise<LoadedVolumes> {
  const grid = volumes.grid
  const layers = new Map<LayerName, OrientedVolume<Float32Array>>()
  for (const { name } of layerStyles) {
    const ref = volumes[name]
    if (ref !== null) layers.set(name, await fetchVolume(ref, grid))
  }
  return {
    background: await fetchVolume(volumes.background.volume, grid),
    brain: await fetchVolume(volumes.brain, grid),
    layers,
  }
}

/** The voxel nearest to the mask's centre of mass: views always cut through the mask. */
export function centreOf(volume: OrientedVolume<Float32Array>): Cross {
  const [, ny, nz] = volume.grid.shape
  const sum = [0, 0, 0]
  const inside: Cross[] = []
  volume.values.forEach((value, at) => {
    if (value > 0) {
      const point: Cross = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
      inside.push(point)
      for (let axis = 0; axis < 3; axis++) sum[axis]! += point[axis]!
    }
  })
  if (inside.length === 0) return volume.grid.shape.map((size) => Math.floor(size / 2)) as unknown as Cross
  const centre = sum.map((value) => value / inside.length)
  const distance = (point: Cross) => point.reduce((total, value, axis) => total + (value - centre[axis]!) ** 2, 0)
  return inside.reduce((best, point) => (distance(point) < distance(best) ? point : best))
}

export interface SideParts {
  readonly layers: ReactNode
  readonly readout: ReactNode
  readonly loaded: LoadedVolumes
  readonly goTo: (at: Cross) => void
}

function highestOf(values: Float32Array | undefined): number {
  return (values ?? new Float32Array()).reduce((most, value) => Math.max(most, value), 1e-9)
}

export function MaskViewer({
  volumes,
  threshold,
  side,
}: {
  volumes: MaskVolumes
  /** Smallest weight inside the mask. */
  threshold: number
  side: (parts: SideParts) => ReactNode
}) {
  const loaded = useQuery({
    queryKey: ['volumes', volumes.mask.id, volumes.weights.id],
    queryFn: () => loadVolumes(volumes),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (loaded.error !== null) return <ErrorNote error={loaded.error} />
  if (loaded.data === undefined) return <div className="slices" aria-busy="true" />
  return <Views loaded={loaded.data} backgroundName={volumes.background.name} threshold={threshold} side={side} />
}

function Views({
  loaded,
  backgroundName,
  threshold,
  side,
}: {
  loaded: LoadedVolumes
  backgroundName: string
  threshold: number
  side: (parts: SideParts) => ReactNode
}) {
  const { settings, change } = useWindow()
  const [layers, setLayers] = useState<LayerState>(usualLayers)
  const [fill, setFill] = useState(false)
  const [peek, setPeek] = useState(false)
  const mask = loaded.layers.get('mask')!
  const [cross, setCross] = useState<Cross>(() => centreOf(mask))
  const settled = settings.leftRight !== null
  const convention = useMemo(
    () => ({ leftRight: settings.leftRight ?? ('neurological' as const), nose: settings.nose }),
    [settings],
  )

  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'm') setPeek(true)
      if (event.key === 'o') setFill((now) => !now)
      if (event.key === 'c') setCross(centreOf(mask))
      if (event.key === '[' || event.key === ']') {
        const by = event.key === ']' ? 0.1 : -0.1
        setLayers((now) => ({
          ...now,
          mask: { ...now.mask, opacity: Math.round(10 * Math.max(0, Math.min(1, now.mask.opacity + by))) / 10 },
        }))
      }
    }
    const up = (event: KeyboardEvent) => {
      if (event.key === 'm') setPeek(false)
    }
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
    return () => {
      window.removeEventListener('keydown', down)
      window.removeEventListener('keyup', up)
    }
  }, [mask])

  const drawn = useMemo<Layer[]>(
    () =>
      layerStyles
        .flatMap((style) => {
          const volume = loaded.layers.get(style.name)
          return volume === undefined
            ? []
            : [
                {
                  style,
                  volume,
                  visible: layers[style.name].visible && !peek,
                  opacity: layers[style.name].opacity,
                  threshold,
                },
              ]
        })
        .reverse(),
    [loaded, layers, peek, threshold],
  )
  const grey = useMemo(() => usualWindow(loaded.background, loaded.brain), [loaded])
  const frame = useMemo(() => brainFrame(loaded.brain), [loaded])
  const highest = useMemo(() => highestOf(loaded.layers.get('weights')?.values), [loaded])
  const { shape, affine } = loaded.background.grid
  const slices = useRef<HTMLDivElement>(null)
  const scale = useSliceScale(slices, frame, affine)
  const views = {
    convention,
    background: loaded.background,
    window: grey,
    layers: drawn,
    fill,
    cross,
    frame,
    scale,
    settled,
    onCross: setCross,
  }
  const place = applyAffine(affine, cross)
  const flat = (cross[0] * shape[1] + cross[1]) * shape[2] + cross[2]
  const weight = loaded.layers.get('weights')?.values[flat] ?? 0

  const list = (
    <LayerList
      present={(name) => loaded.layers.has(name)}
      state={layers}
      fill={fill}
      threshold={threshold}
      highest={highest}
      onChange={(name, next) => setLayers((now) => ({ ...now, [name]: { ...now[name], ...next } }))}
    />
  )
  const readout = (
    <dl className="readout">
      <dt>{words.readout.voxel}</dt>
      <dd>{cross.join(', ')}</dd>
      <dt>{words.readout.millimetres}</dt>
      <dd>{place.map(millimetres).join(', ')}</dd>
      <dt>{words.readout.weight}</dt>
      <dd>
        {weight.toFixed(3)}, {mask.values[flat]! > 0 ? words.readout.inside : words.readout.outside}
      </dd>
      <dt>{words.readout.background}</dt>
      <dd className="ellipsis" title={backgroundName}>
        {backgroundName}
      </dd>
    </dl>
  )
  return (
    <div className="columns" style={{ gridTemplateColumns: 'minmax(0, 1fr) 320px' }}>
      <div className="pane">
        <header className="view-bar">
          <Segments
            label={words.bar.manner}
            value={fill ? 'fill' : 'outline'}
            options={[
              ['outline', words.bar.outline],
              ['fill', words.bar.fill],
            ]}
            onChange={(value) => setFill(value === 'fill')}
          />
          <span className="ink2 row">
            <Icon name="eye" size={16} /> {words.bar.peek} <kbd className="key">M</kbd>
          </span>
          <span className="grow" />
          <Segments
            label={words.bar.leftRight}
            value={settings.leftRight}
            options={[
              ['neurological', words.bar.neurological],
              ['radiological', words.bar.radiological],
            ]}
            onChange={(leftRight) => change({ leftRight })}
          />
          <Segments
            label={words.bar.sagittal}
            value={settings.nose}
            options={[
              ['left', words.bar.noseLeft],
              ['right', words.bar.noseRight],
            ]}
            onChange={(nose) => change({ nose })}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={words.bar.centre}
            title={words.bar.centre}
            onClick={() => setCross(centreOf(mask))}
          >
            <Icon name="target" />
          </button>
        </header>
        <div className="slices" ref={slices}>
          <SliceView plane="sagittal" {...views} />
          <SliceView plane="coronal" {...views} />
          <SliceView plane="axial" {...views} />
          <GlassBrain brain={loaded.brain} layers={drawn} label="The mask in 3D inside the brain" />
        </div>
      </div>
      {side({ layers: list, readout, loaded, goTo: setCross })}
    </div>
  )
}
