/** The engine itself is killed with SIGKILL: its job ends by itself, nothing it passed on is lost, and the run can be resumed. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { RunRequest } from '../../src/core/contract/run.ts'
import { RunFolder } from '../../src/engine/project/run-folder.ts'
import { startProgram } from './support/child.ts'
import { freshFolder } from './support/folder.ts'
import { testRandom } from './support/seeds.ts'
import { quickMask, Workstation } from './support/workstation.ts'

const folder = freshFolder()

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('loses nothing that was passed on, leaves no job behind, and goes on to the same bits', async () => {
  const random = testRandom('kill -9 of the engine')
  const station = await Workstation.create(folder())
  const { subject, backbone } = await station.prepared()
  const mask = quickMask('memory', 120)
  const settings = { ...mask, algorithm1: { ...mask.algorithm1, maximumEpochs: 12 } }
  const request: RunRequest = { kind: 'mask', subject, backbone, settings }
  const hashOf = (run: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder(), 'project', 'runs', run, 'results', 'mask.data')))
      .digest('hex')
  const straight = hashOf((await station.complete(request)).id)
  const runsBefore = await station.store.runs()
  await station.close()

  let id = ''
  let task = JSON.stringify(request)
  for (let round = 0; round < 3; round++) {
    const engine = startProgram('engine-host.ts', { args: [folder(), task] })
    id = (JSON.parse((await engine.line())!) as { run: string }).run
    const run = new RunFolder(join(folder(), 'project', 'runs', id))
    let wanted = 2 + random.integer(12)
    let passedOn = 0
    for (let line = await engine.line(); line !== null; line = await engine.line()) {
      const event = JSON.parse(line) as { seq?: number; status?: string }
      if (event.seq === undefined) break
      passedOn = Math.max(passedOn, event.seq)
      if (event.status === 'running' && --wanted <= 0) break
    }
    engine.process.kill('SIGKILL')
    await engine.ended
    const starts = [...run.readLog().matchAll(/by process (\d+)/g)]
    const job = Number(starts.at(-1)?.[1])
    await vi.waitFor(() => expect(isAlive(job)).toBe(false), { timeout: 10_000, interval: 10 })
    expect(existsSync(join(folder(), 'project', 'project.lock'))).toBe(true)
    expect(run.lastSeq()).toBeGreaterThanOrEqual(passedOn)

    const after = await Workstation.open(folder())
    const found = await after.queue.describe(id)
    expect(['interrupted', 'done']).toContain(found.status)
    expect((await after.store.runs()).slice(0, runsBefore.length)).toEqual(runsBefore)
    expect(await after.engine.describe(after.project)).toMatchObject({
      next: found.status === 'interrupted' ? expect.stringContaining(found.name) : null,
    })
    await after.close()
    if (found.status === 'done') break
    task = `resume ${id}`
  }

  const after = await Workstation.open(folder())
  if ((await after.queue.describe(id)).status === 'interrupted') await after.queue.resume(id)
  await after.finished(id)
  expect(hashOf(id)).toBe(straight)
  expect(await after.store.masks()).toHaveLength(2)
  await after.close()
})

it('keeps a queue: what waited when it was killed runs when the project is opened again', async () => {
  const station = await Workstation.create(folder())
  const first = await station.start({ kind: 'simulate', size: 'tiny', seed: 0 })
  const second = await station.start({ kind: 'simulate', size: 'tiny', seed: 1 })
  await station.close()
  const again = await Workstation.open(folder())
  expect((await again.queue.describe(first.id)).status).toMatch(/interrupted|done/)
  await again.finished(second.id)
  expect(await again.store.subjects()).not.toHaveLength(0)
  await again.close()
})
