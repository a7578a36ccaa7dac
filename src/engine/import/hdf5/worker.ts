/**
 * The thread that reads one HDF5 file. The library is C in WebAssembly: a damaged file may make it throw, abort or run
 * without end, and then only this thread goes. It answers one request after the other and knows nothing of fMRI.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Dataset, File, Group, type H5Module, loadHdf5 } from './h5wasm.ts'
import { mountedPath, mountFile } from './mounted-file.ts'
import type {
  DatasetDescription,
  Hdf5Answer,
  Hdf5Envelope,
  Hdf5Reply,
  Hdf5Request,
  Hdf5WorkerStart,
} from './protocol.ts'

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

const found = new Map<string, InstanceType<typeof Dataset>>()

function find(file: InstanceType<typeof File>, path: string): InstanceType<typeof Dataset> | null {
  const known = found.get(path)
  if (known !== undefined) return known
  let entity: unknown
  try {
    entity = file.get(path)
  } catch {
    return null
  }
  if (!(entity instanceof Dataset)) return null
  found.set(path, entity)
  return entity
}

/** All datasets, groups in breadth; links to other files are not followed. */
function list(file: InstanceType<typeof File>): Hdf5Answer {
  const datasets: DatasetDescription[] = []
  const waiting: string[] = ['']
  let visited = 0
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    const entity = group === '' ? file : file.get(group)
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

function answer(library: H5Module, file: InstanceType<typeof File>, request: Hdf5Request): Hdf5Answer {
  if (request.kind === 'list') return list(file)
  const dataset = find(file, request.dataset)
  if (request.kind === 'describe')
    return { kind: 'describe', dataset: dataset === null ? null : describe(request.dataset, dataset) }
  if (dataset === null) throw new Error(`there is no dataset ${request.dataset}`)
  return { kind: 'read', bytes: readBlock(library, dataset, request.offset, request.count) }
}

/** The innermost cause of the library's error stack, which lists one line per function; or the message as it is. */
function words(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const causes = [...message.matchAll(/ in \w+\(\): ([^\n#]+)/g)].map((match) => match[1]!.trim())
  return (causes.at(-1) ?? message).slice(0, 300)
}

const port = parentPort
if (port === null) throw new Error('this program runs as a thread of the engine')
const { path } = workerData as Hdf5WorkerStart
const send = (reply: Hdf5Reply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer)
try {
  const library = await loadHdf5()
  mountFile(library, path)
  const file = new File(mountedPath, 'r')
  port.on('message', ({ id, request }: Hdf5Envelope) => {
    try {
      const given = answer(library, file, request)
      send({ id, answer: given }, given.kind === 'read' ? [given.bytes.buffer] : [])
    } catch (error) {
      send({ id, failed: words(error) })
    }
  })
  send({ opened: null })
} catch (error) {
  send({ opened: words(error) })
}
