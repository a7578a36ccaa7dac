/**
 * An HDF5 file as the engine sees it: opened in a thread of its own (see worker.ts), asked for names, descriptions and blocks.
 * A thread that dies or stays silent is a problem of that file, never of the engine. Close it when done: the library gives no
 * memory back while it lives.
 */
import { Worker } from 'node:worker_threads'
import { ProblemError } from '../../../core/problem.ts'
import { entryPoint } from '../../entry-point.ts'
import type { DatasetDescription, Hdf5Answer, Hdf5Reply, Hdf5Request, Hdf5WorkerStart } from './protocol.ts'

export interface Hdf5Options {
  /** Milliseconds after which a silent thread counts as lost. The largest block takes about a second. */
  readonly patience?: number
}

export class Hdf5File {
  readonly path: string
  readonly #worker: Worker
  readonly #patience: number
  readonly #waiting = new Map<number, { resolve: (answer: Hdf5Answer) => void; reject: (error: Error) => void }>()
  #opened: { resolve: () => void; reject: (error: Error) => void } | null = null
  #lost: ProblemError | null = null
  #nextId = 1

  private constructor(path: string, { patience = 120_000 }: Hdf5Options) {
    this.path = path
    this.#patience = patience
    const start: Hdf5WorkerStart = { path }
    this.#worker = new Worker(entryPoint('import/hdf5/worker.ts', 'hdf5-worker.mjs'), {
      workerData: start,
      execArgv: [],
      // The library writes its complaints there; they reach us as messages.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    this.#worker.stdout.resume()
    this.#worker.stderr.resume()
    this.#worker.on('message', (reply: Hdf5Reply) => this.#take(reply))
    this.#worker.on('error', (error) => this.#lose(`the HDF5 library gave up: ${error.message}`))
    this.#worker.on('exit', () => this.#lose('the HDF5 library gave up'))
  }

  /** Opens the file. BAD_FILE where HDF5 cannot open it. The caller has checked that the file exists. */
  static async open(path: string, options: Hdf5Options = {}): Promise<Hdf5File> {
    const file = new Hdf5File(path, options)
    try {
      await file.#withPatience(
        new Promise<void>((resolve, reject) => {
          file.#opened = { resolve, reject }
        }),
      )
    } catch (error) {
      await file.close()
      throw error
    }
    return file
  }

  async close(): Promise<void> {
    this.#lost ??= this.#problem('the file was closed')
    await this.#worker.terminate()
  }

  /** All datasets (at most some hundred; `complete` says whether that was all). */
  async list(): Promise<{ datasets: readonly DatasetDescription[]; complete: boolean }> {
    const answer = await this.#ask({ kind: 'list' })
    if (answer.kind !== 'list') throw this.#problem('the answer makes no sense')
    return answer
  }

  /** The dataset at a path, or null. */
  async describe(dataset: string): Promise<DatasetDescription | null> {
    const answer = await this.#ask({ kind: 'describe', dataset })
    if (answer.kind !== 'describe') throw this.#problem('the answer makes no sense')
    return answer.dataset
  }

  /** Numbers of a block in the dataset's own type, little-endian, in C order of `count`. */
  async read(dataset: string, offset: readonly number[], count: readonly number[]): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#ask({ kind: 'read', dataset, offset: [...offset], count: [...count] })
    if (answer.kind !== 'read') throw this.#problem('the answer makes no sense')
    return answer.bytes
  }

  async #ask(request: Hdf5Request): Promise<Hdf5Answer> {
    if (this.#lost !== null) throw this.#lost
    const id = this.#nextId++
    return this.#withPatience(
      new Promise<Hdf5Answer>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject })
        this.#worker.postMessage({ id, request })
      }),
    )
  }

  async #withPatience<T>(promise: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#lose('the HDF5 library did not come to an end')
      void this.#worker.terminate()
    }, this.#patience)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }

  #take(reply: Hdf5Reply): void {
    if ('opened' in reply) {
      if (reply.opened === null) this.#opened?.resolve()
      else this.#opened?.reject(this.#problem(reply.opened))
      return
    }
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('failed' in reply) waiting?.reject(this.#problem(reply.failed))
    else waiting?.resolve(reply.answer)
  }

  #lose(why: string): void {
    this.#lost ??= this.#problem(why)
    this.#opened?.reject(this.#lost)
    for (const { reject } of this.#waiting.values()) reject(this.#lost)
    this.#waiting.clear()
  }

  #problem(why: string): ProblemError {
    return new ProblemError({
      code: 'BAD_FILE',
      message: `The HDF5 file cannot be read: ${why.replace(/\s+/g, ' ').trim().slice(0, 300)}.`,
      where: this.path,
      fix: 'Copy the file again from its source, and check it with h5ls or h5py.',
    })
  }
}
