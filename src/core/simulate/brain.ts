/**
 * The outline of one simulated brain: the posterior part of an ellipsoid that a smooth deformation makes individual. All
 * anatomy is built in canonical order (x to the right, y anterior, z superior); how it is stored is decided at the very end.
 */
import type { Random } from '../random/random.ts'
import { type Shape3, smoothField } from './smooth-noise.ts'

export interface Brain {
  readonly shape: Shape3
  /** Flat indices inside the brain, ascending. */
  readonly voxels: Int32Array
  readonly inside: Uint8Array
  /** Voxels below the surface, negative outside. */
  readonly depth: Float32Array
  /** Deformed coordinates per voxel in units of the ellipsoid's half axes, seen from its centre: right, anterior, superior. */
  readonly position: readonly [Float32Array, Float32Array, Float32Array]
  /** Voxels to the right of the plane between the hemispheres; negative to the left. */
  readonly fromMidline: Float32Array
}

/** Half axes and centre in units of half the grid: the front of the ellipsoid is cut off by the grid. */
const halfAxes = [0.95, 1.3, 0.95] as const
const centre = [0, 0.35, 0] as const
const deformation = 0.045

export function growBrain(shape: Shape3, voxelRange: readonly [number, number], random: Random): Brain {
  const size = shape[0] * shape[1] * shape[2]
  const sigma = 0.17 * Math.cbrt(size)
  const half = shape.map((n) => n / 2)
  const position = [0, 1, 2].map(() => smoothField(shape, sigma, random)) as [Float32Array, Float32Array, Float32Array]
  const radius = new Float32Array(size)
  forEachVoxel(shape, (x, y, z, at) => {
    const place = [x, y, z]
    let square = 0
    for (let axis = 0; axis < 3; axis++) {
      const own = position[axis]!
      const regular = (place[axis]! - (shape[axis]! - 1) / 2) / half[axis]!
      own[at] = (regular + deformation * own[at]! - centre[axis]!) / halfAxes[axis]!
      square += own[at]! ** 2
    }
    radius[at] = Math.sqrt(square)
  })
  const [least, most] = voxelRange
  const wanted = least + random.integer(most - least + 1)
  const surface = radius.toSorted()[wanted - 1]!
  const slope = gradientLength(radius, shape)
  const depth = radius.map((value, at) => (surface - value) / Math.max(slope[at]!, 1e-3))
  const inside = Uint8Array.from(radius, (value) => (value <= surface ? 1 : 0))
  return {
    shape,
    inside,
    depth,
    position,
    voxels: Int32Array.from(inside.keys()).filter((at) => inside[at] === 1),
    fromMidline: position[0].map((value) => value * halfAxes[0] * half[0]!),
  }
}

export function forEachVoxel([nx, ny, nz]: Shape3, visit: (x: number, y: number, z: number, at: number) => void): void {
  let at = 0
  for (let x = 0; x < nx; x++) for (let y = 0; y < ny; y++) for (let z = 0; z < nz; z++) visit(x, y, z, at++)
}

/** |∇f| per voxel by central differences, one-sided at the faces of the grid. */
export function gradientLength(field: Float32Array, shape: Shape3): Float32Array {
  const strides = [shape[1] * shape[2], shape[2], 1]
  const out = new Float32Array(field.length)
  forEachVoxel(shape, (x, y, z, at) => {
    const place = [x, y, z]
    let square = 0
    for (let axis = 0; axis < 3; axis++) {
      const below = place[axis]! > 0 ? at - strides[axis]! : at
      const above = place[axis]! < shape[axis]! - 1 ? at + strides[axis]! : at
      const steps = (above - below) / strides[axis]!
      square += steps > 0 ? ((field[above]! - field[below]!) / steps) ** 2 : 0
    }
    out[at] = Math.sqrt(square)
  })
  return out
}

/** All steps on the grid within a distance in voxels, the nearest first; the first one stays in place. */
export function nearbySteps(distance: number): [number, number, number][] {
  const reach = Math.floor(distance)
  const steps: [number, number, number][] = []
  for (let x = -reach; x <= reach; x++)
    for (let y = -reach; y <= reach; y++) for (let z = -reach; z <= reach; z++) steps.push([x, y, z])
  const far = ([x, y, z]: [number, number, number]) => x * x + y * y + z * z
  return steps.filter((step) => far(step) <= distance ** 2).sort((a, b) => far(a) - far(b))
}
