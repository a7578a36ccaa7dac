/**
 * What every transport promises, as one body over both: in process (command line) and WebSocket (window). It is also the
 * way out: another transport may take the place of this one behind the same tests.
 */
import { afterEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/contract/run.ts'
import { problemOf } from '../../src/core/transport/client.ts'
import { FakeEngine, forbidden, projectId, runId } from './fake-router.ts'
import { type Connection, transports, until } from './transports.ts'

const input = { project: projectId, run: runId }

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected the call to fail, but it answered')
}

describe.each(transports)('$name', (transport) => {
  const open: Connection[] = []
  async function connect(fake = new FakeEngine()): Promise<Connection> {
    const connection = await transport.open(fake)
    open.push(connection)
    return connection
  }
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close()
  })

  it('answers a call', async () => {
    const { client } = await connect()
    expect(await client.system.roots()).toEqual([{ name: 'lab', label: 'Lab', writable: true }])
    expect(await client.system.list({ root: 'lab', path: 'ä/日本' })).toEqual([
      { name: 'ä/日本', kind: 'file', bytes: 4 },
    ])
  })

  it('answers many calls at once, each with its own answer', async () => {
    const { client } = await connect()
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => client.system.locate({ path: `/p${n}` })))
    expect(answers.map(({ path }) => path)).toEqual(Array.from({ length: 50 }, (_, n) => `/p${n}`))
  })

  it.each([
    ['a missing field', {}],
    ['a wrong type', { path: 7 }],
    ['no object', 'path'],
    ['nothing', undefined],
  ])('refuses %s before the engine sees it', async (_name, bad) => {
    const { client } = await connect()
    const error = await rejection(client.system.locate(bad as { path: string }))
    expect(problemOf(error).code).toBe('BAD_PARAMETER')
  })

  it('brings an expected failure as the problem it is', async () => {
    const { client } = await connect()
    expect(problemOf(await rejection(client.system.locate({ path: '/forbidden' })))).toEqual(forbidden)
  })

  it('tells a client nothing of a mistake in the engine', async () => {
    const { client } = await connect()
    const problem = problemOf(await rejection(client.system.locate({ path: '/bug' })))
    expect(problem.code).toBe('INTERNAL')
    expect(JSON.stringify(problem)).not.toContain('someone')
  })

  it('knows no procedure that the contract does not name', async () => {
    const { client } = await connect()
    const system = client.system as unknown as Record<string, (input: unknown) => Promise<unknown>>
    expect(await rejection((async () => system.nope!({}))())).toBeInstanceOf(Error)
    expect(await client.system.roots()).toHaveLength(1)
  })

  it('streams events in order and ends with the run', async () => {
    const { client, fake } = await connect()
    fake.push(3)
    const seen: number[] = []
    for await (const event of await client.runs.watch(input)) {
      seen.push(event.seq)
      if (event.seq === 3) fake.push(2)
      if (event.seq === 5) fake.end()
    }
    expect(seen).toEqual([1, 2, 3, 4, 5])
    await until(() => fake.watching === 0)
  })

  it('brings a failure in the middle of a stream as the problem it is, after the events before it', async () => {
    const { client, fake } = await connect()
    fake.push(2)
    fake.failure = forbidden
    const seen: number[] = []
    const error = await rejection(
      (async () => {
        for await (const event of await client.runs.watch(input)) seen.push(event.seq)
      })(),
    )
    expect(problemOf(error)).toEqual(forbidden)
    expect(seen).toEqual([1, 2])
    await until(() => fake.watching === 0)
  })

  it('streams from where the reader was', async () => {
    const { client, fake } = await connect()
    fake.push(10)
    fake.end()
    const seen: number[] = []
    for await (const event of await client.runs.watch({ ...input, since: 7 })) seen.push(event.seq)
    expect(seen).toEqual([8, 9, 10])
  })

  it('tells the engine when a caller gives up', async () => {
    const { client, fake } = await connect()
    const controller = new AbortController()
    const call = rejection(client.runs.get(input, { signal: controller.signal }))
    await until(() => fake.waiting === 1)
    controller.abort()
    expect(await call).toBeInstanceOf(Error)
    await until(() => fake.waiting === 0)
  })

  it('does not begin a call that was given up before', async () => {
    const { client, fake } = await connect()
    await rejection(client.runs.get(input, { signal: AbortSignal.abort() }))
    expect(await client.system.roots()).toHaveLength(1)
    expect(fake.waiting).toBe(0)
  })

  it('stops the producer when a reader breaks off', async () => {
    const { client, fake } = await connect()
    fake.push(5)
    for await (const event of await client.runs.watch(input)) if (event.seq === 2) break
    await until(() => fake.watching === 0)
  })

  it('stops the producer when a reader is aborted while it waits', async () => {
    const { client, fake } = await connect()
    const controller = new AbortController()
    fake.push(1)
    const reader = (async () => {
      for await (const event of await client.runs.watch(input, { signal: controller.signal }))
        if (event.seq === 1) queueMicrotask(() => controller.abort())
    })().catch(() => undefined)
    await reader
    await until(() => fake.watching === 0)
  })

  it('keeps two clients apart', async () => {
    const fake = new FakeEngine()
    const first = await connect(fake)
    const second = await transport.join(first)
    open.push(second)
    fake.push(2)
    const read = async (client: Connection['client'], last: number) => {
      const seen: number[] = []
      for await (const event of await client.runs.watch(input)) {
        seen.push(event.seq)
        if (event.seq === last) break
      }
      return seen
    }
    const [one, two] = await Promise.all([read(first.client, 1), read(second.client, 2)])
    expect([one, two]).toEqual([[1], [1, 2]])
    await until(() => fake.watching === 0)
    await second.close()
    expect(await first.client.system.roots()).toHaveLength(1)
  })

  it('makes the engine wait for a slow reader', async () => {
    const { client, fake } = await connect()
    fake.flood = 20_000
    const stream: AsyncIterable<RunEvent> = await client.runs.watch(input)
    let read = 0
    for await (const event of stream) {
      expect(event.seq).toBe(++read)
      if (read === 200) break
    }
    await until(() => fake.watching === 0)
  })
})
