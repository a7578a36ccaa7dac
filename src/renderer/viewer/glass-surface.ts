/** Surfaces of the 3D view: a mask as it is, voxel steps and all, and the brain as glass. */
import vtkImageMarchingCubes from '@kitware/vtk.js/Filters/General/ImageMarchingCubes'
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor'
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper'
import { gaussianFilter } from '../../core/volume/gaussian-filter.ts'
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import { padded, vtkImage } from './vtk-image.ts'

export function surface(volume: OrientedVolume<Float32Array>, level: number) {
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
export function showRim(mapper: ReturnType<typeof vtkMapper.newInstance>) {
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
export function glassOf(brain: OrientedVolume<Float32Array>) {
  const { grid, values } = padded(brain)
  const smooth = Float32Array.from(gaussianFilter(values, grid.shape, 0.8))
  // A little outside the brain, so that a mask that fills it lies inside the glass. Smoothing thins a brain of one slice.
  const highest = smooth.reduce((most, value) => Math.max(most, value), 0)
  return surface({ grid, values: smooth }, Math.min(0.3, highest / 2))
}
