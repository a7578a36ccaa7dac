/**
 * The contract over WebSocket. A socket is let in only from our own page (exact Origin and cookie) or from a program that
 * has the token. Limits: sockets, bytes of a message, calls under way. Each message to a client waits until the one before it
 * has left, so a slow reader slows its own streams and never fills the engine's memory.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { EngineRouter } from '../core/transport/in-process.ts'
import { fetchedFromElsewhere, type Names, originOf, ownHost, valuesOf } from './origin.ts'
import { statusOfVerdict } from './requests.ts'
import { newNonce, securityHeaders } from './security-headers.ts'
import type { Session } from './session.ts'

export const limits = { sockets: 8, messageBytes: 2 ** 20, callsUnderWay: 64 } as const

export interface RpcOptions {
  readonly port: number
  readonly names: Names
  readonly session: Session
  readonly router: EngineRouter
  /** Milliseconds between pings; a client that did not answer one by the next is gone. */
  readonly heartbeat?: number
}

/** What the peer protocol of oRPC sends to a server; anything else ends the connection before it is looked at further. */
const messageSchema = z.union([
  z.object({
    i: z.string().max(64),
    t: z.undefined().optional(),
    p: z.object({ u: z.string().startsWith('/').max(512) }),
  }),
  z.object({ i: z.string().max(64), t: z.literal([3, 4]) }),
])

export class RpcSockets {
  readonly #options: RpcOptions
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    clientTracking: true,
  })
  readonly #alive = new WeakSet<WebSocket>()
  readonly #heartbeat: NodeJS.Timeout

  constructor(options: RpcOptions) {
    this.#options = options
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeat ?? 30_000)
    this.#heartbeat.unref()
    this.#server.on('headers', (headers) => headers.push(...headerLines()))
  }

  get size(): number {
    return this.#server.clients.size
  }

  /** Lets a socket in, or answers with the reason why not and closes it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const refusal = this.#refusal(request)
    if (refusal !== null) {
      refuseRaw(socket, refusal.status, refusal.text)
      return
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#serve(client))
  }

  #refusal(request: IncomingMessage): { status: number; text: string } | null {
    const { names, session, port } = this.#options
    const host = ownHost(request, names)
    if (host === null) return { status: 403, text: 'This server does not answer under that name.' }
    if (request.method !== 'GET' || request.url !== '/rpc' || request.headers.upgrade?.toLowerCase() !== 'websocket')
      return { status: 404, text: 'There is nothing here.' }
    const origin = originOf(request, host)
    if (origin === 'other' || fetchedFromElsewhere(request, false))
      return { status: 403, text: 'Only our own page may connect.' }
    if (origin === 'none' && valuesOf(request, 'authorization').length === 0)
      return { status: 403, text: 'A program that is no page must send the token as a bearer.' }
    const verdict = session.check(request, port)
    if (verdict !== 'allowed') return statusOfVerdict(verdict)
    if (this.size >= limits.sockets) return { status: 503, text: 'Too many windows are connected.' }
    return null
  }

  #serve(client: WebSocket): void {
    this.#alive.add(client)
    client.on('pong', () => this.#alive.add(client))
    // Frames that are too long or broken: ws closes the socket with the right code by itself.
    client.on('error', () => {})
    const handler = new RPCHandler(this.#options.router, { interceptors: [limitCalls(limits.callsUnderWay)] })
    void handler.upgrade({
      send: (data: string | Buffer) => sendAndWait(client, data),
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'close') client.on('close', () => listener(undefined as never))
        if (type !== 'message') return
        client.on('message', (data, isBinary) => {
          const text = isBinary ? null : data.toString()
          if (text === null || !isMessage(text)) client.close(1008, 'not a message of the contract')
          else listener({ data: text } as never)
        })
      },
    } as Parameters<typeof handler.upgrade>[0])
  }

  #beat(): void {
    for (const client of this.#server.clients) {
      if (!this.#alive.delete(client)) client.terminate()
      else client.ping()
    }
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }
}

function isMessage(text: string): boolean {
  try {
    return messageSchema.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** Resolves when the bytes have left for the kernel; on a broken socket a moment later, when its end is known. */
function sendAndWait(client: WebSocket, data: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    client.send(data, (error) => {
      if (error) setImmediate(resolve)
      else resolve()
    })
  })
}

interface Answer {
  readonly response?: { readonly body: unknown } | undefined
}

/** Refuses calls beyond `most`; a stream counts until it ends. */
function limitCalls(most: number) {
  let underWay = 0
  return async <T extends Answer>({ next }: { next: () => Promise<T> }): Promise<T> => {
    if (underWay >= most)
      throw new ORPCError('TOO_MANY_REQUESTS', { message: `More than ${most} calls are under way on this connection.` })
    underWay++
    let counted = false
    try {
      const result = await next()
      const body = result.response?.body
      if (!isIterator(body)) return result
      counted = true
      const release = () => {
        underWay--
      }
      return { ...result, response: { ...result.response, body: releasing(body, release) } }
    } finally {
      if (!counted) underWay--
    }
  }
}

function isIterator(value: unknown): value is AsyncGenerator<unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* releasing(
  body: AsyncGenerator<unknown, unknown>,
  release: () => void,
): AsyncGenerator<unknown, unknown> {
  try {
    return yield* body
  } finally {
    release()
  }
}

function headerLines(): string[] {
  return Object.entries(securityHeaders(newNonce())).map(([name, value]) => `${name}: ${value}`)
}

/** An answer by hand, for connections that are no longer an HTTP server's. */
export function refuseRaw(socket: Duplex, status: number, text: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headerLines(),
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text) + 1}`,
    'Cache-Control: no-store',
    ...(status === 429 ? ['Retry-After: 1'] : []),
    'Connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}\n`)
}
