/**
 * Voxels without numbers. Without a brain mask, a voxel that is NaN in every volume lies outside the brain, as contrasts of SPM say it.
 * A voxel with a number in some volumes only, and one without inside a brain mask, stops the import, unless the recipe leaves such
 * voxels out ("missingVoxels"). The survey looks at the first volume of every image, which costs little: it tells damage early, and all
 * there is to tell where images have one volume each. The import looks at every volume.
 */
import { type Problem, unwrap } from '../../core/problem.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { type Finding, FindingError, note, type Offer } from './finding.ts'
import { readFirstVolume, type VolumeSource } from './volume-source.ts'

export interface Looked {
  readonly grid: Grid
  readonly isMasked: boolean
  /** Whether images were resampled: then a voxel may also lie beyond an image. */
  readonly isResampled: boolean
}

/** The problem of a voxel (flat index) without a number in a volume (from 0). `elsewhere` names a volume in which it has one. */
export function notFinite(
  { grid, isMasked, isResampled }: Looked,
  path: string,
  voxel: number,
  volume: number,
  elsewhere?: string,
): Problem {
  const [, ny, nz] = grid.shape
  const place = [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz]
  const beyond = isResampled ? ' It may lie beyond the image, which was read on another grid.' : ''
  return {
    code: 'NOT_FINITE',
    message: `Voxel (${place.join(', ')}) of volume ${volume + 1} is not a finite number${elsewhere === undefined ? '' : `, but it is one in ${elsewhere}`}.${beyond}`,
    where: path,
    expected: isMasked ? 'finite numbers inside the brain mask' : 'a finite number in every volume, or in none',
    fix: 'Give a brain mask that leaves these voxels out, repair the images, or let the recipe leave such voxels out ("missingVoxels": "leave-out").',
  }
}

export interface SurveyedOutside {
  /** Voxels without a number in the first volume of every image; 0 with a brain mask. */
  readonly voxels: number
  /** Voxels that the recipe leaves out because they have no number in some first volume, or inside the mask. */
  readonly missing: number
  /** Whether no image has another volume, so that the counts are final. */
  readonly isFinal: boolean
}

/**
 * Null where numbers are stored as integers or a first volume cannot be had alone. Throws NOT_FINITE, with a way out, where a voxel
 * has a number in one image and none in another, or none inside the mask, and the recipe does not leave such voxels out.
 */
export async function surveyOutside(
  images: readonly VolumeSource[],
  inside: Int32Array,
  looked: Looked,
  leavesOut: boolean,
): Promise<SurveyedOutside | null> {
  if (images.some((file) => !file.dtype.startsWith('float') || file.firstVolume === undefined)) return null
  const [nx, ny, nz] = looked.grid.shape
  const inFile = (at: number) => Math.floor(at / (ny * nz)) + nx * ((Math.floor(at / nz) % ny) + ny * (at % nz))
  const isFinal = images.every((file) => file.volumes === 1)
  /** How many images have no number at a voxel, and the first image without one and with one. */
  const without = new Uint32Array(inside.length)
  const firstWithout = new Int32Array(inside.length).fill(-1)
  const firstWith = new Int32Array(inside.length).fill(-1)
  for (const [image, file] of images.entries()) {
    const values: Float32Array = unwrap(await readFirstVolume(file))
    for (let v = 0; v < inside.length; v++) {
      const lacks = !Number.isFinite(values[inFile(inside[v]!)]!)
      if (lacks) without[v]!++
      const seen = lacks ? firstWithout : firstWith
      if (seen[v] === -1) seen[v] = image
    }
  }
  const isOutside = (v: number) => !looked.isMasked && without[v] === images.length
  const isMissing = (v: number) => without[v]! > 0 && !isOutside(v)
  let [voxels, missing, first] = [0, 0, -1]
  for (let v = 0; v < inside.length; v++)
    if (isOutside(v)) voxels++
    else if (isMissing(v)) {
      if (missing === 0) first = v
      missing++
    }
  if (missing > 0 && !leavesOut) {
    // Without a mask, the voxel has a number in another image.
    const elsewhere = looked.isMasked ? undefined : `volume 1 of ${images[firstWith[first]!]!.path}`
    const problem = notFinite(looked, images[firstWithout[first]!]!.path, inside[first]!, 0, elsewhere)
    const more = missing === 1 ? '' : ` So ${missing === 2 ? 'is 1 more voxel' : `are ${missing - 1} more voxels`}.`
    throw new FindingError({ ...problem, message: problem.message + more, count: missing }, [
      leaveOutOffer(missing, isFinal),
    ])
  }
  return { voxels, missing, isFinal }
}

function leaveOutOffer(voxels: number, isFinal: boolean): Offer {
  return {
    question: 'missingVoxels',
    answer: 'leave-out',
    text:
      voxels === 0
        ? 'If some voxels have no number in later volumes, leave them out.'
        : `Leave out ${voxels === 1 ? 'this voxel' : `these ${voxels} voxels`}${isFinal ? '' : ', and any that have no number in later volumes'}.`,
    change: (recipe) => ({ ...recipe, missingVoxels: 'leave-out' }),
  }
}

/** What the preview says of it. */
export function outsideInWords(outside: SurveyedOutside | null, leavesOut: boolean): Finding[] {
  if (outside === null) return []
  const { voxels, missing, isFinal } = outside
  const out: Finding[] = []
  if (voxels > 0)
    out.push(
      note(
        {
          code: 'NOT_FINITE',
          message: isFinal
            ? `${voxels} voxels without numbers in any volume lie outside the brain and are left out.`
            : `${voxels} voxels without numbers in the first volumes. Those without numbers in any volume are left out; the import counts them.`,
          fix: 'No action is needed if they lie outside the brain; else give a brain mask.',
          count: voxels,
        },
        // Later volumes may differ, and only the import sees them.
        isFinal || leavesOut ? undefined : [leaveOutOffer(0, false)],
      ),
    )
  if (missing > 0)
    out.push(
      note({
        code: 'NOT_FINITE',
        message: `${missing} voxels without a number in ${isFinal ? 'some volumes' : 'some first volumes'} are left out, as the recipe says${isFinal ? '' : '; the import counts them'}.`,
        fix: 'Look where they lie: many of them may mean that an image is damaged or covers less of the brain.',
        count: missing,
      }),
    )
  return out
}

/** What was left out at import, for notes and sidecar; empty sentences where there is nothing to say. */
export function leftOutInWords(
  { outsideVoxels, missingVoxels }: { readonly outsideVoxels: number; readonly missingVoxels: number },
  leavesOut: boolean,
): string[] {
  return [
    outsideVoxels > 0
      ? `${outsideVoxels} voxels without numbers in any volume left out: without a brain mask, they lie outside the brain.`
      : '',
    leavesOut ? `${missingVoxels} voxels without a finite number in some volumes left out, as the recipe says.` : '',
  ]
}
