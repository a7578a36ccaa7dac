/** A project folder that was moved while a run in it was interrupted goes on in its new place as if nothing had happened. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunRequest } from '../../src/core/contract/run.ts'
import { freshFolder } from './support/folder.ts'
import { quickMask, Workstation } from './support/workstation.ts'

const folder = freshFolder()

it('a moved project opens, its interrupted run goes on to the same bits, and the list of projects finds it', async () => {
  const station = await Workstation.create(folder())
  const subject = await station.simulated()
  const request: RunRequest = { kind: 'mask', subject, backbone: null, settings: quickMask('memory', 120) }
  const hashOf = (run: string, store = station.store) =>
    createHash('sha256')
      .update(readFileSync(store.runFolder(run).result('mask.data')))
      .digest('hex')
  const straight = hashOf((await station.complete(request)).id)
  const { id } = await station.start(request)
  const place = station.store.runFolder(id)
  await station.until(id, () => place.readCheckpoint('').state !== null)
  await station.close()

  const elsewhere = join(folder(), 'an anderem Ort')
  mkdirSync(elsewhere)
  renameSync(join(folder(), 'project'), join(elsewhere, 'umbenannt'))
  const missing = Workstation.engine(folder())
  expect(await missing.recent()).toMatchObject([{ id: station.store.id, missing: true }])

  const moved = await missing.open(join(elsewhere, 'umbenannt'))
  expect(moved.store.id).toBe(station.store.id)
  expect((await moved.queue.describe(id)).status).toBe('interrupted')
  await moved.queue.resume(id)
  expect((await moved.queue.finished(id)).status).toBe('done')
  expect(hashOf(id, moved.store)).toBe(straight)
  const recent = await missing.recent()
  expect(recent).toHaveLength(1)
  expect(recent[0]).toMatchObject({ missing: false, place: { root: 'workspace', path: 'an anderem Ort/umbenannt' } })
  await missing.close()

  // Nothing in it knows where it was.
  for (const entry of readdirSync(elsewhere, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const bytes = readFileSync(join(entry.parentPath, entry.name))
    expect(bytes.includes(join(folder(), 'project')), entry.name).toBe(false)
  }
})
