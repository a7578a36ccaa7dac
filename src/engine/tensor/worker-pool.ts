/**
 * Worker threads that compute while the calling thread sleeps. A job process has nothing else to do during a step, so calls
 * are synchronous: post the request, wake the workers, wait for all. Results never depend on how many there are.
 */
import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { entryPoint } from '../entry-point.ts'
import { shardCount } from './shard.ts'
import { control, errorBytes, type Request, type WorkerStart, workerState } from './worker-protocol.ts'

export interface WorkerPoolOptions {
  /** The worker's program. */
  readonly entry?: string
  /** Milliseconds after which a silent worker counts as gone: the largest request here takes seconds. */
  readonly patience?: number
}

export class WorkerPool {
  readonly threads: number
  readonly #patience: number
  /** Why nothing can be computed any more: what a lost thread held is lost. */
  #broken: Error | null = null
  readonly #slots: Int32Array
  readonly #errors: SharedArrayBuffer
  readonly #ports: MessagePort[] = []
  readonly #workers: Worker[] = []
  #nextId = 1

  constructor(
    threads: number = Math.min(availableParallelism(), shardCount),
    { entry = entryPoint('tensor/worker.ts', 'tensor-worker.mjs'), patience = 300_000 }: WorkerPoolOptions = {},
  ) {
    this.#patience = patience
    this.threads = Math.max(1, Math.min(threads, shardCount))
    const slots = new SharedArrayBuffer(4 * (1 + 2 * this.threads))
    this.#slots = new Int32Array(slots)
    this.#errors = new SharedArrayBuffer(errorBytes * this.threads)
    for (let index = 0; index < this.threads; index++) {
      const { port1, port2 } = new MessageChannel()
      const start: WorkerStart = { index, workers: this.threads, control: slots, errors: this.#errors }
      this.#slots[control.done(index)] = workerState.starting
      const worker = new Worker(entry, {
        workerData: { ...start, port: port2 },
        transferList: [port2],
        execArgv: [],
        stdout: false,
        stderr: false,
      })
      // These arrive only between requests; during one the slot tells.
      worker.on('error', (error) => this.#breakWith(`compute thread ${index} failed (${error.message})`))
      worker.on('exit', () => this.#breakWith(`compute thread ${index} ended unexpectedly`))
      worker.unref()
      port1.unref()
      this.#ports.push(port1)
      this.#workers.push(worker)
    }
  }

  /** A number that names a layer or matrix in the workers. */
  newId(): number {
    return this.#nextId++
  }

  /** All workers do their share of the request; returns when the last one is done. Throws what a worker threw. */
  run(request: Request): void {
    if (this.#broken !== null) throw this.#broken
    for (const port of this.#ports) port.postMessage(request)
    const command = Atomics.add(this.#slots, control.command, 1) + 1
    Atomics.notify(this.#slots, control.command)
    for (let index = 0; index < this.threads; index++) this.#await(index, command)
    const failures: string[] = []
    for (let index = 0; index < this.threads; index++) {
      if (Atomics.exchange(this.#slots, control.failed(index), 0) === 0) continue
      const bytes = new Uint8Array(this.#errors, index * errorBytes, errorBytes).slice()
      failures.push(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))))
    }
    if (failures.length > 0) throw new Error(`a compute thread failed: ${failures[0]}`)
  }

  #await(index: number, command: number): void {
    const slot = control.done(index)
    for (let done = Atomics.load(this.#slots, slot); done !== command; done = Atomics.load(this.#slots, slot)) {
      if (done === workerState.ended) throw this.#breakWith(`compute thread ${index} ended unexpectedly`)
      if (Atomics.wait(this.#slots, slot, done, this.#patience) === 'timed-out')
        throw this.#breakWith(
          `compute thread ${index} ${done === workerState.starting ? 'did not start' : 'does not answer'}`,
        )
    }
  }

  #breakWith(reason: string): Error {
    this.#broken ??= new Error(`${reason}; its part of the numbers is lost, go on from the last checkpoint`)
    return this.#broken
  }

  async close(): Promise<void> {
    this.#broken ??= new Error('the compute threads were closed')
    for (const port of this.#ports) port.postMessage({ op: 'stop' } satisfies Request)
    Atomics.add(this.#slots, control.command, 1)
    Atomics.notify(this.#slots, control.command)
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
    for (const port of this.#ports) port.close()
  }
}

/** Shared memory that grows on demand and is reused. */
export class SharedRoom {
  #buffer = new SharedArrayBuffer(0)

  /** At least `bytes` bytes. */
  take(bytes: number): SharedArrayBuffer {
    if (this.#buffer.byteLength < bytes) this.#buffer = new SharedArrayBuffer(Math.ceil(bytes / 8) * 8)
    return this.#buffer
  }
}
