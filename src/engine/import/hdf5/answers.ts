/** The answers to requests about one open HDF5 file: names, descriptions, blocks. It knows nothing of fMRI. */
import { Dataset, File, Group, type H5Module } from './h5wasm.ts'
import { mountFile } from './mounted-file.ts'
import type { DatasetDescription, Hdf5Answer, Hdf5Request } from './protocol.ts'

export interface OpenHdf5 {
  readonly root: InstanceType<typeof File>
  /** Datasets already looked up. */
  readonly found: Map<string, InstanceType<typeof Dataset>>
  readonly close: () => void
}

/** Opens a file of the disk; the library sees this one and no other. Throws what the library throws. */
export function openHdf5(library: H5Module, path: string): OpenHdf5 {
  const mounted = mountFile(library, path)
  try {
    const root = new File(mounted.path, 'r')
    const close = () => {
      root.close()
      mounted.unmount()
    }
    return { root, found: new Map(), close }
  } catch (error) {
    mounted.unmount()
    throw error
  }
}

/** Datasets listed at most, and objects looked at for that. */
const mostListed = 500
const mostVisited = 5000

const kinds: Readonly<Record<number, string>> = {
  0: 'integer',
  1: 'float',
  2: 'time',
  3: 'string',
  4: 'bit field',
  5: 'opaque',
  6: 'compound',
  7: 'reference',
  8: 'enumeration',
  9: 'variable-length',
  10: 'array',
}

function describe(path: string, dataset: InstanceType<typeof Dataset>): DatasetDescription {
  const { metadata } = dataset
  const matlab = Object.hasOwn(dataset.attrs, 'MATLAB_class') ? dataset.attrs.MATLAB_class?.value : null
  return {
    path,
    shape: metadata.shape ?? [],
    chunks: metadata.chunks,
    kind: metadata.shape === null ? 'empty' : (kinds[metadata.type] ?? 'unknown'),
    bytesPerNumber: metadata.size,
    signed: metadata.signed,
    filters: dataset.filters.map(({ id, name }) => ({ id, name })),
    virtual: (metadata.virtual_sources?.length ?? 0) > 0,
    matlabClass: typeof matlab === 'string' ? matlab : null,
  }
}

function find(file: OpenHdf5, path: string): InstanceType<typeof Dataset> | null {
  const known = file.found.get(path)
  if (known !== undefined) return known
  let entity: unknown
  try {
    entity = file.root.get(path)
  } catch (error) {
    if (isTrap(error)) throw error
    return null
  }
  if (!(entity instanceof Dataset)) return null
  file.found.set(path, entity)
  return entity
}

/** All datasets, groups in breadth; links to other files are not followed. */
function list({ root }: OpenHdf5): Hdf5Answer {
  const datasets: DatasetDescription[] = []
  const waiting: string[] = ['']
  let visited = 0
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    const entity = group === '' ? root : root.get(group)
    if (!(entity instanceof Group)) continue
    for (const name of entity.keys()) {
      visited++
      if (datasets.length >= mostListed || visited > mostVisited) return { kind: 'list', datasets, complete: false }
      // MATLAB keeps what cells point to in groups of this name.
      if (name.startsWith('#')) continue
      const path = group === '' ? name : `${group}/${name}`
      const child = entity.get(name)
      if (child instanceof Dataset) datasets.push(describe(path, child))
      else if (child instanceof Group && path.split('/').length < 16) waiting.push(path)
    }
  }
  return { kind: 'list', datasets, complete: true }
}

function readBlock(
  library: H5Module,
  dataset: InstanceType<typeof Dataset>,
  offset: readonly number[],
  count: readonly number[],
): Uint8Array<ArrayBuffer> {
  const bytes = count.reduce((product, size) => product * size, dataset.metadata.size)
  const pointer = library._malloc(bytes)
  if (pointer === 0) throw new Error(`no memory for ${bytes} bytes`)
  try {
    const big = (numbers: readonly number[]) => numbers.map(BigInt)
    const status = library.get_dataset_data(
      dataset.file_id,
      dataset.path,
      big(count),
      big(offset),
      big(count.map(() => 1)),
      BigInt(pointer),
    )
    if (status < 0) throw new Error('the block cannot be read')
    return library.HEAPU8.slice(pointer, pointer + bytes) as Uint8Array<ArrayBuffer>
  } finally {
    library._free(pointer)
  }
}

/** What the file says to one request. Throws what the library throws. */
export function answerHdf5(library: H5Module, file: OpenHdf5, request: Hdf5Request): Hdf5Answer {
  if (request.kind === 'list') return list(file)
  const dataset = find(file, request.dataset)
  if (request.kind === 'describe')
    return { kind: 'describe', dataset: dataset === null ? null : describe(request.dataset, dataset) }
  if (dataset === null) throw new Error(`there is no dataset ${request.dataset}`)
  return { kind: 'read', bytes: readBlock(library, dataset, request.offset, request.count) }
}

/**
 * Whether the library stopped in the middle of its work: WebAssembly trapped, aborted or ran out of stack. Its memory is in no known
 * state then, and whatever it says afterwards of the same file may be wrong.
 */
export function isTrap(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')
}

/** The innermost cause of the library's error stack, which lists one line per function; or the message as it is. */
export function causeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const causes = [...message.matchAll(/ in \w+\(\): ([^\n#]+)/g)].map((match) => match[1]!.trim())
  return (causes.at(-1) ?? message).slice(0, 300)
}
