/**
 * Volumes out of an array of numbers that has one axis of volumes and other axes of voxels, in any order (HDF5, MATLAB). The
 * array is read in blocks and never whole. Two ways: where a few whole volumes make a cheap block they are read in turn;
 * where every block of the file runs through all volumes (NSD stores each voxel's 750 trials together) the wanted voxels
 * are collected block by block into memory of bounded size, in several passes if need be, and then given out.
 */
import { decodeNumbers, type NumberType, numberBytes } from './number-types.ts'
import type { VolumeUse } from './volume-source.ts'

/** An open array: sizes slowest first. */
export interface ArrayReader {
  readonly shape: readonly number[]
  readonly chunks: readonly number[] | null
  readonly type: NumberType
  readonly littleEndian: boolean
  /** Numbers of a block in C order, in `type` and byte order. Throws a ProblemError that names the file. */
  read(offset: readonly number[], count: readonly number[]): Promise<Uint8Array>
}

export interface ArrayLayout {
  /** Which axis of the array counts volumes. */
  readonly volumeAxis: number
  /** Position in a volume (x fastest) of every voxel, counted along the other axes in C order. */
  readonly places: Int32Array
  /** Voxels of a whole volume. */
  readonly volumeVoxels: number
}

/** Bounds of memory, in bytes; tests make them small. */
export interface ArrayLimits {
  /** A block of whole volumes. */
  readonly block: number
  /** Beyond this, a block that must hold whole volumes is too dear, and voxels are collected instead. */
  readonly dearBlock: number
  /** A block while voxels are collected. */
  readonly tile: number
  /** What is collected in one pass. */
  readonly collected: number
}

export const arrayLimits: ArrayLimits = {
  block: 2 ** 24,
  dearBlock: 2 ** 27,
  tile: 2 ** 22,
  collected: 3 * 2 ** 28,
}

/** The array with its voxel axes filled up to three, so that one piece of code serves (volume, voxel) and (x, y, z, volume). */
interface Geometry {
  readonly volumes: number
  readonly size: readonly [number, number, number]
  readonly chunk: readonly [number, number, number]
  readonly chunkVolumes: number
  /** How many of the three voxel axes are slower than the volume axis. */
  readonly slower: number
  readonly axes: number
}

function geometryOf(reader: ArrayReader, volumeAxis: number): Geometry {
  const others = reader.shape.filter((_, axis) => axis !== volumeAxis)
  const missing = 3 - others.length
  const pad = (sizes: readonly number[]): [number, number, number] => {
    const [a, b, c] = [...Array.from({ length: missing }, () => 1), ...sizes]
    return [a!, b!, c!]
  }
  const volumes = reader.shape[volumeAxis]!
  const chunks = reader.chunks
  return {
    volumes,
    size: pad(others),
    chunk: pad(chunks === null ? others.map(() => 1) : chunks.filter((_, axis) => axis !== volumeAxis)),
    // In one piece with volumes not slowest, one volume lies scattered over the whole file.
    chunkVolumes: chunks === null ? (volumeAxis === 0 ? 1 : volumes) : Math.min(chunks[volumeAxis]!, volumes),
    slower: volumeAxis === 0 ? 0 : volumeAxis + missing,
    axes: others.length,
  }
}

/** Offset and count in the array's own axes of voxels [from, from + box) of volumes [first, first + count). */
function blockOf(
  geometry: Geometry,
  volumeAxis: number,
  from: readonly number[],
  box: readonly number[],
  first: number,
  count: number,
) {
  const offset = from.slice(3 - geometry.axes)
  const sizes = box.slice(3 - geometry.axes)
  offset.splice(volumeAxis, 0, first)
  sizes.splice(volumeAxis, 0, count)
  return { offset, sizes }
}

/** Elements of a block between a voxel of one volume and of the next, and where each voxel of the first volume lies. */
function strides(box: readonly number[], slower: number, volumes: number) {
  const inner = box.slice(slower).reduce((product, size) => product * size, 1)
  return { inner, at: (voxel: number) => Math.floor(voxel / inner) * inner * volumes + (voxel % inner) }
}

/**
 * Calls `use` with every volume in order, x fastest, unscaled. Voxels that are not in the array, and those not in `wanted`
 * where it pays, stay 0. The array given to `use` is reused.
 */
export async function forEachArrayVolume(
  reader: ArrayReader,
  layout: ArrayLayout,
  use: VolumeUse,
  wanted?: Int32Array,
  limits: ArrayLimits = arrayLimits,
): Promise<void> {
  const geometry = geometryOf(reader, layout.volumeAxis)
  const volumeBytes = layout.places.length * numberBytes[reader.type]
  if (geometry.chunkVolumes * volumeBytes <= limits.dearBlock) await readInTurn(reader, layout, geometry, use, limits)
  else await collect(reader, layout, geometry, use, wanted, limits)
}

async function readInTurn(
  reader: ArrayReader,
  { volumeAxis, places, volumeVoxels }: ArrayLayout,
  geometry: Geometry,
  use: VolumeUse,
  limits: ArrayLimits,
): Promise<void> {
  const { chunkVolumes, volumes, size, slower } = geometry
  const voxels = places.length
  const fitting = Math.floor(limits.block / (voxels * numberBytes[reader.type]) / chunkVolumes)
  const perBlock = Math.max(1, fitting) * chunkVolumes
  const values = new Float32Array(volumeVoxels)
  const inOrder = slower === 0 && voxels === volumeVoxels && places.every((place, voxel) => place === voxel)
  for (let first = 0; first < volumes; first += perBlock) {
    const count = Math.min(perBlock, volumes - first)
    const { offset, sizes } = blockOf(geometry, volumeAxis, [0, 0, 0], size, first, count)
    const bytes = await reader.read(offset, sizes)
    const decoded = new Float32Array(voxels * count)
    decodeNumbers(bytes, reader.type, reader.littleEndian, 1, 0, decoded)
    const { inner, at } = strides(size, slower, count)
    const from = inOrder ? null : Int32Array.from({ length: voxels }, (_, voxel) => at(voxel))
    for (let v = 0; v < count; v++) {
      if (from === null) values.set(decoded.subarray(v * voxels, (v + 1) * voxels))
      else for (let voxel = 0; voxel < voxels; voxel++) values[places[voxel]!] = decoded[from[voxel]! + v * inner]!
      await use(values, first + v)
    }
  }
}

async function collect(
  reader: ArrayReader,
  layout: ArrayLayout,
  geometry: Geometry,
  use: VolumeUse,
  wanted: Int32Array | undefined,
  limits: ArrayLimits,
): Promise<void> {
  const { places, volumeVoxels } = layout
  const bytes = numberBytes[reader.type]
  const { slots, positions } = chooseSlots(places, volumeVoxels, wanted)
  const width = positions.length
  if (width === 0) return
  const perPass = Math.max(1, Math.min(geometry.volumes, Math.floor(limits.collected / (width * bytes))))
  const values = new Float32Array(volumeVoxels)
  const row = new Float32Array(width)
  let rows = new Uint8Array(0)
  for (let first = 0; first < geometry.volumes; first += perPass) {
    const count = Math.min(perPass, geometry.volumes - first)
    if (rows.length !== count * width * bytes) rows = new Uint8Array(count * width * bytes)
    await fillRows(reader, layout, geometry, slots, rows, width, first, count, limits.tile)
    for (let v = 0; v < count; v++) {
      const stored = rows.subarray(v * width * bytes, (v + 1) * width * bytes)
      decodeNumbers(stored, reader.type, reader.littleEndian, 1, 0, row)
      for (let slot = 0; slot < width; slot++) values[positions[slot]!] = row[slot]!
      await use(values, first + v)
    }
  }
}

/** For every voxel of the array its place among those collected, or −1; and their positions in a volume. */
function chooseSlots(places: Int32Array, volumeVoxels: number, wanted: Int32Array | undefined) {
  const isWanted = new Uint8Array(volumeVoxels)
  if (wanted === undefined) isWanted.fill(1)
  else for (const position of wanted) isWanted[position] = 1
  const slots = new Int32Array(places.length).fill(-1)
  const positions: number[] = []
  for (let voxel = 0; voxel < places.length; voxel++)
    if (isWanted[places[voxel]!] === 1) slots[voxel] = positions.push(places[voxel]!) - 1
  return { slots, positions: Int32Array.from(positions) }
}

/** Sizes of a tile that holds whole chunks and at most `limit` bytes, grown along the fastest axis first. */
function tileSize({ size, chunk }: Geometry, bytesPerVoxel: number, limit: number): [number, number, number] {
  const tile: [number, number, number] = [chunk[0], chunk[1], chunk[2]]
  for (const axis of [2, 1, 0] as const) {
    const others = tile.reduce((product, length, other) => (other === axis ? product : product * length), 1)
    const fitting = Math.floor(limit / (others * chunk[axis] * bytesPerVoxel)) * chunk[axis]
    tile[axis] = Math.min(size[axis], Math.max(tile[axis], fitting))
  }
  return tile
}

/** Reads volumes [first, first + count) of all voxels that have a slot: rows of `width` stored numbers, one per volume. */
async function fillRows(
  reader: ArrayReader,
  { volumeAxis }: ArrayLayout,
  geometry: Geometry,
  slots: Int32Array,
  rows: Uint8Array<ArrayBuffer>,
  width: number,
  first: number,
  count: number,
  limit: number,
): Promise<void> {
  const { slower } = geometry
  const bytes = numberBytes[reader.type]
  const into = rawNumbers(rows, bytes)
  const place = ({ box, voxels }: WantedBox, read: Uint8Array) => {
    const numbers = rawNumbers(read, bytes)
    const { inner, at } = strides(box, slower, count)
    const starts = Int32Array.from(voxels, ({ local }) => at(local))
    const columns = Int32Array.from(voxels, ({ slot }) => slot)
    for (let v = 0; v < count; v++) {
      const row = v * width
      const shift = v * inner
      for (let i = 0; i < starts.length; i++) into[row + columns[i]!] = numbers[starts[i]! + shift]!
    }
  }
  // The next block is asked for before this one is put in its place: the reading is another thread's work.
  let waiting: { found: WantedBox; reading: Promise<Uint8Array> } | null = null
  for (const found of wantedBoxes(slots, geometry.size, tileSize(geometry, count * bytes, limit))) {
    const block = blockOf(geometry, volumeAxis, found.from, found.box, first, count)
    const reading = reader.read(block.offset, block.sizes)
    // If the block before it fails, nobody waits for this one any more.
    reading.catch(() => {})
    if (waiting !== null) place(waiting.found, await waiting.reading)
    waiting = { found, reading }
  }
  if (waiting !== null) place(waiting.found, await waiting.reading)
}

interface WantedBox {
  readonly from: readonly number[]
  readonly box: readonly number[]
  readonly voxels: readonly { readonly slot: number; readonly local: number }[]
}

/** The boxes to read, tile by tile; tiles without wanted voxels are left out. */
function* wantedBoxes(slots: Int32Array, size: Geometry['size'], tile: readonly number[]): Generator<WantedBox> {
  for (let a = 0; a < size[0]; a += tile[0]!)
    for (let b = 0; b < size[1]; b += tile[1]!)
      for (let c = 0; c < size[2]; c += tile[2]!) {
        const found = wantedBox(slots, size, [a, b, c], tile)
        if (found !== null) yield found
      }
}

/** The smallest box inside a tile that holds all its wanted voxels, with their place in the box; null if there is none. */
function wantedBox(
  slots: Int32Array,
  size: Geometry['size'],
  corner: readonly number[],
  tile: readonly number[],
): WantedBox | null {
  const end = [0, 1, 2].map((axis) => Math.min(size[axis]!, corner[axis]! + tile[axis]!))
  const low = [...end]
  const high = [-1, -1, -1]
  const found: { slot: number; a: number; b: number; c: number }[] = []
  for (let a = corner[0]!; a < end[0]!; a++)
    for (let b = corner[1]!; b < end[1]!; b++)
      for (let c = corner[2]!; c < end[2]!; c++) {
        const slot = slots[(a * size[1] + b) * size[2] + c]!
        if (slot < 0) continue
        found.push({ slot, a, b, c })
        for (const [axis, value] of [a, b, c].entries()) {
          low[axis] = Math.min(low[axis]!, value)
          high[axis] = Math.max(high[axis]!, value)
        }
      }
  if (found.length === 0) return null
  const box = [0, 1, 2].map((axis) => high[axis]! - low[axis]! + 1)
  const voxels = found.map(({ slot, a, b, c }) => ({
    slot,
    local: ((a - low[0]!) * box[1]! + (b - low[1]!)) * box[2]! + (c - low[2]!),
  }))
  return { from: low, box, voxels }
}

/** Stored numbers as they are, only to be moved: 64-bit ones as integers, so that no NaN changes its bits. */
function rawNumbers(bytes: Uint8Array, size: number): Uint8Array | Uint16Array | Uint32Array | BigUint64Array {
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice()
  const length = Math.floor(aligned.byteLength / size)
  if (size === 8) return new BigUint64Array(aligned.buffer, aligned.byteOffset, length)
  if (size === 4) return new Uint32Array(aligned.buffer, aligned.byteOffset, length)
  if (size === 2) return new Uint16Array(aligned.buffer, aligned.byteOffset, length)
  return aligned
}
