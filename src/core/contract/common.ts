/** Pieces every part of the contract uses: ids, places in allowed folders, blobs. */
import { z } from 'zod'

/** Time-ordered id (UUID version 7). */
export const idSchema = z.uuid()

/**
 * A place on disk as a client may name it: a root that the engine offers (workspace, examples, home, …) and a path
 * below it with forward slashes. One function in the engine resolves it and refuses anything outside the root.
 */
export const placeSchema = z.object({ root: z.string().min(1).max(64), path: z.string().max(4096) })
export type Place = z.infer<typeof placeSchema>

/** Bulk numbers travel by `fetch('/data/<id>')`, never through a call: raw little-endian values, C order of `shape`. */
export const blobRefSchema = z.object({
  /** SHA-256 of the bytes, hex. */
  id: z.string().regex(/^[a-f0-9]{64}$/),
  dtype: z.enum(['float32', 'int32', 'uint8']),
  shape: z.array(z.number().int().nonnegative()),
  bytes: z.number().int().nonnegative(),
})
export type BlobRef = z.infer<typeof blobRefSchema>

export const gridSchema = z.object({
  shape: z.tuple([z.number().int().positive(), z.number().int().positive(), z.number().int().positive()]),
  /** 4 × 4 row-major, voxel (i, j, k) to RAS+ millimetres. */
  affine: z.array(z.number()).length(16),
})

/** ISO 8601, UTC. */
export const timeSchema = z.iso.datetime()
