/** The real router behind both transports: refusals arrive as the problems they are, also those of a stream. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, type Connection, problemOf } from '../../src/core/transport/client.ts'
import { inProcessClient } from '../../src/core/transport/in-process.ts'
import { type OpenedEngine, openEngine } from '../../src/engine/open-engine.ts'
import { Places } from '../../src/engine/places.ts'
import type { RunningServer } from '../../src/server/server.ts'
import { projectId, runId } from './fake-router.ts'
import { connectTo, serve } from './transports.ts'

let base: string
let opened: OpenedEngine
let server: RunningServer
let line: Connection
let project: string
const mistakes: string[] = []
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'engine-'))
  opened = openEngine({
    places: new Places([{ name: 'workspace', label: 'W', folder: base, writable: true, everyName: false }]),
    userData: join(base, '.data'),
    log: (text) => mistakes.push(text),
  })
  server = await serve(opened.router)
  line = connectTo(server.port, server.token)
  project = (await line.client.projects.create({ place: { root: 'workspace', path: 'p' }, name: 'P' })).id
})
afterAll(async () => {
  line.close()
  await server.close()
  await opened.engine.close()
  rmSync(base, { recursive: true, force: true })
})

const clients: [string, () => Client][] = [
  ['in process', () => inProcessClient(opened.router)],
  ['WebSocket', () => line.client],
]

const verdict = {
  ...{ project: projectId, mask: runId, verdict: 'accepted' as const, reviewer: 'Ann', sha256: 'a'.repeat(64) },
}

describe.each(clients)('%s', (_name, client) => {
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'answered',
      (error) => problemOf(error).code,
    )

  it('finds the same project', async () => {
    expect(await client().projects.open({ place: { root: 'workspace', path: 'p' } })).toMatchObject({ id: project })
    expect((await client().projects.recent()).map(({ id }) => id)).toEqual([project])
  })

  it('refuses what is not there', async () => {
    expect(await codeOf(client().runs.list({ project: projectId }))).toBe('NOT_FOUND')
    for (const name of ['get', 'pause', 'resume', 'cancel', 'discard', 'table'] as const)
      expect([name, await codeOf(client().runs[name]({ project, run: runId }))]).toEqual([name, 'NOT_FOUND'])
    expect(await codeOf(client().results.volumes({ project, mask: runId }))).toBe('NOT_FOUND')
    expect(await codeOf(client().reviews.list({ project, mask: runId }))).toBe('NOT_FOUND')
    expect(await codeOf(client().reviews.add(verdict))).toBe('NOT_FOUND')
  })

  it('refuses to watch what is not there', async () => {
    const watch = async (ids: { project: string; run: string }) => {
      for await (const event of await client().runs.watch(ids)) throw new Error(`an event: ${event.seq}`)
    }
    expect(await codeOf(watch({ project, run: runId }))).toBe('NOT_FOUND')
    expect(await codeOf(watch({ project: projectId, run: runId }))).toBe('NOT_FOUND')
  })

  it('refuses what is not of the contract', async () => {
    expect(await codeOf(client().runs.get({ project: 'no id', run: runId }))).toBe('BAD_PARAMETER')
    for (const wrong of [{ reviewer: ' ' }, { sha256: 'abc' }, { note: 'x'.repeat(4001) }])
      expect(await codeOf(client().reviews.add({ ...verdict, project, ...wrong }))).toBe('BAD_PARAMETER')
    const tooMany = Array.from({ length: 101 }, (_, seed) => seed)
    const request = { kind: 'demo' as const, size: 'tiny' as const, seeds: tooMany }
    expect(await codeOf(client().runs.start({ project, request }))).toBe('BAD_PARAMETER')
  })

  it('made no mistake', () => {
    expect(mistakes).toEqual([])
  })
})
