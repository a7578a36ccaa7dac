/**
 * HTTP by hand over a socket, for requests that no well-behaved client would send. Every answer that comes through here is
 * checked for the protecting headers, so no test can get one without them.
 */
import { connect, type Socket } from 'node:net'
import { expect } from 'vitest'

const csp =
  /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/

function expectProtection(response: RawResponse): RawResponse {
  const { headers } = response
  expect(headers['content-security-policy'], response.text).toMatch(csp)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['referrer-policy']).toBe('no-referrer')
  expect(headers['cross-origin-opener-policy']).toBe('same-origin')
  expect(headers['cross-origin-embedder-policy']).toBe('require-corp')
  expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  for (const name of Object.keys(headers)) expect(name).not.toMatch(/^access-control-/)
  return response
}

export interface RawResponse {
  readonly status: number
  /** Lower-case names; repeated ones joined by a line break. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Everything as it came. */
  readonly text: string
}

/** Sends the bytes as they are and reads until the server closes or `until` is seen in what came. */
export function exchange(port: number, request: string | Buffer, until?: RegExp, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host })
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      text += chunk
      if (until?.test(text)) socket.destroy()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
    socket.write(request)
  })
}

export function parseResponse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end < 0 ? text.length : end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = name in headers ? `${headers[name]}\n${value}` : value
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: end < 0 ? '' : text.slice(end + 4), text }
}

/** One request whose head lines are given as they shall be sent; the connection is closed by the server. */
export async function send(port: number, head: readonly string[], body = '', host?: string): Promise<RawResponse> {
  return expectProtection(parseResponse(await exchange(port, `${head.join('\r\n')}\r\n\r\n${body}`, undefined, host)))
}

/** GET with our own Host unless another is given; `Connection: close` so that the answer ends. */
export function get(port: number, path: string, headers: readonly string[] = [], host?: string): Promise<RawResponse> {
  const named = headers.some((line) => /^host:/i.test(line)) ? [] : [`Host: 127.0.0.1:${port}`]
  return send(port, [`GET ${path} HTTP/1.1`, ...named, 'Connection: close', ...headers], '', host)
}

export function post(port: number, path: string, body: string, headers: readonly string[] = []): Promise<RawResponse> {
  const named = headers.some((line) => /^host:/i.test(line)) ? [] : [`Host: 127.0.0.1:${port}`]
  return send(
    port,
    [
      `POST ${path} HTTP/1.1`,
      ...named,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...headers,
    ],
    body,
  )
}

/** Asks for a WebSocket; answers as soon as the head of the answer is there. */
export async function upgrade(port: number, headers: readonly string[], path = '/rpc'): Promise<RawResponse> {
  const named = headers.some((line) => /^host:/i.test(line)) ? [] : [`Host: 127.0.0.1:${port}`]
  const head = [
    `GET ${path} HTTP/1.1`,
    ...named,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ]
  return expectProtection(parseResponse(await exchange(port, `${head.join('\r\n')}\r\n\r\n`, /\r\n\r\n/)))
}
