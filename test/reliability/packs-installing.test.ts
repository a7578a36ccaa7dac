/**
 * Installing a pack shows how far it is, can be cancelled at any moment, ends where a graph does not, and leaves nothing then: neither
 * files nor processes. A run that waits for a graph without end can be cancelled too.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PackInstall } from '../../src/core/contract/pack.ts'
import { problemOf } from '../../src/core/transport/problem-of.ts'
import { type InstallProgress, installPack } from '../../src/engine/packs/install-pack.ts'
import { installStream } from '../../src/engine/packs/install-stream.ts'
import { Packs } from '../../src/engine/packs/packs.ts'
import { tryGraphs } from '../../src/engine/packs/try-graphs.ts'
import { makeOnnx } from '../support/make-onnx.ts'
import { endlessGraph, fileEntry, tinyPack } from '../support/make-pack.ts'
import { freshFolder, ownFolder } from './support/folder.ts'
import { smallDisk } from './support/small-disk.ts'
import { quickDecoder, quickMask, Workstation } from './support/workstation.ts'

const folder = freshFolder()
const endless = () => makeOnnx(endlessGraph(16))

/** A pack with a file of so many megabytes beside its graph. */
function largePack(place: string, megabytes: number): void {
  const large = Buffer.alloc(megabytes << 20, 7)
  tinyPack(place, 'large', (manifest) => ({ ...manifest, files: [...manifest.files, fileEntry('weights.bin', large)] }))
  writeFileSync(join(place, 'weights.bin'), large)
}

const left = (place: string) => (existsSync(place) ? readdirSync(place) : null)
const quick = { tryGraphs: async () => {} }

describe('installing', () => {
  it('tells how far it is, from nothing to all of it', async () => {
    tinyPack(join(folder(), 'in'))
    const told: InstallProgress[] = []
    const watch = { progress: (progress: InstallProgress) => void told.push(progress) }
    await installPack(join(folder(), 'in'), join(folder(), 'packs'), quick, watch)
    expect(told.map(({ phase }) => phase)).toEqual(['copy', 'copy', 'copy', 'read', 'try'])
    const { totalBytes } = told[0]!
    expect(totalBytes).toBeGreaterThan(1000)
    expect([told[0]!.bytes, told.at(-1)!.bytes]).toEqual([0, totalBytes])
    expect(told.map(({ bytes }) => bytes)).toEqual(told.map(({ bytes }) => bytes).toSorted((a, b) => a - b))
  })

  it.each(['copy', 'read', 'try'] as const)('is cancelled while it is at "%s", and nothing is left', async (phase) => {
    tinyPack(join(folder(), 'in'))
    const stop = new AbortController()
    const watch = {
      signal: stop.signal,
      progress: (progress: InstallProgress) => void (progress.phase === phase && stop.abort()),
    }
    const work = installPack(join(folder(), 'in'), join(folder(), 'deep', 'packs'), { tryGraphs }, watch)
    expect(await work.then(() => null, problemOf)).toMatchObject({ code: 'CANCELLED', where: 'tiny' })
    expect(readdirSync(folder())).toEqual(['in'])
  })

  it('ends where a graph does not, and says so', async () => {
    tinyPack(join(folder(), 'in'), 'endless', undefined, endless())
    const hooks = {
      tryGraphs: (pack: Parameters<typeof tryGraphs>[0], signal?: AbortSignal) => tryGraphs(pack, signal, 3000),
    }
    const problem = await installPack(join(folder(), 'in'), join(folder(), 'packs'), hooks).then(() => null, problemOf)
    expect(problem).toMatchObject({
      code: 'BAD_FILE',
      message: 'The graphs of endless did not end within 3 seconds.',
      where: 'endless',
    })
    expect(left(join(folder(), 'packs'))).toBe(null)
  })

  it('of a graph without end is cancelled by a reader that leaves the stream, and by the engine that closes', async () => {
    tinyPack(join(folder(), 'in'), 'endless', undefined, endless())
    const options = { shipped: join(folder(), 'shipped'), installed: () => join(folder(), 'packs') }
    const packs = new Packs(options)
    const stop = new AbortController()
    const events: PackInstall[] = []
    const read = async () => {
      for await (const event of installStream(packs, join(folder(), 'in'), stop.signal)) {
        events.push(event)
        if (event.phase === 'try') stop.abort()
      }
    }
    expect(await read().then(() => null, problemOf)).toMatchObject({ code: 'CANCELLED' })
    expect(events.at(-1)?.phase).toBe('try')
    expect(left(join(folder(), 'packs'))).toBe(null)

    let closed: Promise<void> | null = null
    const progress = ({ phase }: InstallProgress) => {
      if (phase === 'try') closed = packs.close()
    }
    const other = packs.install(join(folder(), 'in'), { progress })
    expect(await other.then(() => null, problemOf)).toMatchObject({ code: 'CANCELLED' })
    await closed
    expect(left(join(folder(), 'packs'))).toBe(null)
  })

  const disk = smallDisk(8)
  afterAll(() => disk?.remove())
  it.runIf(disk !== null)(
    'looks for room before it copies, and leaves nothing where it was promised wrongly',
    async () => {
      tinyPack(join(folder(), 'in'))
      disk!.fill(0)
      const progress: InstallProgress[] = []
      const watch = { progress: (one: InstallProgress) => void progress.push(one) }
      const work = installPack(join(folder(), 'in'), join(disk!.path, 'packs'), quick, watch)
      expect(await work.then(() => null, problemOf)).toMatchObject({ code: 'DISK_FULL', fix: expect.any(String) })
      expect(progress).toEqual([])
      expect(left(join(disk!.path, 'packs'))).toBe(null)

      // The room goes while the pack is copied.
      disk!.empty()
      largePack(join(folder(), 'large'), 4)
      const filling = { progress: ({ bytes }: InstallProgress) => void (bytes > 0 && bytes < 3 << 20 && disk!.fill(0)) }
      const second = installPack(join(folder(), 'large'), join(disk!.path, 'packs'), quick, filling)
      expect(await second.then(() => null, problemOf)).toMatchObject({ code: 'DISK_FULL' })
      expect(left(join(disk!.path, 'packs'))).toBe(null)
    },
  )
})

describe('a run that waits for a graph without end', () => {
  const own = ownFolder()
  let station: Workstation
  beforeAll(async () => {
    station = await Workstation.create(own.path)
    tinyPack(join(own.path, 'in'), 'endless', undefined, endless())
    await installPack(join(own.path, 'in'), join(own.path, 'packs'), quick)
  })
  afterAll(async () => {
    await station.close()
    own.remove()
  })

  it('is cancelled, and its process is gone', async () => {
    const subject = await station.simulated()
    await station.complete({ kind: 'mask', subject, backbone: null, settings: quickMask('instant', 50) })
    const [mask] = await station.store.masks()
    const { id } = await station.start({ kind: 'decode', mask: mask!.id, settings: quickDecoder })
    const pid = await station.processOf(id)
    await station.until(id, ({ run }) =>
      run.phases.some(({ name, state }) => state === 'running' && /endless/.test(name)),
    )
    await station.queue.cancel(id)
    expect(await station.queue.finished(id)).toMatchObject({ status: 'cancelled', problem: null })
    expect(() => process.kill(pid, 0)).toThrow()
    expect(await station.store.decoders()).toEqual([])
    // Without the pack, the same run goes on to its end.
    station.engine.packs.remove('endless')
    await station.queue.resume(id)
    await station.finished(id)
  })
})
