/** 3D: the brain as glass, masks as solid surfaces, and a cube that says which way is which, turned by the real camera. */
import '@kitware/vtk.js/Rendering/Profiles/Geometry'
import vtkImageMarchingCubes from '@kitware/vtk.js/Filters/General/ImageMarchingCubes'
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor'
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper'
import vtkGenericRenderWindow from '@kitware/vtk.js/Rendering/Misc/GenericRenderWindow'
import { useEffect, useRef, useState } from 'react'
import { gaussianFilter } from '../../core/volume/gaussian-filter.ts'
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import type { Layer, LayerName } from './layers.ts'
import { type Camera, OrientationCube, viewInWords } from './orientation-cube.tsx'
import { padded, vtkImage } from './vtk-image.ts'

interface Scene {
  readonly view: ReturnType<typeof vtkGenericRenderWindow.newInstance>
  readonly actors: Map<
    LayerName | 'brain',
    { actor: ReturnType<typeof vtkActor.newInstance>; volume: OrientedVolume<Float32Array>; free: () => void }
  >
}

function surface(volume: OrientedVolume<Float32Array>, level: number) {
  const cubes = vtkImageMarchingCubes.newInstance({ contourValue: level, computeNormals: true, mergePoints: true })
  const image = vtkImage(padded(volume))
  cubes.setInputData(image)
  const mapper = vtkMapper.newInstance({ scalarVisibility: false })
  mapper.setInputConnection(cubes.getOutputPort())
  const actor = vtkActor.newInstance()
  actor.setMapper(mapper)
  return {
    actor,
    mapper,
    free: () => {
      actor.delete()
      mapper.delete()
      cubes.delete()
      image.delete()
    },
  }
}

/**
 * Glass is clearest where one looks straight through it: the opacity grows towards the rim, so that the brain's form is seen and
 * what lies inside it stays free. The line goes before vtk's own lighting, which uses `opacity`.
 */
function showRim(mapper: ReturnType<typeof vtkMapper.newInstance>) {
  const own = mapper.getViewSpecificProperties() as { OpenGL?: object }
  own.OpenGL = {
    ShaderReplacements: [
      {
        shaderType: 'Fragment',
        originalValue: '//VTK::Light::Impl',
        replaceFirst: true,
        replacementValue: `
          float rim = 1.0 - abs(normalVCVSOutput.z);
          opacity *= 0.16 + 1.7 * rim * rim;
          //VTK::Light::Impl`,
        replaceAll: false,
      },
    ],
  }
}

/** The brain's surface without its voxels' steps: only the glass is smoothed, never a mask that is judged. */
function glassOf(brain: OrientedVolume<Float32Array>) {
  const { grid, values } = padded(brain)
  const smooth = Float32Array.from(gaussianFilter(values, grid.shape, 0.8))
  // A little outside the brain, so that a mask that fills it lies inside the glass. Smoothing thins a brain of one slice.
  const highest = smooth.reduce((most, value) => Math.max(most, value), 0)
  return surface({ grid, values: smooth }, Math.min(0.3, highest / 2))
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
  const brainRef = useRef(brain)
  brainRef.current = brain

  useEffect(() => {
    const element = host.current
    if (element === null) return
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
      made.actors.set('brain', { actor, volume: brainRef.current, free })
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
      renderer.resetCameraClippingRange()
      const look = () => {
        // vtk's "up" is what the user set; what is up on the screen is its part across the line of sight.
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
        view.resize()
        view.getRenderWindow().render()
      })
      observer.observe(element)
      return () => {
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
  }, [])

  useEffect(() => {
    const made = scene.current
    if (made === null) return
    const renderer = made.view.getRenderer()
    const wanted = new Set<LayerName>()
    for (const layer of layers) {
      const { name, colour } = layer.style
      wanted.add(name)
      let known = made.actors.get(name)
      if (known === undefined || known.volume !== layer.volume) {
        if (known !== undefined) {
          renderer.removeActor(known.actor)
          known.free()
        }
        const { actor, free } = surface(layer.volume, layer.style.outline === 'ramp' ? (layer.threshold ?? 1e-3) : 0.5)
        known = { actor, volume: layer.volume, free }
        made.actors.set(name, known)
        renderer.addActor(actor)
      }
      const property = known.actor.getProperty()
      property.setColor(colour[0] / 255, colour[1] / 255, colour[2] / 255)
      property.setOpacity(name === 'mask' ? layer.opacity : (name === 'rawMask' ? 0.3 : 0.16) * layer.opacity)
      property.setAmbient(0.25)
      property.setDiffuse(0.8)
      known.actor.setVisibility(layer.visible && layer.opacity > 0)
    }
    for (const [name, { actor, free }] of made.actors) {
      if (name === 'brain' || wanted.has(name)) continue
      renderer.removeActor(actor)
      free()
      made.actors.delete(name)
    }
    made.view.getRenderWindow().render()
  }, [layers])

  return (
    <div className="slice" data-plane="3d">
      {failed === null ? (
        <div ref={host} style={{ position: 'absolute', inset: 0 }} role="img" aria-label={label} />
      ) : (
        <p style={{ padding: 24, color: '#b4bcc5' }}>
          The 3D view could not start on this computer ({failed}). The slices show the same mask.
        </p>
      )}
      <span className="label" style={{ left: 8, top: 6 }}>
        3D
      </span>
      <span className="label" style={{ right: 8, top: 6 }}>
        seen {viewInWords(sight)}
      </span>
      <OrientationCube camera={sight} />
    </div>
  )
}
