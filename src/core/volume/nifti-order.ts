/** Between our flat order (z fastest) and the order of NIfTI files and of vtk (x fastest). */
import type { Grid } from './grid.ts'

/** Values in file order (x fastest) from values in flat order (z fastest). */
export function toFileOrder<T extends Float32Array | Uint8Array | Int32Array>(values: T, shape: Grid['shape']): T {
  const [nx, ny, nz] = shape
  const out = values.slice() as T
  let at = 0
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) out[at++] = values[(x * ny + y) * nz + z]!
  return out
}

/** Values in flat order (z fastest) from values in file order (x fastest). */
export function fromFileOrder<T extends Float32Array | Uint8Array | Int32Array>(values: T, shape: Grid['shape']): T {
  const [nx, ny, nz] = shape
  const out = values.slice() as T
  let at = 0
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) out[(x * ny + y) * nz + z] = values[at++]!
  return out
}
