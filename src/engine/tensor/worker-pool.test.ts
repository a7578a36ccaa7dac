/** A thread that is lost must be an error of the request that waited for it, never a wait without end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entryPoint } from '../entry-point.ts'
import { wasmDenseKernels } from './wasm-dense-kernels.ts'
import { WorkerPool } from './worker-pool.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-pool-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The real program, whose waits the text changes. */
function programWith(name: string, change: string): string {
  const path = join(folder, `${name}.mjs`)
  const real = pathToFileURL(entryPoint('tensor/worker.ts', 'tensor-worker.mjs')).href
  writeFileSync(
    path,
    `import { workerData } from 'node:worker_threads'\n${change}\nawait import(${JSON.stringify(real)})\n`,
  )
  return path
}

describe('worker pool', () => {
  it('reports a thread that dies, at once and ever after', async () => {
    const dies = programWith(
      'dies',
      `const wait = Atomics.wait
       let waits = 0
       Atomics.wait = (...place) => {
         const result = wait(...place)
         if (workerData.index === 1 && ++waits === 3) throw new Error('lost')
         return result
       }`,
    )
    const pool = new WorkerPool(2, { entry: dies })
    pool.run({ op: 'drop', id: 1 })
    pool.run({ op: 'drop', id: 1 })
    expect(() => pool.run({ op: 'drop', id: 1 })).toThrow(/compute thread 1 ended unexpectedly.*last checkpoint/)
    expect(() => pool.run({ op: 'drop', id: 1 })).toThrow('compute thread 1 ended unexpectedly')
    await pool.close()
  })

  it('gives up on a thread that does not answer', async () => {
    const hangs = programWith('hangs', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)')
    const pool = new WorkerPool(1, { entry: hangs, patience: 50 })
    expect(() => pool.run({ op: 'drop', id: 1 })).toThrow('compute thread 0 did not start')
    await pool.close()
  })

  it('goes on after a request that failed', async () => {
    const pool = new WorkerPool(2)
    const squares = new SharedArrayBuffer(64)
    expect(() => pool.run({ op: 'layer.prune', id: 7, threshold: 0, squares })).toThrow('nothing with number 7 is here')
    pool.run({ op: 'layer.create', id: 7, voxels: 11, hidden: 3 })
    pool.run({ op: 'layer.prune', id: 7, threshold: -1, squares })
    expect(new Float64Array(squares).reduce((sum, count) => sum + count, 0)).toBe(11)
    await pool.close()
  })

  it('refuses requests once closed', async () => {
    const pool = new WorkerPool(1)
    const kernels = wasmDenseKernels(pool)
    await pool.close()
    expect(() => kernels.resident(new Float32Array(4), 2, 2)).toThrow('the compute threads were closed')
  })

  it('has between one thread and one per range of voxels', async () => {
    const pools = [0, 100].map((threads) => new WorkerPool(threads))
    expect(pools.map((pool) => pool.threads)).toEqual([1, 8])
    for (const pool of pools) await pool.close()
  })
})
