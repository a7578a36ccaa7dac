/**
 * A compute thread: sleeps until the command counter moves, does its share, says so. It owns the shards whose number leaves
 * its index when divided by the number of workers.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { comparePictures } from '../../core/evaluate/image-metrics.ts'
import { KernelMemory } from './kernel-memory.ts'
import { type Shard, shardsOf } from './shard.ts'
import { ShardLayer } from './shard-layer.ts'
import { multiply, ShardMatrix } from './shard-matrix.ts'
import { control, errorBytes, type Request, type WorkerStart, workerState } from './worker-protocol.ts'

const { index, workers, control: controlBuffer, errors, port } = workerData as WorkerStart & { port: MessagePort }
const slots = new Int32Array(controlBuffer)

interface OwnLayer {
  readonly voxels: number
  readonly hidden: number
  readonly parts: Map<number, { shard: Shard; layer: ShardLayer }>
}
const layers = new Map<number, OwnLayer>()
const matrices = new Map<number, { rows: number; columns: number; parts: { shard: Shard; matrix: ShardMatrix }[] }>()

/** Room for products that keep nothing; given back where one needed much. */
let spare: KernelMemory | null = null
const spareBytes = 64 * 2 ** 20

function ownShards(voxels: number): Shard[] {
  return shardsOf(voxels).filter((shard) => shard.number % workers === index)
}

function found<T>(map: Map<number, T>, id: number): T {
  const value = map.get(id)
  if (value === undefined) throw new Error(`nothing with number ${id} is here`)
  return value
}

function handle(request: Request): boolean {
  switch (request.op) {
    case 'layer.create': {
      const parts = new Map(
        ownShards(request.voxels).map((shard) => [
          shard.number,
          { shard, layer: new ShardLayer(shard.end - shard.start, request.hidden) },
        ]),
      )
      layers.set(request.id, { voxels: request.voxels, hidden: request.hidden, parts })
      return true
    }
    case 'layer.write':
    case 'layer.read': {
      const part = found(layers, request.id).parts.get(request.shard)
      if (part === undefined) return true
      const values =
        request.field === 'alive'
          ? new Uint8Array(request.buffer, 0, request.length)
          : new Float32Array(request.buffer, 0, request.length)
      if (request.op === 'layer.write') part.layer.write(request.field, values)
      else part.layer.read(request.field, values)
      return true
    }
    case 'layer.forward': {
      const { voxels, hidden, parts } = found(layers, request.id)
      const x = new Float32Array(request.x, 0, request.rows * voxels)
      const size = request.rows * hidden
      for (const { shard, layer } of parts.values())
        layer.forward(x, request.rows, voxels, shard.start, new Float32Array(request.h, shard.number * size * 4, size))
      return true
    }
    case 'layer.backward': {
      const { hidden, parts } = found(layers, request.id)
      const dh = new Float32Array(request.dh, 0, request.rows * hidden)
      const squares = new Float64Array(request.squares)
      for (const { shard, layer } of parts.values())
        squares[shard.number] = layer.backward(dh, request.rows, request.update)
      return true
    }
    case 'layer.prune': {
      const left = new Float64Array(request.squares)
      for (const { shard, layer } of found(layers, request.id).parts.values())
        left[shard.number] = layer.prune(request.threshold)
      return true
    }
    case 'matrix.create': {
      const values = new Float32Array(request.values)
      const parts = ownShards(request.rows).map((shard) => ({
        shard,
        matrix: new ShardMatrix(
          values.subarray(shard.start * request.columns, shard.end * request.columns),
          shard.end - shard.start,
          request.columns,
        ),
      }))
      matrices.set(request.id, { rows: request.rows, columns: request.columns, parts })
      return true
    }
    case 'matrix.times': {
      const { rows, columns, parts } = found(matrices, request.id)
      const x = new Float32Array(request.x, 0, request.count * rows)
      const size = request.count * columns
      for (const { shard, matrix } of parts)
        matrix.times(x, request.count, rows, shard.start, new Float32Array(request.out, shard.number * size * 4, size))
      return true
    }
    case 'matrix.timesTransposed': {
      const { rows, columns, parts } = found(matrices, request.id)
      const y = new Float32Array(request.y, 0, request.count * columns)
      const out = new Float32Array(request.out, 0, request.count * rows)
      for (const { shard, matrix } of parts) matrix.timesTransposed(y, request.count, out, rows, shard.start)
      return true
    }
    case 'matmul': {
      const { m, k, n, transposeA, transposeB } = request
      const from = Math.floor((m * index) / workers)
      const to = Math.floor((m * (index + 1)) / workers)
      if (to > from) {
        const out = new Float32Array(request.out, from * n * 4, (to - from) * n)
        spare ??= new KernelMemory()
        multiply(
          spare,
          new Float32Array(request.a),
          new Float32Array(request.b),
          out,
          { m, k, n, transposeA, transposeB },
          from,
          to,
        )
        if (spare.size > spareBytes) spare = null
      }
      return true
    }
    case 'pictures.compare': {
      const { count, width, height } = request
      const size = width * height * 3
      const picture = (from: SharedArrayBuffer, at: number) => ({
        width,
        height,
        pixels: new Float32Array(from, at * size * 4, size),
      })
      const scores = new Float64Array(request.scores)
      for (let at = index; at < count; at += workers) {
        const { pixCorr, ssim } = comparePictures(picture(request.truth, at), picture(request.reconstruction, at))
        scores[2 * at] = pixCorr
        scores[2 * at + 1] = ssim
      }
      return true
    }
    case 'drop':
      layers.delete(request.id)
      matrices.delete(request.id)
      return true
    case 'stop':
      return false
    default:
      return request satisfies never
  }
}

function fail(error: unknown): void {
  const text = new TextEncoder().encode(error instanceof Error ? error.message : String(error)).slice(0, errorBytes - 4)
  const room = new Uint8Array(errors, index * errorBytes, errorBytes)
  room.fill(0)
  room.set(text)
  Atomics.store(slots, control.failed(index), 1)
}

// However this thread ends, nobody must wait for it.
process.on('exit', () => {
  Atomics.store(slots, control.done(index), workerState.ended)
  Atomics.notify(slots, control.done(index))
})

Atomics.store(slots, control.done(index), 0)
Atomics.notify(slots, control.done(index))

let seen = 0
let running = true
while (running) {
  Atomics.wait(slots, control.command, seen)
  seen = Atomics.load(slots, control.command)
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    try {
      running = handle(next.message as Request) && running
    } catch (error) {
      fail(error)
    }
  }
  Atomics.store(slots, control.done(index), seen)
  Atomics.notify(slots, control.done(index))
}
