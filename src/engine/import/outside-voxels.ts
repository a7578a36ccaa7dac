/**
 * Voxels without numbers. Without a brain mask, a voxel that is NaN in every volume lies outside the brain, as contrasts of SPM say it.
 * The survey looks at the first volume of every image, which costs little: it tells damage early, and all there is to tell where
 * images have one volume each. The import looks at every volume.
 */
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { readFirstVolume, type VolumeSource } from './volume-source.ts'

interface Looked {
  readonly grid: Grid
  readonly isMasked: boolean
}

/** The problem of a voxel (flat index) without a number in a volume (from 0). `elsewhere` names a volume in which it has one. */
export function notFinite(
  { grid, isMasked }: Looked,
  path: string,
  voxel: number,
  volume: number,
  elsewhere?: string,
): ProblemError {
  const [, ny, nz] = grid.shape
  const place = [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz]
  return new ProblemError({
    code: 'NOT_FINITE',
    message: `Voxel (${place.join(', ')}) of volume ${volume + 1} is not a finite number${elsewhere === undefined ? '' : `, but it is one in ${elsewhere}`}.`,
    where: path,
    expected: isMasked ? 'finite numbers inside the brain mask' : 'a finite number in every volume, or in none',
    fix: 'Give a brain mask that leaves these voxels out, or repair the images.',
  })
}

export interface SurveyedOutside {
  /** Voxels without a number in the first volume of every image. */
  readonly voxels: number
  /** Whether no image has another volume, so that the count is final. */
  readonly isFinal: boolean
}

/**
 * Null where a brain mask says what lies outside, or where numbers are stored as integers or a first volume cannot be had alone.
 * Throws NOT_FINITE where a voxel has a number in one image and none in another.
 */
export async function surveyOutside(
  images: readonly VolumeSource[],
  inside: Int32Array,
  looked: Looked,
): Promise<SurveyedOutside | null> {
  if (looked.isMasked || images.some((file) => !file.dtype.startsWith('float') || file.firstVolume === undefined))
    return null
  const [nx, ny, nz] = looked.grid.shape
  const inFile = (at: number) => Math.floor(at / (ny * nz)) + nx * ((Math.floor(at / nz) % ny) + ny * (at % nz))
  let missing: Uint8Array | null = null
  for (const file of images) {
    const values: Float32Array = unwrap(await readFirstVolume(file))
    const own = Uint8Array.from(inside, (at) => (Number.isFinite(values[inFile(at)]!) ? 0 : 1))
    const before: Uint8Array = missing ?? own
    const differs = own.findIndex((value, v) => value !== before[v])
    if (differs >= 0) {
      const [without, other] = own[differs] === 1 ? [file, images[0]!] : [images[0]!, file]
      throw notFinite(looked, without.path, inside[differs]!, 0, `volume 1 of ${other.path}`)
    }
    missing = before
  }
  const voxels = missing?.reduce((sum, value) => sum + value, 0) ?? 0
  return { voxels, isFinal: images.every((file) => file.volumes === 1) }
}

/** What the preview says of it; null where there is nothing to say. */
export function outsideInWords(outside: SurveyedOutside | null): Problem | null {
  if (outside === null || outside.voxels === 0) return null
  const { voxels, isFinal } = outside
  return {
    code: 'NOT_FINITE',
    message: isFinal
      ? `${voxels} voxels without numbers in any volume lie outside the brain and are left out.`
      : `${voxels} voxels without numbers in the first volumes. Those without numbers in any volume are left out; the import counts them.`,
    fix: 'No action is needed if they lie outside the brain; else give a brain mask.',
    count: voxels,
  }
}
