/**
 * Who may talk to the engine: whoever started it. A random token is handed over in the address's fragment, which is never
 * sent; the page trades it for a cookie that scripts cannot read. Other programs send the token as a bearer. Secrets are
 * compared in constant time, and after five wrong ones within a second the next are not even looked at.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { valuesOf } from './origin.ts'

export type Verdict = 'allowed' | 'missing' | 'wrong' | 'locked'

/** At most `most` failures within `window` milliseconds. */
export class Limiter {
  readonly #most: number
  readonly #window: number
  readonly #now: () => number
  #failures: number[] = []

  constructor(most = 5, window = 1000, now: () => number = () => performance.now()) {
    this.#most = most
    this.#window = window
    this.#now = now
  }

  get locked(): boolean {
    const start = this.#now() - this.#window
    this.#failures = this.#failures.filter((time) => time > start)
    return this.#failures.length >= this.#most
  }

  failed(): void {
    this.#failures.push(this.#now())
  }
}

export class Session {
  readonly token: string
  readonly #cookie = randomBytes(32).toString('base64url')
  // Apart, so that a window left over from an earlier server, with its old cookie, cannot keep a new one from logging in.
  readonly #tokens: Limiter
  readonly #cookies: Limiter

  constructor(token = randomBytes(32).toString('base64url'), now?: () => number) {
    this.token = token
    this.#tokens = new Limiter(5, 1000, now)
    this.#cookies = new Limiter(5, 1000, now)
  }

  /** Judges a token that the page posted. */
  tradeToken(given: string): Verdict {
    return judge(this.#tokens, given, this.token)
  }

  /** The cookie to set after a trade. The port is in its name because browsers share cookies among ports. */
  cookieHeader(port: number): string {
    return `${cookieName(port)}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Judges a request by its bearer or cookie. */
  check(request: IncomingMessage, port: number): Verdict {
    const authorization = valuesOf(request, 'authorization')[0]
    if (authorization !== undefined) return judge(this.#tokens, authorization.replace(/^Bearer /, ''), this.token)
    const given = cookieOf(request, cookieName(port))
    return given === null ? 'missing' : judge(this.#cookies, given, this.#cookie)
  }
}

function judge(limiter: Limiter, given: string, expected: string): Verdict {
  if (limiter.locked) return 'locked'
  if (sameSecret(given, expected)) return 'allowed'
  limiter.failed()
  return 'wrong'
}

/** In a time that says nothing about where two secrets differ, or how long they are. */
export function sameSecret(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}

function cookieName(port: number): string {
  return `troi-${port}`
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const header of valuesOf(request, 'cookie'))
    for (const pair of header.split(';')) {
      const equals = pair.indexOf('=')
      if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
    }
  return null
}
