/** Masks as others read them: our own reader, nibabel and nifti_tool find the marked voxel at the millimetres it was meant to have. */
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ownFolder } from '../../../test/reliability/support/folder.ts'
import { unwrap } from '../../core/problem.ts'
import { flatIndex, type Grid, gridSize } from '../../core/volume/grid.ts'
import { settleOrientation } from '../import/nifti-header.ts'
import { forEachVolume, openNifti } from '../import/nifti-volumes.ts'
import { niftiFile, niftiGz } from './write-nifti.ts'

const python = '/usr/bin/python3'
const hasNibabel = spawnSync(python, ['-c', 'import nibabel'], { stdio: 'ignore' }).status === 0
const hasNiftiTool = spawnSync('nifti_tool', ['-ver'], { stdio: 'ignore' }).status === 0
const reader = fileURLToPath(new URL('../../../test/support/read-with-nibabel.py', import.meta.url))

const shape = [7, 5, 6] as const
const sizes = [1.8, 2, 2.5] as const
type Matrix = readonly [readonly number[], readonly number[], readonly number[]]

/** Columns of voxel steps, with the middle of the grid at (1, −20, 5) mm. */
function centred(columns: Matrix): Grid {
  const offset = [1, -20, 5].map(
    (middle, row) => middle - [0, 1, 2].reduce((sum, axis) => sum + columns[axis]![row]! * ((shape[axis]! - 1) / 2), 0),
  )
  const affine = [0, 1, 2].flatMap((row) => [columns[0][row]!, columns[1][row]!, columns[2][row]!, offset[row]!])
  return { shape, affine: [...affine, 0, 0, 0, 1] }
}

/** Voxel axis a runs along world axis world[a] with the given sign. */
function along(world: readonly [number, number, number], sign: readonly number[]): Matrix {
  return [0, 1, 2].map((axis) =>
    [0, 1, 2].map((row) => (row === world[axis] ? sign[axis]! * sizes[axis]! : 0)),
  ) as unknown as Matrix
}

/** Turns every column by `degrees` about the axis (x, y, z). */
function turned(columns: Matrix, axis: readonly [number, number, number], degrees: number): Matrix {
  const length = Math.hypot(...axis)
  const [x, y, z] = axis.map((value) => value / length) as [number, number, number]
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return columns.map((v) => {
    const cross = [y * v[2]! - z * v[1]!, z * v[0]! - x * v[2]!, x * v[1]! - y * v[0]!]
    const dot = x * v[0]! + y * v[1]! + z * v[2]!
    return [x, y, z].map((k, row) => v[row]! * c + cross[row]! * s + k * dot * (1 - c))
  }) as unknown as Matrix
}

const signs = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [bits & 4 ? -1 : 1, bits & 2 ? -1 : 1, bits & 1 ? -1 : 1])
const name = (sign: readonly number[]) => sign.map((one) => (one > 0 ? '+' : '-')).join('')
const straight = signs.map((sign) => ({ name: `signs ${name(sign)}`, grid: centred(along([0, 1, 2], sign)) }))
const permuted = (
  [
    [
      [2, 0, 1],
      [-1, 1, 1],
    ],
    [
      [1, 2, 0],
      [1, -1, -1],
    ],
    [
      [0, 2, 1],
      [-1, -1, 1],
    ],
    [
      [2, 1, 0],
      [1, 1, -1],
    ],
  ] as const
).map(([world, sign]) => ({ name: `axes ${world} ${name(sign)}`, grid: centred(along(world, sign)) }))
const oblique = signs.slice(0, 8).map((sign, i) => ({
  name: `oblique ${name(sign)}`,
  grid: centred(turned(along([0, 1, 2], sign), [1, 0.3 * i, -0.5], 12 + 5 * i)),
}))
const halfTurn = { name: 'half a turn', grid: centred(turned(along([0, 1, 2], [1, 1, 1]), [1, 1, 0], 180)) }
const sheared: { name: string; grid: Grid } = {
  name: 'sheared',
  grid: centred([
    [-1.8, 0, 0],
    [0.4, 2, 0],
    [0, 0, 2.5],
  ]),
}
const rigid = [...straight, ...permuted, ...oblique, halfTurn]
const cases = [...rigid, sheared]

const millimetres = ({ affine }: Grid, at: readonly number[]) =>
  [0, 1, 2].map((row) => at.reduce((sum, value, axis) => sum + affine[4 * row + axis]! * value, affine[4 * row + 3]!))

/** The voxel furthest left, of equals the first that is not on two edges at once, so that a swapped axis is noticed. */
function leftmost(grid: Grid): readonly [number, number, number] {
  let best: readonly [number, number, number] = [0, 1, 2]
  for (let x = 0; x < shape[0]; x++)
    for (let y = 1; y < shape[1]; y++)
      for (let z = 2; z < shape[2]; z++)
        if (millimetres(grid, [x, y, z])[0]! < millimetres(grid, best)[0]! - 1e-9) best = [x, y, z]
  return best
}

const folder = ownFolder()
afterAll(() => folder.remove())

const written = cases.map((one, i) => {
  const marked = leftmost(one.grid)
  const values = new Uint8Array(gridSize(one.grid))
  values[flatIndex(shape, ...marked)] = 1
  const path = join(folder.path, `case ${i}.nii.gz`)
  const content = { grid: one.grid, values, description: `case ${i}` }
  writeFileSync(path, niftiGz(content))
  return { ...one, path, marked, content, place: millimetres(one.grid, marked) }
})

function expectNear(actual: readonly number[], wanted: readonly number[], what: string, tolerance = 1e-4): void {
  expect(actual.length, what).toBe(wanted.length)
  for (const [at, number] of wanted.entries())
    expect(Math.abs(actual[at]! - number), `${what} [${at}]: ${actual[at]} for ${number}`).toBeLessThan(tolerance)
}

describe('a mask with one voxel left of the midline', () => {
  it('is set up so that the voxel is on the left in every case', () => {
    expect(new Set(straight.map(({ grid }) => grid.affine.join())).size).toBe(8)
    for (const { place, name: what } of written) expect(place[0], what).toBeLessThan(0)
  })

  it('is read by our own reader at the same place, with sform and qform that agree', async () => {
    for (const { path, grid, marked, place, name: what } of written) {
      const file = unwrap(await openNifti(path))
      const { header } = file
      expect(header.shape, what).toEqual([...shape])
      expect(header.numberType, what).toBe('uint8')
      expectNear(header.sform!, grid.affine, `${what} sform`)
      const found: number[][] = []
      unwrap(
        await forEachVolume(file, (values) => {
          for (let i = 0; i < values.length; i++) {
            // File order: x runs fastest.
            if (values[i] !== 0)
              found.push([i % shape[0], Math.floor(i / shape[0]) % shape[1], Math.floor(i / (shape[0] * shape[1]))])
          }
        }),
      )
      expect(found, what).toEqual([[...marked]])
      const settled = unwrap(settleOrientation(header, 'ask', path))
      expectNear(millimetres({ shape, affine: settled }, found[0]!), place, `${what} place`)
    }
  })

  it('has a qform that says the same as the sform, and none where the axes are sheared', async () => {
    for (const { path, grid, name: what } of written) {
      const { header } = unwrap(await openNifti(path))
      expect(header.sformCode, what).toBe(1)
      expect(header.qformCode, what).toBe(what === 'sheared' ? 0 : 1)
      if (what === 'sheared') expect(header.qform).toBeNull()
      else expectNear(header.qform!, grid.affine, `${what} qform`)
    }
  })

  const nibabelNote = hasNibabel ? '' : ' (left out: /usr/bin/python3 has no nibabel here)'
  it.skipIf(!hasNibabel)(`is read by nibabel at the same place${nibabelNote}`, () => {
    const output = execFileSync(python, [reader, ...written.map(({ path }) => path)], { encoding: 'utf8' })
    const numbers = z.array(z.number())
    const found = z
      .array(
        z.object({
          ...{ shape: numbers, dtype: z.string(), affine: numbers, sformCode: z.number(), sform: numbers },
          ...{ qformCode: z.number(), qform: numbers.nullable(), units: z.string(), codes: z.string() },
          ...{ marked: z.array(numbers), millimetres: z.array(numbers), description: z.string() },
        }),
      )
      .parse(JSON.parse(output))
    expect(found.length).toBe(written.length)
    expect(new Set(found.slice(0, 8).map(({ codes }) => codes))).toEqual(
      new Set(['RAS', 'RAI', 'RPS', 'RPI', 'LAS', 'LAI', 'LPS', 'LPI']),
    )
    for (const [i, read] of found.entries()) {
      const { grid, marked, place, name: what } = written[i]!
      expect(read, what).toMatchObject({
        ...{ shape: [...shape], dtype: 'uint8', units: 'mm', marked: [[...marked]], description: `case ${i}` },
        ...{ sformCode: 1, qformCode: what === 'sheared' ? 0 : 1 },
      })
      expectNear(read.affine, grid.affine, `${what} affine`)
      expectNear(read.sform, grid.affine, `${what} sform`)
      if (what === 'sheared') expect(read.qform).toBeNull()
      else expectNear(read.qform!, grid.affine, `${what} qform`)
      expectNear(read.millimetres[0]!, place, `${what} place`)
    }
  })

  const toolNote = hasNiftiTool ? '' : ' (left out: nifti_tool is not on this machine)'
  it.skipIf(!hasNiftiTool)(`passes the header check of nifti_tool${toolNote}`, () => {
    const paths = written.map(({ path }) => path)
    const output = execFileSync('nifti_tool', ['-check_hdr', '-infiles', ...paths], { encoding: 'utf8' })
    expect(output.match(/header IS GOOD/g)?.length, output).toBe(written.length)
  })
})

describe('the bytes', () => {
  it('are the same for the same content, plain and gzipped, with no time in them', () => {
    for (const { content } of written) {
      expect(Buffer.compare(niftiFile(content), niftiFile(content))).toBe(0)
      const gz = niftiGz(content)
      expect(Buffer.compare(gz, niftiGz(content))).toBe(0)
      expect([...gz.subarray(4, 8)]).toEqual([0, 0, 0, 0])
      expect(Buffer.compare(gunzipSync(gz), niftiFile(content))).toBe(0)
    }
  })

  it('hold maps as float32 unchanged, and cut a description to its field', async () => {
    const grid = straight[3]!.grid
    const values = Float32Array.from({ length: gridSize(grid) }, (_, i) => Math.fround(Math.sin(i) / 3))
    const path = join(folder.path, 'map.nii')
    writeFileSync(path, niftiFile({ grid, values, description: 'd'.repeat(200), spaceCode: 2 }))
    const file = unwrap(await openNifti(path))
    expect(file.header).toMatchObject({ sformCode: 2, qformCode: 2, slope: 1, intercept: 0 })
    expect(file.header.numberType).toBe('float32')
    let read: Float32Array | null = null
    unwrap(
      await forEachVolume(file, (volume) => {
        read = volume.slice()
      }),
    )
    const wanted = new Float32Array(values.length)
    let at = 0
    for (let z = 0; z < shape[2]; z++)
      for (let y = 0; y < shape[1]; y++)
        for (let x = 0; x < shape[0]; x++) wanted[at++] = values[flatIndex(shape, x, y, z)]!
    expect(read).toEqual(wanted)
    const bytes = niftiFile({ grid, values, description: 'd'.repeat(200) })
    expect(Buffer.from(bytes.subarray(148, 228)).toString('latin1')).toBe(`${'d'.repeat(79)}\0`)
    expect(Buffer.from(bytes.subarray(344, 348)).toString('latin1')).toBe('n+1\0')
  })
})
