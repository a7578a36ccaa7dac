/** Three linked slices and the 3D view of one mask, and the layer list beside them. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { MaskVolumes } from '../../core/contract/result.ts'
import { applyAffine, voxelSizes } from '../../core/volume/affine.ts'
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import { Button, ErrorNote, Segments } from '../components/basics.tsx'
import { millimetres } from '../lib/format.ts'
import { useWindow } from '../lib/state.ts'
import { fetchVolume } from '../lib/volumes.ts'
import { GlassBrain } from './glass-brain.tsx'
import { type Layer, type LayerName, layerStyles } from './layers.ts'
import { type Cross, SliceView } from './slice-view.tsx'

export type LayerState = Readonly<Record<LayerName, { visible: boolean; opacity: number }>>

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

function highest(values: Float32Array): number {
  let found = 1e-9
  for (const value of values) if (value > found) found = value
  return found
}

export function MaskViewer({
  volumes,
  side,
}: {
  volumes: MaskVolumes
  side: (parts: { layers: ReactNode; readout: ReactNode }) => ReactNode
}) {
  const loaded = useQuery({
    queryKey: ['volumes', volumes.mask.id, volumes.weights.id],
    queryFn: () => loadVolumes(volumes),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (loaded.error !== null) return <ErrorNote error={loaded.error} />
  if (loaded.data === undefined) return <div className="slices" aria-busy="true" />
  return <Views loaded={loaded.data} backgroundName={volumes.background.name} side={side} />
}

function Views({
  loaded,
  backgroundName,
  side,
}: {
  loaded: LoadedVolumes
  backgroundName: string
  side: (parts: { layers: ReactNode; readout: ReactNode }) => ReactNode
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
    const typing = (event: KeyboardEvent) =>
      event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
    const down = (event: KeyboardEvent) => {
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'm') setPeek(true)
      if (event.key === 'o') setFill((now) => !now)
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
  }, [])

  const drawn = useMemo<Layer[]>(
    () =>
      layerStyles
        .flatMap((style) => {
          const volume = loaded.layers.get(style.name)
          return volume === undefined
            ? []
            : [{ style, volume, visible: layers[style.name].visible && !peek, opacity: layers[style.name].opacity }]
        })
        .reverse(),
    [loaded, layers, peek],
  )
  const range = useMemo<[number, number]>(() => [0, highest(loaded.background.values) * 2.2], [loaded])
  const outline = useMemo<[number, number]>(
    () => (backgroundName.startsWith('brain outline') ? range : [0, highest(loaded.background.values)]),
    [backgroundName, loaded, range],
  )
  const { shape, affine } = loaded.background.grid
  const sizes = voxelSizes(affine)
  const scale = Math.min(6, 330 / Math.max(...shape.map((size, axis) => size * sizes[axis]!)))
  const views = {
    convention,
    background: loaded.background,
    window: outline,
    layers: drawn,
    fill,
    cross,
    scale,
    settled,
    onCross: setCross,
  }
  const place = applyAffine(affine, cross)
  const flat = (cross[0] * shape[1] + cross[1]) * shape[2] + cross[2]
  const weight = loaded.layers.get('weights')?.values[flat] ?? 0

  const list = (
    <ul aria-label="Layers">
      {layerStyles
        .filter((style) => loaded.layers.has(style.name))
        .map((style) => {
          const state = layers[style.name]
          const set = (next: Partial<typeof state>) =>
            setLayers((now) => ({ ...now, [style.name]: { ...now[style.name], ...next } }))
          return (
            <li key={style.name} className="layer">
              <input
                type="checkbox"
                aria-label={`Show ${style.label}`}
                checked={state.visible}
                onChange={(event) => set({ visible: event.target.checked })}
              />
              <i
                className={`swatch ${style.outline === 'dashed' ? 'dashed' : style.outline === 'dotted' ? 'dotted' : style.outline === 'ramp' || fill ? 'full' : ''}`}
                style={{ color: `rgb(${style.colour.join(' ')})` }}
              />
              <span className="ellipsis">{style.label}</span>
              <input
                type="range"
                min={0}
                max={1}
                step={0.05}
                aria-label={`Opacity of ${style.label}`}
                value={state.opacity}
                disabled={!state.visible}
                onChange={(event) => set({ opacity: Number(event.target.value) })}
              />
              <span className="ink2" style={{ textAlign: 'right' }}>
                {state.visible ? `${Math.round(state.opacity * 100)} %` : 'off'}
              </span>
            </li>
          )
        })}
    </ul>
  )
  const readout = (
    <dl className="facts">
      <dt className="ink3">voxel i j k</dt>
      <dd>{cross.join(', ')}</dd>
      <dt className="ink3">mm x y z</dt>
      <dd>{place.map(millimetres).join(', ')}</dd>
      <dt className="ink3">weight</dt>
      <dd>
        {weight.toFixed(3)}, {mask.values[flat]! > 0 ? 'in the mask' : 'not in the mask'}
      </dd>
    </dl>
  )
  return (
    <div className="columns" style={{ gridTemplateColumns: 'minmax(0, 1fr) 336px' }}>
      <div className="pane">
        <header>
          <Segments
            label="Manner"
            value={fill ? 'fill' : 'outline'}
            options={[
              ['outline', 'Outline'],
              ['fill', 'Fill'],
            ]}
            onChange={(value) => setFill(value === 'fill')}
          />
          <span className="ink3 row">
            hold to hide <span className="key">M</span>
          </span>
          <span className="grow" />
          <Segments
            label="Left and right"
            value={settings.leftRight}
            options={[
              ['neurological', 'Neurological'],
              ['radiological', 'Radiological'],
            ]}
            onChange={(leftRight) => change({ leftRight })}
          />
          <Segments
            label="Sagittal"
            value={settings.nose}
            options={[
              ['left', 'Nose left'],
              ['right', 'Nose right'],
            ]}
            onChange={(nose) => change({ nose })}
          />
          <Button kind="bare" onPress={() => setCross(centreOf(mask))}>
            Centre
          </Button>
        </header>
        <div className="slices">
          <SliceView plane="sagittal" {...views} />
          <SliceView plane="coronal" {...views} />
          <SliceView plane="axial" {...views} />
          <GlassBrain brain={loaded.brain} layers={drawn} label="The mask in 3D inside the brain" />
        </div>
        <p className="small" style={{ padding: '4px 14px' }}>
          Background: {backgroundName}.
        </p>
      </div>
      {side({ layers: list, readout })}
    </div>
  )
}
