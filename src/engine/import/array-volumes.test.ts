import { describe, expect, it } from 'vitest'
import { type ArrayLimits, type ArrayReader, arrayLimits, forEachArrayVolume } from './array-volumes.ts'
import { memoryReader } from './matlab/matlab-source.ts'

const size = { x: 4, y: 3, z: 2, volume: 5 }
type Axis = keyof typeof size
const value = (x: number, y: number, z: number, t: number) => 1000 * t + 100 * x + 10 * y + z

/** An int16 array with these axes, slowest first; every number says where it belongs. */
function arrayOf(axes: readonly Axis[], chunks: readonly number[] | null, reads: number[][] = []): ArrayReader {
  const shape = axes.map((axis) => size[axis])
  const numbers = new Int16Array(4 * 3 * 2 * 5)
  for (let at = 0; at < numbers.length; at++) {
    let rest = at
    const place: Record<string, number> = {}
    for (const axis of [...axes].reverse()) {
      place[axis] = rest % size[axis]
      rest = Math.floor(rest / size[axis])
    }
    numbers[at] = value(place.x!, place.y!, place.z!, place.volume!)
  }
  const inner = memoryReader({ shape, type: 'int16', littleEndian: true, bytes: new Uint8Array(numbers.buffer) })
  return {
    ...inner,
    chunks,
    read: (offset, count) => {
      reads.push([...count])
      return inner.read(offset, count)
    },
  }
}

/** Position, x fastest, of each voxel of an array with these axes. */
function placesOf(axes: readonly Axis[]): Int32Array {
  const spatial = axes.filter((axis) => axis !== 'volume')
  const places: number[] = []
  const step = { x: 1, y: 4, z: 12, volume: 0 }
  for (let a = 0; a < size[spatial[0]!]; a++)
    for (let b = 0; b < size[spatial[1]!]; b++)
      for (let c = 0; c < size[spatial[2]!]; c++)
        places.push(a * step[spatial[0]!] + b * step[spatial[1]!] + c * step[spatial[2]!])
  return Int32Array.from(places)
}

async function volumesOf(reader: ArrayReader, axes: readonly Axis[], limits: ArrayLimits, wanted?: Int32Array) {
  const volumes: number[][] = []
  const layout = { volumeAxis: axes.indexOf('volume'), places: placesOf(axes), volumeVoxels: 24 }
  const use = (values: Float32Array, index: number) => {
    expect(index).toBe(volumes.length)
    volumes.push([...values])
  }
  await forEachArrayVolume(reader, layout, use, wanted, limits)
  return volumes
}

const expected = Array.from({ length: 5 }, (_, t) =>
  Array.from({ length: 24 }, (_, at) => value(at % 4, Math.floor(at / 4) % 3, Math.floor(at / 12), t)),
)

const orders: Axis[][] = [
  ['volume', 'z', 'y', 'x'],
  ['volume', 'x', 'y', 'z'],
  ['x', 'y', 'z', 'volume'],
  ['z', 'y', 'x', 'volume'],
  ['z', 'volume', 'x', 'y'],
  ['y', 'x', 'volume', 'z'],
]
const chunkings: (number[] | null)[] = [null, [1, 1, 1, 1], [2, 2, 2, 2], [5, 1, 1, 1], [1, 1, 1, 5]]
/** Usual limits; limits that force voxels to be collected; the same in several passes. */
const limitSets: [string, ArrayLimits][] = [
  ['in turn', arrayLimits],
  ['in small blocks', { ...arrayLimits, block: 100 }],
  ['collected', { ...arrayLimits, dearBlock: 1 }],
  ['collected in passes and small tiles', { block: 1, dearBlock: 1, tile: 40, collected: 24 * 2 * 2 }],
]

describe.each(limitSets)('volumes of an array, %s', (_name, limits) => {
  for (const axes of orders)
    for (const chunks of chunkings)
      it(`axes ${axes.join(', ')}, chunks ${chunks?.join(' × ') ?? 'none'}`, async () => {
        expect(await volumesOf(arrayOf(axes, chunks), axes, limits)).toEqual(expected)
      })
})

describe('what is read', () => {
  const axes: Axis[] = ['volume', 'z', 'y', 'x']

  it('leaves blocks without wanted voxels alone, and their values at 0', async () => {
    const reads: number[][] = []
    const wanted = Int32Array.of(0, 1, 5)
    const limits = { ...arrayLimits, dearBlock: 1, tile: 5 * 4 * 3 * 2 }
    const volumes = await volumesOf(arrayOf(axes, [5, 1, 1, 1], reads), axes, limits, wanted)
    // One box around voxels (0, 0), (1, 0) and (1, 1) of the first slice; the second slice is never touched.
    expect(reads).toEqual([[5, 1, 2, 2]])
    for (const [t, volume] of volumes.entries())
      expect(volume).toEqual(expected[t]!.map((number, at) => (wanted.includes(at) ? number : 0)))
  })

  it('never asks for more than the limits', async () => {
    const reads: number[][] = []
    await volumesOf(arrayOf(axes, [1, 1, 1, 1], reads), axes, { ...arrayLimits, block: 24 * 2 * 2 })
    expect(reads).toEqual([
      [2, 2, 3, 4],
      [2, 2, 3, 4],
      [1, 2, 3, 4],
    ])
  })
})
