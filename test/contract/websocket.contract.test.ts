/** What only a wire can do to a call: break, come back, carry nonsense, or have a reader that does not read. */
import { afterEach, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { type Connection, problemOf } from '../../src/core/transport/client.ts'
import { limits } from '../../src/server/rpc-sockets.ts'
import type { RunningServer } from '../../src/server/server.ts'
import { createFakeRouter, FakeEngine, projectId, runId } from './fake-router.ts'
import { connectTo, dial, serve, until } from './transports.ts'

const input = { project: projectId, run: runId }
const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function begin(port = 0, fake = new FakeEngine(), token?: string) {
  const server = await serve(createFakeRouter(fake), port, token)
  closers.push(() => server.close())
  return { fake, server }
}

function join(server: RunningServer): Connection {
  const line = connectTo(server.port, server.token)
  closers.push(() => line.close())
  return line
}

async function raw(server: RunningServer): Promise<WebSocket> {
  const socket = dial(server.port, server.token)
  closers.push(() => socket.terminate())
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return socket
}

function ask(id: number, path: string, json?: unknown): string {
  return JSON.stringify({ i: String(id), p: { u: path, b: { json } } })
}

function nextMessage(socket: WebSocket): Promise<{ i: string; p: { s?: number; b: { json: { code?: string } } } }> {
  return new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
}

function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve))
}

const failure = (promise: Promise<unknown>) => promise.then(() => null, problemOf)

describe('a connection that breaks', () => {
  it('fails every call under way and goes on with a new server', async () => {
    const { fake, server } = await begin()
    const line = join(server)
    const states: string[] = []
    line.onState((state) => states.push(state))
    const calls = [failure(line.client.runs.get(input)), failure(line.client.runs.get(input))]
    await until(() => fake.waiting === 2)
    await server.close()
    for (const problem of await Promise.all(calls)) expect(problem?.code).toBe('UNAVAILABLE')
    await until(() => fake.waiting === 0)

    const late = line.client.system.roots()
    await begin(server.port, fake, server.token)
    expect(await late).toHaveLength(1)
    expect(states.filter((state) => state !== 'connecting')).toEqual(['open', 'waiting', 'open'])
  })

  it('goes on watching without gap or repeat', async () => {
    const { fake, server } = await begin()
    const line = join(server)
    fake.push(3)
    const stream = await line.client.runs.watch(input)
    const seen: number[] = []
    let serving = server
    for await (const event of stream) {
      seen.push(event.seq)
      if (event.seq === 3 || event.seq === 5) {
        await serving.close()
        fake.push(2)
        serving = (await begin(server.port, fake, server.token)).server
      }
      if (event.seq === 7) fake.end()
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(fake.asked).toEqual([0, 3, 5])
    await until(() => fake.watching === 0)
  })

  it('lets a watcher leave while there is no server', async () => {
    const { fake, server } = await begin()
    const line = join(server)
    const controller = new AbortController()
    fake.push(1)
    const stream = await line.client.runs.watch(input, { signal: controller.signal })
    expect((await stream.next()).value).toMatchObject({ seq: 1 })
    await server.close()
    await until(() => line.state === 'waiting')
    const next = stream.next().then(
      () => 'ended',
      () => 'ended',
    )
    controller.abort()
    expect(await next).toBe('ended')
  })

  it('says at once that there is no connection after it was closed by us', async () => {
    const { server } = await begin()
    const line = join(server)
    await line.client.system.roots()
    line.close()
    expect((await failure(line.client.system.roots()))?.code).toBe('UNAVAILABLE')
    expect(line.state).toBe('closed')
    await until(() => server.sockets === 0)
  })
})

describe('messages', () => {
  it('refuses one that is too long and serves the next call', async () => {
    const { server } = await begin()
    const line = join(server)
    const problem = await failure(line.client.system.locate({ path: 'x'.repeat(limits.messageBytes) }))
    expect(problem?.code).toBe('UNAVAILABLE')
    expect(await line.client.system.roots()).toHaveLength(1)
  })

  it('closes a socket whose frame is too long before it is whole', async () => {
    const { server } = await begin()
    const socket = await raw(server)
    socket.on('error', () => {})
    socket.send('x'.repeat(limits.messageBytes + 1))
    expect(await closeCode(socket)).toBe(1009)
  })

  it.each([
    '/__proto__',
    '/constructor',
    '/toString',
    '/system/__proto__',
    '/system/constructor',
    '/system/roots/~orpc',
    '/~orpc',
    '/system',
    '/',
    '/system/../system/nope',
    '/nope',
  ])('knows no procedure at %j', async (path) => {
    const { server } = await begin()
    const socket = await raw(server)
    const answer = nextMessage(socket)
    socket.send(ask(1, path, {}))
    expect((await answer).p.s).toBe(404)
    const next = nextMessage(socket)
    socket.send(ask(2, '/system/roots'))
    expect((await next).p.s).toBeUndefined()
  })

  it.each([
    ['no JSON', 'hello'],
    ['a number', '7'],
    ['null', 'null'],
    ['an array', '[]'],
    ['no id', '{"p":{"u":"/system/roots"}}'],
    ['another host', '{"i":"1","p":{"u":"http://elsewhere/system/roots"}}'],
    ['an unknown kind', '{"i":"1","t":9,"p":{}}'],
    ['no address', '{"i":"1","p":{}}'],
    ['bytes', Buffer.from('{"i":"1","p":{"u":"/system/roots"}}')],
  ])('ends a connection that says %s', async (_name, message) => {
    const { server } = await begin()
    const socket = await raw(server)
    const code = closeCode(socket)
    socket.send(message)
    expect(await code).toBe(1008)
    expect(await join(server).client.system.roots()).toHaveLength(1)
  })

  it('cannot be used to write into prototypes', async () => {
    const { server } = await begin()
    const socket = await raw(server)
    const answer = nextMessage(socket)
    socket.send(
      '{"i":"1","p":{"u":"/system/locate","b":{"json":{"path":"/a","__proto__":{"polluted":1}},"meta":[[1,"__proto__","polluted"]]}}}',
    )
    await answer
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('limits', () => {
  it(`serves at most ${limits.callsUnderWay} calls of a connection at once, and the next when one is done`, async () => {
    const { fake, server } = await begin()
    const line = join(server)
    const controller = new AbortController()
    const calls = Array.from({ length: limits.callsUnderWay }, () =>
      failure(line.client.runs.get(input, { signal: controller.signal })),
    )
    await until(() => fake.waiting === limits.callsUnderWay)
    expect((await failure(line.client.system.roots()))?.code).toBe('UNAVAILABLE')
    expect(await join(server).client.system.roots()).toHaveLength(1)
    controller.abort()
    await Promise.all(calls)
    await until(() => fake.waiting === 0)
    expect(await line.client.system.roots()).toHaveLength(1)
  })

  it('counts a stream until it ends', async () => {
    const { fake, server } = await begin()
    const line = join(server)
    fake.push(1)
    const streams = await Promise.all(Array.from({ length: limits.callsUnderWay }, () => line.client.runs.watch(input)))
    expect((await failure(line.client.system.roots()))?.code).toBe('UNAVAILABLE')
    await streams[0]!.return?.()
    await until(() => fake.watching === limits.callsUnderWay - 1)
    expect(await line.client.system.roots()).toHaveLength(1)
  })

  it(`takes at most ${limits.sockets} connections`, async () => {
    const { server } = await begin()
    const sockets = await Promise.all(Array.from({ length: limits.sockets }, () => raw(server)))
    await expect(raw(server)).rejects.toThrow('503')
    sockets[0]!.terminate()
    await until(() => server.sockets < limits.sockets)
    await raw(server)
  })
})

describe('a reader that does not read', () => {
  it('stops its own producer within a few events and gets every event when it reads on', async () => {
    const { fake, server } = await begin()
    fake.flood = 100_000
    const socket = await raw(server)
    const got: number[] = []
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { t?: number; p: { d?: { json: { seq: number } } } }
      if (message.t === 3 && message.p.d !== undefined) got.push(message.p.d.json.seq)
    })
    socket.pause()
    socket.send(ask(1, '/runs/watch', { ...input, since: 0 }))
    // The producer is far faster than this: once it stands still over many turns of the loop, it waits for the reader.
    let before = -1
    for (let still = 0; still < 2000; still++) {
      await until(() => true)
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (fake.produced !== before || fake.produced === 0) still = 0
      before = fake.produced
    }
    const heldBytes = fake.produced * fake.flood
    expect(heldBytes).toBeLessThan(20 * 2 ** 20)
    const others = join(server)
    expect(await others.client.system.roots()).toHaveLength(1)

    const stalled = fake.produced
    socket.resume()
    await until(() => got.length > stalled + 20)
    expect(got).toEqual(Array.from({ length: got.length }, (_, at) => at + 1))
    socket.terminate()
    await until(() => fake.watching === 0)
  })

  it('is dropped when it does not answer a ping', async () => {
    const fake = new FakeEngine()
    const server = await (await import('../../src/server/server.ts')).startServer({
      router: createFakeRouter(fake),
      findBlob: () => null,
      assets: { files: new Map(), page: () => '' },
      port: 0,
      write: () => {},
      heartbeat: 20,
    })
    closers.push(() => server.close())
    const alive = await raw(server)
    const dead = await raw(server)
    dead.pause()
    await until(() => server.sockets === 1)
    expect(alive.readyState).toBe(alive.OPEN)
  })
})
