/**
 * Plain HTTP: the page and its files, the trade of the token for a cookie, and bulk numbers by their hash. Order matters: the
 * headers of every answer, then Host, then the address, then who asks. Nothing changes on GET.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Assets } from './assets.ts'
import type { Log } from './log.ts'
import { fetchedFromElsewhere, type Names, originOf, ownHost } from './origin.ts'
import { newNonce, printedPolicy, securityHeaders } from './security-headers.ts'
import type { Session, Verdict } from './session.ts'

export interface RequestOptions {
  readonly port: number
  readonly names: Names
  readonly session: Session
  readonly assets: Assets
  /** File of a blob, or null. */
  readonly findBlob: (id: string) => string | null
  readonly log: Log
}

const mostBodyBytes = 1024
const tradeSchema = z.object({ token: z.string().max(256) })

export function handleRequest(options: RequestOptions, request: IncomingMessage, response: ServerResponse): void {
  const nonce = newNonce()
  for (const [name, value] of Object.entries(securityHeaders(nonce))) response.setHeader(name, value)
  route(options, nonce, request, response).catch((error: unknown) => {
    options.log(`Request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    if (response.headersSent) response.destroy()
    else refuse(response, 500, 'The server made a mistake.')
  })
}

async function route(
  options: RequestOptions,
  nonce: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = ownHost(request, options.names)
  if (host === null) return refuse(response, 403, 'This server does not answer under that name.')
  const address = request.url ?? ''
  if (!address.startsWith('/')) return refuse(response, 400, 'Bad address.')
  const path = address.split('?', 1)[0]!
  const reading = request.method === 'GET' || request.method === 'HEAD'

  if (path === '/session') {
    if (request.method !== 'POST') return notAllowed(response, 'POST')
    return trade(options, host, request, response)
  }
  if (!reading) return notAllowed(response, 'GET, HEAD')
  if (path === '/') {
    response.setHeader('Cache-Control', 'no-store')
    return answer(request, response, 'text/html; charset=utf-8', Buffer.from(options.assets.page(nonce)))
  }
  const asset = options.assets.files.get(path)
  if (asset !== undefined) {
    response.setHeader('Cache-Control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    return answer(request, response, asset.type, asset.body)
  }

  const verdict = options.session.check(request, options.port)
  if (verdict !== 'allowed') return refuseVerdict(response, verdict)
  if (path === '/rpc') {
    response.setHeader('Upgrade', 'websocket')
    return refuse(response, 426, 'This address speaks WebSocket only.')
  }
  const [, kind, blob] = /^\/(data|report)\/([a-f0-9]{64})$/.exec(path) ?? []
  if (blob === undefined) return refuse(response, 404, 'There is nothing here.')
  if (originOf(request, host) === 'other' || fetchedFromElsewhere(request, true))
    return refuse(response, 403, 'Only our own page may ask for this.')
  return sendBlob(options, blob, kind === 'report' ? 'page' : 'numbers', request, response)
}

/** Bulk numbers, or a report's page that a browser can show and print: by its policy it can do nothing else. */
async function sendBlob(
  options: RequestOptions,
  id: string,
  as: 'numbers' | 'page',
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = options.findBlob(id)
  const info = file === null ? null : await stat(file).catch(() => null)
  if (file === null || info === null || !info.isFile()) return refuse(response, 404, 'There is no such data.')
  if (as === 'page') response.setHeader('Content-Security-Policy', printedPolicy)
  response.writeHead(200, {
    'Content-Type': as === 'page' ? 'text/html; charset=utf-8' : 'application/octet-stream',
    'Content-Length': info.size,
    // The address is a hash of the content, so it never changes.
    'Cache-Control': 'private, max-age=31536000, immutable',
  })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const stream = createReadStream(file)
  stream.on('error', () => response.destroy())
  response.on('close', () => stream.destroy())
  stream.pipe(response)
}

/** The page's token against a cookie. Only our own page may do this: a form of another page cannot log a browser in. */
async function trade(
  options: RequestOptions,
  host: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (originOf(request, host) !== 'same' || fetchedFromElsewhere(request, false))
    return refuse(response, 403, 'Only our own page may do this.')
  const body = await readBody(request)
  if (body === null) return refuse(response, 413, 'The body is too long.')
  const parsed = tradeSchema.safeParse(parseJson(body))
  if (!parsed.success) return refuse(response, 400, 'Expected {"token": …}.')
  const verdict = options.session.tradeToken(parsed.data.token)
  if (verdict !== 'allowed') return refuseVerdict(response, verdict)
  response.setHeader('Set-Cookie', options.session.cookieHeader(options.port))
  response.setHeader('Cache-Control', 'no-store')
  response.statusCode = 204
  response.end()
}

/** The body, or null once it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostBodyBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function answer(request: IncomingMessage, response: ServerResponse, type: string, body: Buffer): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function notAllowed(response: ServerResponse, methods: string): void {
  response.setHeader('Allow', methods)
  refuse(response, 405, 'This method is not allowed here.')
}

export function statusOfVerdict(verdict: Exclude<Verdict, 'allowed'>): { status: number; text: string } {
  switch (verdict) {
    case 'missing':
      return { status: 401, text: 'Open the address that was printed when the workstation started.' }
    case 'wrong':
      return { status: 401, text: 'That is not the token of this server. Open the address that it printed.' }
    case 'locked':
      return { status: 429, text: 'Too many wrong tokens; try again in a second.' }
    default:
      return verdict satisfies never
  }
}

function refuseVerdict(response: ServerResponse, verdict: Exclude<Verdict, 'allowed'>): void {
  const { status, text } = statusOfVerdict(verdict)
  if (status === 429) response.setHeader('Retry-After', '1')
  refuse(response, status, text)
}

function refuse(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`)
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    // What a refused request still sends is not read, so its connection cannot be used again.
    Connection: 'close',
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
