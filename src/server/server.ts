/**
 * One HTTP server on the loopback addresses, with the contract behind /rpc. Started by Electron's main, by `npm start` for a
 * browser, and by `troi serve`; the same for all.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import type { EngineRouter } from '../core/transport/in-process.ts'
import type { Assets } from './assets.ts'
import { createLog, type Log } from './log.ts'
import { namesFor } from './origin.ts'
import { handleRequest, type RequestOptions } from './requests.ts'
import { RpcSockets, refuseRaw } from './rpc-sockets.ts'
import { Session } from './session.ts'

export interface ServerOptions {
  readonly router: EngineRouter
  readonly findBlob: (id: string) => string | null
  readonly assets: Assets
  /** 0 for any free one. */
  readonly port: number
  /** Loopback unless the user asked for another in so many words. */
  readonly host?: string
  readonly token?: string
  /** Where lines of the log go; secrets are taken out before. */
  readonly write?: (line: string) => void
  readonly heartbeat?: number
  /** Milliseconds within which the head of a request, and the whole of it, must have arrived. */
  readonly patience?: { readonly head: number; readonly whole: number }
}

export interface RunningServer {
  readonly port: number
  readonly token: string
  /** What to open in a browser; holds the token. */
  readonly address: string
  readonly log: Log
  /** Addresses that it listens on. */
  readonly listening: readonly string[]
  /** Connected windows and programs. */
  readonly sockets: number
  close(): Promise<void>
}

const loopback = '127.0.0.1'

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const session = new Session(options.token)
  const log = createLog(options.write ?? ((line) => process.stderr.write(line)), [session.token])
  const host = options.host ?? loopback
  const patience = options.patience ?? { head: 10_000, whole: 20_000 }
  const main = plainServer(patience)
  await listen(main, options.port, host)
  const { port } = main.address() as AddressInfo
  const names = namesFor(port, host === loopback ? [] : exposedNames(host))
  const servers = [main]
  if (host === loopback) {
    const second = plainServer(patience)
    // Where there is no IPv6, or someone else has the port there, 127.0.0.1 is enough: it is what we print.
    if (
      await listen(second, port, '::1').then(
        () => true,
        () => false,
      )
    )
      servers.push(second)
  }
  const rpc = new RpcSockets({
    port,
    names,
    session,
    router: options.router,
    ...(options.heartbeat === undefined ? {} : { heartbeat: options.heartbeat }),
  })
  const requests: RequestOptions = { port, names, session, assets: options.assets, findBlob: options.findBlob, log }
  for (const server of servers) {
    server.on('request', (request, response) => handleRequest(requests, request, response))
    server.on('checkContinue', (request, response) => handleRequest(requests, request, response))
    server.on('checkExpectation', (request, response) => handleRequest(requests, request, response))
    server.on('upgrade', (request, socket, head) => rpc.upgrade(request, socket, head))
    server.on('connect', (_request, socket) => refuseRaw(socket, 405, 'This is no proxy.'))
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => refuseRaw(socket, ...reasonOf(error)))
  }
  log(`Listening on ${servers.map((server) => addressOf(server)).join(' and ')}`)
  return {
    port,
    token: session.token,
    address: `http://${host === loopback ? loopback : (exposedNames(host)[0] ?? host)}:${port}/#t=${session.token}`,
    log,
    listening: servers.map(addressOf),
    get sockets() {
      return rpc.size
    },
    async close() {
      rpc.close()
      await Promise.all(
        servers.map((server) => {
          const closed = new Promise<void>((resolve) => server.close(() => resolve()))
          server.closeAllConnections()
          return closed
        }),
      )
    },
  }
}

/** Times and sizes within which a request must arrive; whoever is slower is cut off. */
function plainServer(patience: { readonly head: number; readonly whole: number }): Server {
  const server = createServer({
    headersTimeout: patience.head,
    requestTimeout: patience.whole,
    connectionsCheckingInterval: Math.min(1000, patience.head),
    keepAliveTimeout: 5000,
    maxHeaderSize: 16 * 1024,
    // Checked by ourselves, so that the refusal carries our headers.
    requireHostHeader: false,
  })
  server.maxConnections = 128
  return server
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, ipv6Only: host.includes(':') }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Names under which a server that listens beyond loopback is reached. */
function exposedNames(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host]
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? [])
      .filter((one) => !one.internal && (host === '::' || one.family === 'IPv4'))
      .map((one) => one.address),
  )
}

function reasonOf(error: NodeJS.ErrnoException): [number, string] {
  if (error.code === 'HPE_HEADER_OVERFLOW') return [431, 'The headers are too long.']
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'The request took too long.']
  return [400, 'Bad request.']
}
