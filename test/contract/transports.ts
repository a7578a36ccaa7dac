/** The two ways to the engine, opened on a stand-in for it. */
import { WebSocket } from 'ws'
import { type Client, connect, type Connection as Line, type WebSocketLike } from '../../src/core/transport/client.ts'
import { type EngineRouter, inProcessClient } from '../../src/core/transport/in-process.ts'
import { type RunningServer, startServer } from '../../src/server/server.ts'
import { createFakeRouter, type FakeEngine } from './fake-router.ts'

export interface Connection {
  readonly client: Client
  readonly fake: FakeEngine
  /** Only where there is a server in between. */
  readonly server?: RunningServer
  readonly line?: Line
  close(): Promise<void>
}

export interface Transport {
  readonly name: string
  open(fake: FakeEngine): Promise<Connection>
  /** Another client of the same engine. */
  join(other: Connection): Promise<Connection>
}

export async function serve(router: EngineRouter, port = 0, token?: string): Promise<RunningServer> {
  return startServer({
    router,
    findBlob: () => null,
    assets: { files: new Map(), page: () => '<head></head>' },
    port,
    ...(token === undefined ? {} : { token }),
    write: () => {},
  })
}

export function dial(port: number, token: string): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { authorization: `Bearer ${token}` } })
}

/** Short waits: the tests decide when a server is there. */
export function connectTo(port: number, token: string): Line {
  return connect(() => dial(port, token) as unknown as WebSocketLike, { backoff: [5, 10], patience: 5000 })
}

/** Waits for a condition that another part of the program brings about; fails with the test's time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve))
}

function joined(server: RunningServer, fake: FakeEngine, alone: boolean): Connection {
  const line = connectTo(server.port, server.token)
  return {
    client: line.client,
    fake,
    server,
    line,
    async close() {
      line.close()
      if (alone) await server.close()
    },
  }
}

export const transports: readonly Transport[] = [
  {
    name: 'in process',
    open: async (fake) => ({ client: inProcessClient(createFakeRouter(fake)), fake, close: async () => {} }),
    join: async ({ fake }) => ({ client: inProcessClient(createFakeRouter(fake)), fake, close: async () => {} }),
  },
  {
    name: 'WebSocket',
    open: async (fake) => joined(await serve(createFakeRouter(fake)), fake, true),
    join: async ({ fake, server }) => joined(server!, fake, false),
  },
]
