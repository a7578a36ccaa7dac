/**
 * A dataset of an HDF5 file (MATLAB v7.3 included) as a volume source. Only plain numbers are read; everything else is refused
 * by the name of what it is. A thread is started to look and another for each pass, because the library keeps its memory.
 */
import type { Recipe } from '../../../core/contract/recipe.ts'
import { failure, type Problem, ProblemError, type Result, success, unwrap } from '../../../core/problem.ts'
import { type ArrayDescription, arraySource, type VoxelSpace } from '../array-source.ts'
import type { ArrayReader } from '../array-volumes.ts'
import type { NumberType } from '../number-types.ts'
import type { VolumeSource } from '../volume-source.ts'
import { Hdf5File, type Hdf5Options } from './hdf5-file.ts'
import type { DatasetDescription } from './protocol.ts'

/** Filters that the library can undo: deflate, shuffle, Fletcher-32, n-bit, scale-offset. */
const knownFilters = new Set([1, 2, 3, 5, 6])

/** A chunk is unpacked whole; more than this does not fit beside the rest in the library's memory. */
const largestChunk = 2 ** 28

/** The number type of a dataset, or a Problem that names what it holds instead. */
export function numberTypeOf(dataset: DatasetDescription, path: string): Result<NumberType> {
  const where = `${path}, ${dataset.path}`
  const refuse = (message: string, expected: string, fix: string, code: Problem['code'] = 'BAD_FILE') =>
    failure<NumberType>({ code, message, where, expected, fix })
  const { matlabClass, kind, bytesPerNumber, signed } = dataset
  if (dataset.virtual)
    return refuse(
      'The dataset is virtual: its numbers are in other datasets or files.',
      'numbers in the file itself',
      'Write the numbers into one file, for example with h5repack or h5py.',
    )
  const strange = dataset.filters.filter((filter) => !knownFilters.has(filter.id))
  if (strange.length > 0)
    return refuse(
      `The dataset is packed with ${strange.map(({ id, name }) => `${name || 'an unnamed filter'} (filter ${id})`).join(', ')}, which cannot be unpacked here.`,
      'gzip, or no compression',
      'Write it again with h5repack -f GZIP=4.',
    )
  if (matlabClass !== null && ['cell', 'struct', 'function_handle', 'table', 'char'].includes(matlabClass))
    return refuse(
      `The MATLAB variable is of class ${matlabClass}, no array of numbers.`,
      'a numeric array',
      'Save the numbers as a variable of their own.',
    )
  const type =
    kind === 'integer'
      ? ({ 1: ['uint8', 'int8'], 2: ['uint16', 'int16'], 4: ['uint32', 'int32'], 8: ['uint64', 'int64'] } as const)[
          bytesPerNumber
        ]?.[signed ? 1 : 0]
      : kind === 'float'
        ? ({ 2: 'float16', 4: 'float32', 8: 'float64' } as const)[bytesPerNumber]
        : undefined
  if (type === undefined)
    return refuse(
      `The dataset holds ${kind === 'integer' || kind === 'float' ? `${8 * bytesPerNumber}-bit ${kind} numbers` : `no plain numbers (HDF5 class ${kind})`}.`,
      'integers of 8 to 64 bits or floats of 16 to 64 bits',
      kind === 'compound'
        ? 'Complex numbers are stored like this; save real numbers.'
        : 'Save the numbers as a plain array.',
    )
  const chunk = dataset.chunks?.reduce((product, size) => product * size, bytesPerNumber) ?? 0
  if (chunk > largestChunk)
    return refuse(
      `A chunk of the dataset takes ${(chunk / 2 ** 20).toFixed(0)} MiB (chunks ${dataset.chunks?.join(' × ')}).`,
      `at most ${largestChunk / 2 ** 20} MiB per chunk`,
      'Write it again with smaller chunks, for example with h5repack.',
      'TOO_LARGE',
    )
  return success(type)
}

/** The dataset of that name, or a Problem that lists what there is. */
export async function findDataset(file: Hdf5File, name: string | undefined): Promise<Result<DatasetDescription>> {
  const dataset = name === undefined ? null : await file.describe(name)
  if (dataset !== null) return success(dataset)
  const { datasets, complete } = await file.list()
  const listed = datasets.slice(0, 20).map(({ path, shape, kind }) => `${path} (${shape.join(' × ') || kind})`)
  const rest = datasets.length > 20 || !complete ? ', …' : ''
  return failure({
    code: 'BAD_RECIPE',
    message: name === undefined ? 'The recipe does not name a dataset of this file.' : `There is no dataset "${name}".`,
    where: file.path,
    expected: datasets.length === 0 ? 'a file with datasets; this one has none' : `one of: ${listed.join(', ')}${rest}`,
    fix: 'Correct "dataset" in the recipe.',
  })
}

/** Opens a dataset as volumes. Problems name the file and the dataset. */
export async function openHdf5Source(
  path: string,
  image: Recipe['images'][number],
  space: VoxelSpace | null,
  options: Hdf5Options = {},
): Promise<Result<VolumeSource>> {
  try {
    const file = await Hdf5File.open(path, options)
    try {
      const dataset = unwrap(await findDataset(file, image.dataset))
      const type = unwrap(numberTypeOf(dataset, path))
      if (dataset.shape.some((size) => size < 1) || dataset.shape.length < 2)
        throw new ProblemError({
          code: 'BAD_FILE',
          message: `The dataset has the sizes ${dataset.shape.join(' × ') || 'of one number'}.`,
          where: `${path}, ${dataset.path}`,
          expected: 'volumes × voxels, or four axes',
          fix: 'Choose the dataset that holds the images.',
        })
      const array: ArrayDescription = {
        name: dataset.path,
        shape: dataset.shape,
        type,
        fastestFirst: dataset.matlabClass !== null,
      }
      return arraySource(path, array, image, space, async () => {
        const opened = await Hdf5File.open(path, options)
        return { reader: readerOf(opened, dataset, type), close: () => opened.close() }
      })
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem)
    throw error
  }
}

export function readerOf(file: Hdf5File, dataset: DatasetDescription, type: NumberType): ArrayReader {
  const { shape, chunks, path } = dataset
  return { shape, chunks, type, littleEndian: true, read: (offset, count) => file.read(path, offset, count) }
}
