/**
 * Pictures in an HDF5 dataset whose first axis counts them: pictures × height × width, with colour channels last or before height
 * and width. One picture is read at a time, because the library's memory is small however large the file is. Half-precision numbers
 * are read as raw bytes: the library knows their size but not their meaning.
 */
import { open } from 'node:fs/promises'
import * as hdf5 from 'h5wasm/node'
import type { PicturesFrom } from '../../../core/contract/recipe.ts'
import type { RawPicture } from '../../../core/embedding/resize.ts'
import { ProblemError } from '../../../core/problem.ts'
import { readProblem, sizeOfFile } from '../read-problem.ts'
import { largestPicturePixels } from './limits.ts'
import { picturePositions } from './picture-ids.ts'
import type { PictureSource } from './picture-source.ts'

type FromDataset = Extract<PicturesFrom, { from: 'hdf5' }>

interface Layout {
  readonly count: number
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly order: 'first' | 'last' | 'none'
  readonly white: number
  readonly half: boolean
}

export async function openPictureDataset(
  path: string,
  from: FromDataset,
  cells: readonly string[],
  folder: string,
): Promise<PictureSource> {
  await checkSignature(path)
  const layout = await withDataset(path, from.dataset, (dataset) => layoutOf(dataset, from, path))
  const numbered = await picturePositions(from, folder, cells)
  const position = (cell: string) => (numbered.get(cell) ?? -1) - from.firstIndex
  const found = cells.filter((cell) => position(cell) >= 0 && position(cell) < layout.count)
  const positions = [...new Set(found.map(position))].sort((a, b) => a - b)
  const place = new Map(positions.map((at, i) => [at, i]))
  const known = new Set(found)
  const digits = String(layout.count).length
  const nameOf = (at: number) => `picture ${String(at + from.firstIndex).padStart(digits, '0')}`
  const numbers = layout.width * layout.height * layout.channels
  return {
    names: positions.map(nameOf),
    placeOf: new Map(found.map((cell) => [cell, place.get(position(cell))!])),
    missing: cells.filter((cell) => !known.has(cell)),
    unused: layout.count - positions.length,
    unusedNames: () => [...Array(layout.count).keys()].filter((at) => !place.has(at)).map(nameOf),
    notSquare: layout.width === layout.height ? 0 : positions.length,
    problems: [],
    bytes: positions.length * numbers,
    storedHashes: async () => null,
    async *read() {
      const file = await openFile(path)
      try {
        const dataset = datasetOf(file, from.dataset, path)
        for (const at of positions)
          yield { picture: readPicture(dataset, layout, at, from, path), sha256: null, bytes: numbers }
      } finally {
        file.close()
      }
    },
  }
}

const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')

/** The library tells of a file it cannot open only on the console, so this looks first. A MATLAB 7.3 file begins after 512 bytes. */
async function checkSignature(path: string): Promise<void> {
  await sizeOfFile(path)
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, 'r')
  } catch (error) {
    throw readProblem(path, error)
  }
  try {
    for (const at of [0, 512, 1024, 2048]) {
      const start = Buffer.alloc(signature.length)
      await file.read(start, 0, start.length, at)
      if (start.equals(signature)) return
    }
  } finally {
    await file.close()
  }
  throw new ProblemError({
    code: 'BAD_FILE',
    message: 'This is not an HDF5 file.',
    where: path,
    expected: 'HDF5, or a folder of pictures with "from": "folder"',
    fix: 'Name the HDF5 file that holds the pictures, or copy it again from its source.',
  })
}

async function openFile(path: string): Promise<hdf5.File> {
  await hdf5.ready
  return new hdf5.File(path, 'r')
}

function datasetOf(file: hdf5.File, name: string, path: string): hdf5.Dataset {
  const found = file.get(name)
  if (found instanceof hdf5.Dataset) return found
  throw new ProblemError({
    code: 'NOT_FOUND',
    message: `There is no dataset "${name}" in this file.`,
    where: path,
    expected: `one of: ${file.keys().join(', ')}`,
    fix: 'Correct "dataset" of "pictures" in the recipe.',
  })
}

async function withDataset<T>(path: string, name: string, use: (dataset: hdf5.Dataset) => T): Promise<T> {
  const file = await openFile(path)
  try {
    return use(datasetOf(file, name, path))
  } finally {
    file.close()
  }
}

function layoutOf(dataset: hdf5.Dataset, from: FromDataset, path: string): Layout {
  const where = `${path}, dataset ${from.dataset}`
  const shape = dataset.shape ?? []
  const { type, size } = dataset.metadata
  const isFraction = type === 1
  const half = isFraction && size === 2
  const white = from.white ?? (isFraction ? 1 : size === 1 ? 255 : null)
  const [count, ...rest] = shape
  const order = from.channels ?? orderOf(rest)
  const expected =
    'pictures × height × width, or with 1 or 3 channels last or before height and width; numbers of 1 to 8 bytes'
  if (count === undefined || (type !== 0 && !isFraction) || order === null)
    throw new ProblemError({
      code: 'BAD_FILE',
      message: `The dataset does not look like pictures: shape ${shape.join(' × ') || 'none'}, type ${String(dataset.dtype)}.`,
      where,
      expected,
      fix: 'Choose the right dataset; where the shape leaves it open, say "channels": "first", "last" or "none".',
    })
  if (white === null)
    throw new ProblemError({
      code: 'BAD_RECIPE',
      message: `Whole numbers of ${size} bytes do not say which value is white.`,
      where,
      expected: '"white" in the recipe, for example 65535',
      fix: 'Set "white" of "pictures" in the recipe.',
    })
  const [channels, height, width] =
    order === 'none'
      ? [1, rest[0], rest[1]]
      : order === 'first'
        ? [rest[0], rest[1], rest[2]]
        : [rest[2], rest[0], rest[1]]
  const fits = rest.length === (order === 'none' ? 2 : 3) && (channels === 1 || channels === 3)
  if (!fits || !height || !width)
    throw new ProblemError({
      code: 'BAD_FILE',
      message: `Pictures of shape ${rest.join(' × ')} do not fit "channels": "${order}".`,
      where,
      expected,
      fix: 'Correct "channels" of "pictures" in the recipe, or choose another dataset.',
    })
  if (width * height > largestPicturePixels)
    throw new ProblemError({
      code: 'TOO_LARGE',
      message: `One picture would have ${width} × ${height} pixels.`,
      where,
      expected: `at most ${largestPicturePixels / 2 ** 20} million pixels`,
      fix: 'Give the pictures as they were shown.',
    })
  return { count, width, height, channels: channels === 1 ? 1 : 3, order, white, half }
}

/** Which axis holds the channels, if the shape says so without doubt. */
function orderOf(rest: readonly number[]): Layout['order'] | null {
  const isChannels = (size: number | undefined) => size === 1 || size === 3
  if (rest.length === 2) return 'none'
  if (rest.length !== 3 || isChannels(rest[0]) === isChannels(rest[2])) return null
  return isChannels(rest[0]) ? 'first' : 'last'
}

function readPicture(dataset: hdf5.Dataset, layout: Layout, at: number, from: FromDataset, path: string): RawPicture {
  const { width, height, channels, order, white, half } = layout
  const stored = half ? readHalves(dataset, at) : readNumbers(dataset, at)
  const numbers = width * height * channels
  if (stored === null || stored.length !== numbers)
    throw new ProblemError({
      code: 'BAD_FILE',
      message: `Picture ${at + from.firstIndex} cannot be read.`,
      where: path,
      fix: 'Copy the file again from its source.',
    })
  const pixels = new Float32Array(numbers)
  const plane = width * height
  for (let i = 0; i < numbers; i++) {
    const value = Number(stored[i])
    // Rounding of half precision may step a little over white.
    if (!(value >= -0.01 * white && value <= 1.01 * white))
      throw new ProblemError({
        code: 'BAD_FILE',
        message: `Picture ${at + from.firstIndex} holds the value ${value}.`,
        where: `${path}, dataset ${from.dataset}`,
        expected: `values from 0 (black) to ${white} (white)`,
        fix: 'Say in the recipe which value is "white".',
      })
    const to = order === 'first' ? (i % plane) * channels + Math.floor(i / plane) : i
    pixels[to] = value
  }
  return { width, height, channels, pixels, white }
}

function readNumbers(dataset: hdf5.Dataset, at: number): ArrayLike<number | bigint> | null {
  const value: unknown = dataset.slice([[at, at + 1]])
  return ArrayBuffer.isView(value) && 'length' in value ? (value as Float32Array) : null
}

/** By the library's own memory, which is what its `slice` does for the types it knows. */
function readHalves(dataset: hdf5.Dataset, at: number): Float32Array {
  const [, ...rest] = dataset.shape ?? []
  const numbers = rest.reduce((product, size) => product * size, 1)
  const count = [1n, ...rest.map(BigInt)]
  const offset = [BigInt(at), ...rest.map(() => 0n)]
  const strides = count.map(() => 1n)
  const { Module } = hdf5
  const pointer = Module._malloc(2 * numbers)
  try {
    Module.get_dataset_data(dataset.file_id, dataset.path, count, offset, strides, BigInt(pointer))
    const bytes = Module.HEAPU8.slice(pointer, pointer + 2 * numbers)
    const view = new DataView(bytes.buffer)
    return Float32Array.from({ length: numbers }, (_, i) =>
      fromHalf(view.getUint16(2 * i, dataset.metadata.littleEndian)),
    )
  } finally {
    Module._free(pointer)
  }
}

/** IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}
