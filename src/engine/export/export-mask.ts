/**
 * A mask as a BIDS derivative: binary mask in the subject's own grid, the continuous weight map beside it, and sidecars that say
 * how it came about. Written into a new folder tree; a file that is there already with other content is never overwritten.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import type { exportSchema, Mask, Subject } from '../../core/contract/result.ts'
import { describeReview, type Review } from '../../core/contract/review.ts'
import type { Run } from '../../core/contract/run.ts'
import { ProblemError } from '../../core/problem.ts'
import type { MaskResult } from '../../core/troi/mask-result.ts'
import { type Box, cropGrid, cropVolume } from '../../core/volume/crop.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import { writeAtomically } from '../project/atomic-file.ts'
import { fileProblem } from '../project/file-problem.ts'
import { settingsOfMask } from './mask-settings.ts'
import { niftiGz } from './write-nifti.ts'

export interface MaskToExport {
  readonly mask: Mask
  readonly result: MaskResult
  readonly subject: Subject
  /** Flat grid index of each voxel of the subject. */
  readonly index: Int32Array
  /** A box of the subject's grid to write the mask on as well; null for the whole grid only. */
  readonly crop: Box | null
  readonly run: Run
  readonly version: string
  /** Where the subject came from: SHA-256 of its inputs, decisions; null for simulated ones. */
  readonly provenance: unknown
  /** Newest first; empty where nobody judged the mask. */
  readonly reviews: readonly Review[]
}

type Exported = z.infer<typeof exportSchema>

function onGrid<T extends Uint8Array | Float32Array>(values: T, index: Int32Array, empty: T): T {
  for (let v = 0; v < index.length; v++) empty[index[v]!] = values[v]!
  return empty
}

/** "sub-01" and the participant label BIDS allows: letters and digits. */
function participant(name: string): string {
  return `sub-${name.replace(/^sub-/, '').replace(/[^A-Za-z0-9]/g, '')}`
}

export function exportMask(item: MaskToExport, folder: string): Exported {
  const { mask, result, subject, index, run, version, crop } = item
  const grid = { shape: mask.grid.shape, affine: mask.grid.affine }
  const who = participant(subject.name)
  const binary = onGrid(result.mask, index, new Uint8Array(gridSize(grid)))
  const weights = onGrid(result.score, index, new Float32Array(gridSize(grid)))
  const sidecar = {
    Type: 'ROI',
    Description: `${mask.voxels} voxels chosen by the ${result.preset} preset for decoding ${subject.targets} of ${subject.name}.`,
    Sources: [`bids::${who}`],
    SpatialReference: 'The grid of the subject’s own functional images; voxel to mm by the sform of this file.',
    TROIWorkstation: {
      version,
      run: {
        id: run.id,
        name: run.name,
        created: run.created,
        started: run.started,
        ended: run.ended,
        device: run.device,
      },
      request: run.request,
      settings: settingsOfMask(mask, run),
      voxels: {
        budget: mask.budget,
        mask: mask.voxels,
        beforeExactSelection: mask.rawVoxels,
        left: mask.leftVoxels,
        right: mask.rightVoxels,
      },
      threshold: mask.threshold,
      overlap: mask.overlap,
      flags: mask.flags,
      subject: { name: subject.name, origin: subject.origin, notes: subject.notes },
      review: {
        status: describeReview(item.reviews[0] ?? null),
        newest: item.reviews[0] ?? null,
        history: item.reviews,
      },
      provenance: item.provenance,
    },
  }
  const description = {
    Name: 'TROI Workstation masks',
    BIDSVersion: '1.9.0',
    DatasetType: 'derivative',
    GeneratedBy: [
      {
        Name: 'TROI Workstation',
        Version: version,
        Description: 'Trainable voxel selection for fMRI decoding (TROI, arXiv 2502.00412).',
      },
    ],
  }
  const name = `label-visual_desc-${result.preset}${mask.name.replace(/[^A-Za-z0-9]/g, '')}`
  const files: [string, Uint8Array][] = [
    ['dataset_description.json', text(description)],
    ['.bidsignore', Buffer.from('*_weights.nii.gz\n*_weights.json\n')],
    ...volumes(item, { grid, binary, weights, sidecar }, `${who}/func/${who}_space-orig_${name}`),
  ]
  if (crop !== null) {
    const cropped = {
      grid: cropGrid(grid, crop),
      binary: cropVolume(binary, grid, crop),
      weights: cropVolume(weights, grid, crop),
      sidecar: {
        ...sidecar,
        SpatialReference: `A box of the subject’s own functional images, ${crop.shape.join(' × ')} voxels from voxel (${crop.start.join(', ')}) on, none of them resampled; voxel to mm by the sform of this file.`,
      },
    }
    files.push(...volumes(item, cropped, `${who}/func/${who}_space-crop_${name}`))
  }
  return writeFiles(folder, files)
}

function text(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}

interface Written {
  readonly grid: Grid
  /** One value per voxel of the grid. */
  readonly binary: Uint8Array
  readonly weights: Float32Array
  readonly sidecar: object
}

/** Mask and weights on one grid, each with its sidecar. */
function volumes(
  { mask }: MaskToExport,
  { grid, binary, weights, sidecar }: Written,
  stem: string,
): [string, Uint8Array][] {
  return [
    [`${stem}_mask.nii.gz`, niftiGz({ grid, values: binary, description: `TROI mask, ${mask.voxels} voxels` })],
    [`${stem}_mask.json`, text(sidecar)],
    [`${stem}_weights.nii.gz`, niftiGz({ grid, values: weights, description: 'TROI filtered score' })],
    [
      `${stem}_weights.json`,
      text({
        Description: 'Filtered score of every voxel; the mask holds the highest ones. Not a probability.',
        Threshold: mask.threshold,
      }),
    ],
  ]
}

/**
 * Writes files that are not there yet. Equal ones are left, others are an ALREADY_EXISTS before anything is written; so are
 * folders that cannot be made or written to (READ_ONLY).
 */
export function writeFiles(folder: string, files: readonly (readonly [string, Uint8Array])[]): Exported {
  for (const [name, bytes] of files) {
    const path = join(folder, name)
    if (!existsSync(path) || holds(path, bytes)) continue
    throw new ProblemError({
      code: 'ALREADY_EXISTS',
      message: 'A file with other content is there already.',
      where: path,
      fix: 'Choose an empty folder.',
    })
  }
  try {
    for (const [name] of files) mkdirSync(dirname(join(folder, name)), { recursive: true })
  } catch (error) {
    throw fileProblem(error, folder)
  }
  const written: Exported['files'] = []
  for (const [name, bytes] of files) {
    const path = join(folder, name)
    if (!existsSync(path)) writeAtomically(path, bytes)
    written.push({ name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
  return { folder, files: written }
}

/** Whether a file holds exactly these bytes; a folder of that name does not. */
function holds(path: string, bytes: Uint8Array): boolean {
  try {
    const info = statSync(path)
    return info.isFile() && info.size === bytes.length && readFileSync(path).equals(bytes)
  } catch (error) {
    throw fileProblem(error, path)
  }
}
