/**
 * A label atlas as NIfTI: one whole number per voxel, 0 for none, and a table that names the numbers. It must lie on the
 * subject's grid; read on another one only when asked, by nearest neighbour.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import Papa from 'papaparse'
import { z } from 'zod'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import { sameAffine } from '../../core/volume/affine.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import { fromFileOrder } from '../../core/volume/nifti-order.ts'
import { resampleNearest } from '../../core/volume/resample.ts'
import { sha256OfFile } from '../project/hashing-reader.ts'
import { settleOrientation } from './nifti-header.ts'
import { forEachVolume, openNifti } from './nifti-volumes.ts'

export interface Atlas {
  readonly file: string
  readonly sha256: string
  readonly labelsFile: string | null
  readonly resampled: boolean
  /** Whole grid, flat order. */
  readonly labels: Int32Array
  readonly names: ReadonlyMap<number, string>
}

/** Above it, float32 cannot tell whole numbers apart. */
const largestLabel = 2 ** 24

function bad(message: string, where: string, expected: string, fix: string, code: Problem['code'] = 'BAD_FILE'): never {
  throw new ProblemError({ code, message, where, expected, fix })
}

export interface LabelVolume {
  readonly path: string
  readonly grid: Grid
  /** Flat order of `grid`. */
  readonly labels: Int32Array
}

/**
 * Reads whole-number labels on their own grid. BAD_FILE where there is anything but whole numbers or more than one volume,
 * ORIENTATION_UNSETTLED as for images. `refuse` may object to the grid before anything is read.
 */
export async function readLabelVolume(path: string, refuse: (grid: Grid) => void = () => {}): Promise<LabelVolume> {
  const file = unwrap(await openNifti(path))
  const affine = unwrap(settleOrientation(file.header, 'ask', path))
  const [nx, ny, nz] = file.header.shape
  const grid: Grid = { shape: [nx!, ny!, nz!], affine }
  if (file.header.volumes !== 1)
    bad(
      `The atlas has ${file.header.volumes} volumes.`,
      path,
      'one volume of labels',
      'Choose a label atlas; a probabilistic one must be turned into labels first.',
    )
  refuse(grid)
  const labels = new Int32Array(gridSize(grid))
  unwrap(
    await forEachVolume(file, (values) => {
      const ordered = fromFileOrder(values, grid.shape)
      for (const [at, value] of ordered.entries()) {
        if (!Number.isInteger(value) || Math.abs(value) > largestLabel)
          bad(
            `The atlas holds ${value}, which is no label.`,
            path,
            'whole numbers, 0 where there is no region',
            'Choose a label atlas; a probabilistic one must be turned into labels first.',
          )
        labels[at] = value
      }
    }),
  )
  return { path, grid, labels }
}

/**
 * Reads an atlas onto `grid`. As `readLabelVolume`, and LENGTH_MISMATCH where its grid is another one and `resample` is off.
 * `labelsPath` null leaves regions without names.
 */
export async function readAtlas(
  path: string,
  labelsPath: string | null,
  grid: Grid,
  resample: boolean,
): Promise<Atlas> {
  const isSame = (own: Grid) =>
    own.shape.every((size, axis) => size === grid.shape[axis]) && sameAffine(own.affine, grid.affine)
  const own = await readLabelVolume(path, (found) => {
    if (!isSame(found) && !resample)
      bad(
        `The atlas is on another grid than the mask (${found.shape.join(' × ')} against ${grid.shape.join(' × ')}, or another affine).`,
        path,
        'the same shape and affine as the subject’s images',
        'Resample the atlas to the images with nearest neighbour, or ask for that here (--resample). It must be in the subject’s own space.',
        'LENGTH_MISMATCH',
      )
  })
  const same = isSame(own.grid)
  return {
    file: basename(path),
    sha256: sha256OfFile(path),
    labelsFile: labelsPath === null ? null : basename(labelsPath),
    resampled: !same,
    labels: same ? own.labels : resampleNearest(own.labels, own.grid, grid),
    names: labelsPath === null ? new Map() : readLabelNames(labelsPath),
  }
}

/** The ending of an atlas taken off and the endings of its table put on, in the order in which they are looked for. */
export function labelTableNames(atlas: string): string[] {
  const stem = atlas.replace(/\.(nii|img|hdr)(\.gz)?$/i, '')
  return ['.tsv', '.json'].map((ending) => stem + ending)
}

const jsonNames = z.record(z.string(), z.string())
const jsonRows = z.array(z.object({ index: z.number().int(), name: z.string() }))

/**
 * Names of labels: a TSV with the columns index and name (as BIDS writes for _dseg), or JSON, either {"1": "V1"} or
 * [{"index": 1, "name": "V1"}]. BAD_TABLE where it is neither, or names one label twice.
 */
export function readLabelNames(path: string): Map<number, string> {
  if (!existsSync(path))
    bad('The table of labels does not exist.', path, 'a TSV or JSON file', 'Check the path.', 'NOT_FOUND')
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  const rows = /\.json$/i.test(path) ? namesFromJson(text, path) : namesFromTable(text, path)
  const names = new Map<number, string>()
  for (const [label, name] of rows) {
    if (names.has(label))
      bad(`Label ${label} is named twice.`, path, 'one name per label', 'Remove one of the rows.', 'BAD_TABLE')
    names.set(label, name)
  }
  return names
}

function namesFromJson(text: string, path: string): [number, string][] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const rows = jsonRows.safeParse(value)
  if (rows.success) return rows.data.map(({ index, name }) => [index, name])
  const names = jsonNames.safeParse(value)
  if (names.success && Object.keys(names.data).every((key) => /^-?\d+$/.test(key)))
    return Object.entries(names.data).map(([key, name]) => [Number(key), name])
  return bad(
    'The table of labels is not understood.',
    path,
    '{"1": "V1"} or [{"index": 1, "name": "V1"}]',
    'Write the table in one of these forms.',
    'BAD_TABLE',
  )
}

function namesFromTable(text: string, path: string): [number, string][] {
  const [header, ...rows] = Papa.parse<string[]>(text, { delimiter: '\t', skipEmptyLines: 'greedy' }).data
  const column = (name: string) => {
    const at = (header ?? []).findIndex((cell) => cell.trim().toLowerCase() === name)
    if (at >= 0) return at
    return bad(`The table of labels has no column "${name}".`, path, 'columns index and name', 'Add it.', 'BAD_TABLE')
  }
  const [index, name] = [column('index'), column('name')]
  return rows.map((row, at) => {
    const label = row[index]?.trim() ?? ''
    if (!/^-?\d+$/.test(label))
      bad(
        `"${label}" in line ${at + 2} is no label.`,
        `${path}, line ${at + 2}`,
        'a whole number',
        'Correct the line.',
        'BAD_TABLE',
      )
    return [Number(label), row[name]?.trim() ?? '']
  })
}
