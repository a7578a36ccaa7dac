/**
 * A disk that fills up stops a run with DISK_FULL and nothing else: the last checkpoint is whole, no draft is left, the project can
 * still be looked at, and after some space was freed the run goes on to the same bits. Two ways to have no space: a small disk
 * (needs root to mount one), and a limit on the size of files, which every system has.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunRequest } from '../../src/core/contract/run.ts'
import { startProgram } from './support/child.ts'
import { freshFolder, ownFolder } from './support/folder.ts'
import { type SmallDisk, smallDisk } from './support/small-disk.ts'
import { quickMask, Workstation } from './support/workstation.ts'

const prepared = ownFolder()
const folder = freshFolder()
let request: RunRequest
let straight = ''

beforeAll(async () => {
  const station = await Workstation.create(prepared.path)
  const subject = await station.simulated()
  const mask = quickMask('memory', 120)
  const settings = { ...mask, algorithm1: { ...mask.algorithm1, maximumEpochs: 10 } }
  request = { kind: 'mask', subject, backbone: null, settings }
  const run = await station.complete(request)
  straight = hashOf(station.store.folder, run.id)
  await station.close()
})
afterAll(() => prepared.remove())

function hashOf(project: string, run: string): string {
  return createHash('sha256')
    .update(readFileSync(join(project, 'runs', run, 'results', 'mask.data')))
    .digest('hex')
}

const drafts = (place: string) =>
  readdirSync(place, { recursive: true })
    .map(String)
    .filter((name) => name.includes('.troi-writing-'))

const disk: SmallDisk | null = smallDisk(64)
afterAll(() => disk?.remove())

describe.runIf(disk !== null)('a small disk', () => {
  let station: Workstation
  beforeAll(async () => {
    cpSync(join(prepared.path, 'project'), join(disk!.path, 'project'), { recursive: true })
    station = await Workstation.open(disk!.path)
  })
  afterAll(() => station.close())

  it('that fills up while a run works', async () => {
    const { id } = await station.start(request)
    const place = station.store.runFolder(id)
    await station.until(id, () => (place.readCheckpoint('').state?.epoch ?? 0) >= 2)
    disk!.fill(100_000)
    const stopped = await station.queue.finished(id)
    expect(stopped).toMatchObject({ status: 'failed', problem: { code: 'DISK_FULL', where: expect.any(String) } })
    expect(stopped.problem?.where).toContain(disk!.path)
    expect(drafts(disk!.path)).toEqual([])
    const saved = place.readCheckpoint('')
    expect(saved.notes).toEqual([])
    expect(saved.state?.epoch).toBeGreaterThanOrEqual(2)

    // Still full: everything can be looked at, and trying again fails the same way.
    expect(await station.store.masks()).toHaveLength(1)
    expect((await station.store.runs()).at(-1)?.id).toBe(id)
    disk!.empty()
    await station.queue.resume(id)
    await station.finished(id)
    expect(hashOf(station.store.folder, id)).toBe(straight)
  })

  it('that is full to the last byte refuses a new run, and the window still works', async () => {
    disk!.fill(0)
    const problem = await station.start(request).then(
      async (run) => (await station.queue.finished(run.id)).problem,
      (error: { problem?: unknown }) => error.problem,
    )
    expect(problem).toMatchObject({ code: 'DISK_FULL' })
    expect((await station.store.masks()).length).toBeGreaterThan(0)
    disk!.empty()
    const run = await station.complete(request)
    expect(hashOf(station.store.folder, run.id)).toBe(straight)
  })

  it('that is full when a project is made', async () => {
    disk!.fill(0)
    await expect(station.engine.create(join(disk!.path, 'new'), 'New')).rejects.toMatchObject({
      problem: { code: 'DISK_FULL', where: expect.stringContaining(disk!.path) },
    })
    disk!.empty()
    // What was left of the attempt does not stand in the way of the next.
    const made = await station.engine.create(join(disk!.path, 'new'), 'New')
    expect(made.store.name).toBe('New')
  })
})

describe('a limit on the size of files', () => {
  /** ulimit counts blocks of 1024 bytes in bash. */
  const limited = (kilobytes: number) => ['bash', '-c', `ulimit -f ${kilobytes}; exec "$@"`, 'limited']

  it('stops a single write, keeps the old file and removes the draft', async () => {
    const path = join(folder(), 'target')
    copyFileSync(import.meta.filename, path)
    const before = readFileSync(path)
    const writer = startProgram('endless-writer.ts', { args: [path], through: limited(1000) })
    const { code, errors } = await writer.ended
    expect(code).not.toBe(0)
    expect(errors).toContain('ProblemError')
    expect(errors).toContain('DISK_FULL')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder())).toEqual(['target'])
  })

  it('stops a run with DISK_FULL, and without the limit it goes on to the same bits', async () => {
    cpSync(join(prepared.path, 'project'), join(folder(), 'project'), { recursive: true })
    const largest = Math.max(
      ...readdirSync(join(folder(), 'project'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.sqlite'))
        .map((entry) => statSync(join(entry.parentPath, entry.name)).size),
    )
    // Enough for the database and its log, not for a checkpoint of 541 × 256 weights with two moments.
    const engine = startProgram('engine-host.ts', {
      args: [folder(), JSON.stringify(request)],
      through: limited(Math.ceil(largest / 1024) + 1000),
    })
    const { lines, errors } = await engine.ended
    expect(errors).toBe('')
    const { run } = JSON.parse(lines[0]!) as { run: string }
    expect(JSON.parse(lines.at(-1)!).end).toMatchObject({ status: 'failed', problem: { code: 'DISK_FULL' } })
    expect(drafts(folder())).toEqual([])

    const station = await Workstation.open(folder())
    await station.queue.resume(run)
    await station.finished(run)
    expect(hashOf(station.store.folder, run)).toBe(straight)
    await station.close()
  })
})
