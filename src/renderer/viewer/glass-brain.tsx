/** 3D: the brain as glass, masks as solid surfaces, and a cube that says which way is which, turned by the real camera. */
import '@kitware/vtk.js/Rendering/Profiles/Geometry'
import type vtkActor from '@kitware/vtk.js/Rendering/Core/Actor'
import vtkGenericRenderWindow from '@kitware/vtk.js/Rendering/Misc/GenericRenderWindow'
import { useEffect, useRef, useState } from 'react'
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import { Button } from '../components/basics.tsx'
import { glassOf, showRim, surface } from './glass-surface.ts'
import type { Layer, LayerName, LayerStyle } from './layers.ts'
import { type Camera, OrientationCube, viewInWords } from './orientation-cube.tsx'
import { words } from './strings.ts'

/** Sent to the 3D view before its picture is read: what was drawn is kept only until the browser has shown it. */
export const drawNow = 'troi-draw-now'

interface Scene {
  readonly view: ReturnType<typeof vtkGenericRenderWindow.newInstance>
  readonly actors: Map<
    LayerName | 'brain',
    {
      actor: ReturnType<typeof vtkActor.newInstance>
      volume: OrientedVolume<Float32Array>
      level: number
      free: () => void
    }
  >
}

/** Whether the graphics system went away. It tells the page only later, and until then whatever is drawn fails. */
function isGone(view: Scene['view']): boolean {
  const canvas = view.getContainer()?.querySelector('canvas')
  return canvas?.getContext('webgl2')?.isContextLost() === true
}

function render(view: Scene['view']): void {
  if (!isGone(view)) view.getRenderWindow().render()
}

/** The mask is solid; what it is compared with stays glassy. */
function solidity({ name, filled }: LayerStyle): number {
  if (filled === true) return 1
  return name === 'mask' || name === 'filtered' ? 1 : name === 'rawMask' ? 0.3 : 0.16
}

export function GlassBrain({
  brain,
  layers,
  label,
}: {
  brain: OrientedVolume<Float32Array>
  layers: readonly Layer[]
  label: string
}) {
  const host = useRef<HTMLDivElement>(null)
  const scene = useRef<Scene | null>(null)
  const [sight, setSight] = useState<Camera>({ direction: [0, 1, 0], up: [0, 0, 1] })
  const [failed, setFailed] = useState<string | null>(null)
  const [lost, setLost] = useState(false)
  // Each start of the graphics system; the way one looks is kept from one to the next.
  const [start, setStart] = useState(0)
  const kept = useRef<{ position: number[]; focal: number[]; up: number[]; angle: number } | null>(null)
  const brainRef = useRef(brain)
  brainRef.current = brain

  // biome-ignore lint/correctness/useExhaustiveDependencies: `start` builds everything anew on purpose
  useEffect(() => {
    const element = host.current
    if (element === null || lost) return
    try {
      const view = vtkGenericRenderWindow.newInstance({ background: [0, 0, 0], listenWindowResize: false })
      view.setContainer(element)
      view.resize()
      const made: Scene = { view, actors: new Map() }
      scene.current = made
      const { actor, mapper, free } = glassOf(brainRef.current)
      showRim(mapper)
      const glass = actor.getProperty()
      glass.setColor(0.72, 0.77, 0.83)
      glass.setOpacity(0.5)
      glass.setAmbient(0.55)
      glass.setSpecular(0.9)
      glass.setSpecularPower(18)
      glass.setBackfaceCulling(true)
      made.actors.set('brain', { actor, volume: brainRef.current, level: 0, free })
      const renderer = view.getRenderer()
      renderer.addActor(actor)
      const camera = renderer.getActiveCamera()
      renderer.resetCamera()
      // From behind, left and above: the occipital pole is what is looked at here.
      const focal = camera.getFocalPoint()
      camera.setPosition(focal[0]! - 160, focal[1]! - 320, focal[2]! + 130)
      camera.setViewUp(0, 0, 1)
      renderer.resetCamera()
      camera.zoom(1.25)
      if (kept.current !== null) {
        const { position, focal, up, angle } = kept.current
        camera.setPosition(...(position as [number, number, number]))
        camera.setFocalPoint(...(focal as [number, number, number]))
        camera.setViewUp(...(up as [number, number, number]))
        camera.setViewAngle(angle)
      }
      renderer.resetCameraClippingRange()
      const look = () => {
        // vtk's "up" is what the user set; what is up on the screen is its part across the line of sight.
        kept.current = {
          position: [...camera.getPosition()],
          focal: [...camera.getFocalPoint()],
          up: [...camera.getViewUp()],
          angle: camera.getViewAngle(),
        }
        const direction = [...camera.getDirectionOfProjection()] as unknown as Camera['direction']
        const wanted = camera.getViewUp()
        const along = direction.reduce((sum, value, axis) => sum + value * wanted[axis]!, 0)
        const across = direction.map((value, axis) => wanted[axis]! - along * value)
        const length = Math.hypot(...across)
        if (length > 1e-6) setSight({ direction, up: across.map((value) => value / length) as unknown as Camera['up'] })
      }
      look()
      const subscription = camera.onModified(look)
      const observer = new ResizeObserver(() => {
        if (!isGone(view)) view.resize()
      })
      observer.observe(element)
      const redraw = () => render(view)
      const stopped = (event: Event) => {
        event.preventDefault()
        setLost(true)
      }
      element.addEventListener(drawNow, redraw)
      element.addEventListener('webglcontextlost', stopped, true)
      return () => {
        element.removeEventListener(drawNow, redraw)
        element.removeEventListener('webglcontextlost', stopped, true)
        observer.disconnect()
        subscription.unsubscribe()
        for (const { free: release } of made.actors.values()) release()
        view.delete()
        scene.current = null
      }
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error))
      return
    }
  }, [start, lost])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a scene that was started anew gets its layers again
  useEffect(() => {
    const made = scene.current
    if (made === null) return
    const renderer = made.view.getRenderer()
    const wanted = new Set<LayerName>()
    for (const layer of layers) {
      const { name, colour } = layer.style
      // A map is a surface where it reaches its threshold.
      const level = layer.style.outline === 'ramp' ? Math.max(1e-6, layer.threshold ?? 1e-3) : 0.5
      wanted.add(name)
      let known = made.actors.get(name)
      if (known === undefined || known.volume !== layer.volume || known.level !== level) {
        if (known !== undefined) {
          renderer.removeActor(known.actor)
          known.free()
        }
        const { actor, free } = surface(layer.volume, level)
        known = { actor, volume: layer.volume, level, free }
        made.actors.set(name, known)
        renderer.addActor(actor)
      }
      const property = known.actor.getProperty()
      property.setColor(colour[0] / 255, colour[1] / 255, colour[2] / 255)
      property.setOpacity(solidity(layer.style) * layer.opacity)
      property.setAmbient(0.25)
      property.setDiffuse(0.8)
      known.actor.setVisibility(layer.visible && layer.opacity > 0 && layer.side !== 'left')
    }
    for (const [name, { actor, free }] of made.actors) {
      if (name === 'brain' || wanted.has(name)) continue
      renderer.removeActor(actor)
      free()
      made.actors.delete(name)
    }
    render(made.view)
  }, [layers, start, lost])

  return (
    <div className="slice" data-plane="3d">
      {lost ? (
        <div className="solid-note" role="alert">
          <p>{words.solid.lost}</p>
          <Button
            onPress={() => {
              setLost(false)
              setStart((now) => now + 1)
            }}
          >
            {words.solid.restart}
          </Button>
        </div>
      ) : failed === null ? (
        <div ref={host} className="solid-host" role="img" aria-label={label} />
      ) : (
        <p className="solid-note">{words.solid.failed(failed)}</p>
      )}
      <span className="label corner-left">{words.solid.title}</span>
      {lost || failed !== null ? null : (
        <>
          <span className="label corner-right">{words.solid.seen(viewInWords(sight))}</span>
          <OrientationCube camera={sight} />
        </>
      )}
    </div>
  )
}
