/**
 * The client's side of the contract. A client is typed by the contract alone; behind it is either a router in the same
 * process (in-process.ts, for the command line) or a WebSocket that is opened again when it breaks (here, for the window).
 *
 * What a caller can rely on: a call that was under way when the connection broke fails with UNAVAILABLE, never twice and
 * never silently; a call made while there is no connection waits a while for one; `runs.watch` goes on by itself after a
 * break, from the last event it brought, without gap or repeat.
 */
import {
  AsyncIteratorClass,
  type ClientContext,
  type ClientLink,
  type ClientOptions,
  createORPCClient,
} from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../contract/contract.ts'
import type { RunEvent } from '../contract/run.ts'
import { ProblemError } from '../problem.ts'
import { connectionLost, connectionMissing } from './problem-of.ts'
import { after } from './timer.ts'

export { problemOf } from './problem-of.ts'

export type Client = ContractRouterClient<Contract>

/** What browsers' WebSocket and the `ws` package have in common, as far as it is used. */
export interface WebSocketLike {
  readonly readyState: number
  send(data: string): void
  close(): void
  addEventListener(type: 'open' | 'close' | 'error' | 'message', listener: (event: never) => void): void
  removeEventListener(type: 'open' | 'close' | 'error' | 'message', listener: (event: never) => void): void
}

/** connecting: the first time; open; waiting: broken, will be tried again; closed: by us, for good. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed'

export interface ConnectOptions {
  /** Milliseconds before the 1st, 2nd, … try after a break; the last is repeated. */
  readonly backoff?: readonly number[]
  /** Milliseconds that a call waits for a connection before it fails. */
  readonly patience?: number
}

export interface Connection {
  readonly client: Client
  readonly state: ConnectionState
  /** Told of every change, not of the present state. Returns how to stop listening. */
  onState(listener: (state: ConnectionState) => void): () => void
  /** Tries at once instead of waiting for the next time. */
  retry(): void
  /** Ends the connection; calls under way fail. */
  close(): void
}

/** Opens a connection and keeps it open. `open` makes a new socket each time, such as `() => new WebSocket(url)`. */
export function connect(open: () => WebSocketLike, options: ConnectOptions = {}): Connection {
  const link = new KeptLink(open, options.backoff ?? [250, 500, 1000, 2000, 4000], options.patience ?? 10_000)
  return {
    client: createORPCClient<Client>(link),
    get state() {
      return link.state
    },
    onState: (listener) => link.onState(listener),
    retry: () => link.retry(),
    close: () => link.close(),
  }
}

/** One socket and the calls on it. */
interface Line {
  readonly link: RPCLink<ClientContext>
  broken: boolean
}

type Options = ClientOptions<ClientContext>

class KeptLink implements ClientLink<ClientContext> {
  readonly #open: () => WebSocketLike
  readonly #backoff: readonly number[]
  readonly #patience: number
  readonly #listeners = new Set<(state: ConnectionState) => void>()
  /** Woken at every change of state. */
  readonly #waiters = new Set<() => void>()
  #state: ConnectionState = 'connecting'
  #socket: WebSocketLike | null = null
  #line: Line | null = null
  #failures = 0
  #cancelRetry: () => void = () => {}

  constructor(open: () => WebSocketLike, backoff: readonly number[], patience: number) {
    this.#open = open
    this.#backoff = backoff
    this.#patience = patience
    this.#dial()
  }

  get state(): ConnectionState {
    return this.#state
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state) return
    this.#state = state
    for (const wake of [...this.#waiters]) wake()
    for (const listener of [...this.#listeners]) listener(state)
  }

  #dial(): void {
    const socket = this.#open()
    this.#socket = socket
    // Before the link's own listeners, so that a call that fails with the socket finds its line marked as broken.
    let line: Line | null = null
    socket.addEventListener('open', () => {
      if (this.#socket !== socket) return
      this.#failures = 0
      this.#line = line
      this.#enter('open')
    })
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', () => {
      if (line !== null) line.broken = true
      if (this.#socket !== socket) return
      this.#socket = null
      this.#line = null
      if (this.#state === 'closed') return
      this.#enter('waiting')
      const wait = this.#backoff[Math.min(this.#failures++, this.#backoff.length - 1)] ?? 1000
      this.#cancelRetry = after(wait, () => this.#dial())
    })
    const websocket = socket as unknown as ConstructorParameters<typeof RPCLink>[0]['websocket']
    line = { link: new RPCLink({ websocket }), broken: false }
  }

  retry(): void {
    if (this.#state !== 'waiting' || this.#socket !== null) return
    this.#cancelRetry()
    this.#dial()
  }

  close(): void {
    this.#cancelRetry()
    const socket = this.#socket
    this.#enter('closed')
    this.#line = null
    socket?.close()
  }

  /** The open line; waits at most `patience` for one. Throws UNAVAILABLE, or the signal's reason. */
  async #connected(signal: Options['signal'], patience: number): Promise<Line> {
    let late = false
    const cancelLate = after(patience, () => {
      late = true
      for (const wake of [...this.#waiters]) wake()
    })
    try {
      while (this.#line === null) {
        signal?.throwIfAborted()
        if (late || this.#state === 'closed') throw new ProblemError(connectionMissing)
        await this.#change(signal)
      }
      signal?.throwIfAborted()
      return this.#line
    } finally {
      cancelLate()
    }
  }

  #change(signal: Options['signal']): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiters.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      this.#waiters.add(done)
      signal?.addEventListener('abort', done)
    })
  }

  async call(path: readonly string[], input: unknown, options: Options): Promise<unknown> {
    if (path[0] === 'runs' && path[1] === 'watch') return this.#watch(path, input as WatchInput, options)
    return this.#once(path, input, options, this.#patience)
  }

  async #once(path: readonly string[], input: unknown, options: Options, patience: number): Promise<unknown> {
    const line = await this.#connected(options.signal, patience)
    try {
      return await line.link.call(path, input, options)
    } catch (error) {
      throw this.#explain(line, error, options)
    }
  }

  /** A failure because the line broke becomes a problem that says so; every other failure stays what it is. */
  #explain(line: Line, error: unknown, options: Options): unknown {
    return line.broken && options.signal?.aborted !== true ? new ProblemError(connectionLost) : error
  }

  /** A watch that outlives its line. The first one is opened before this returns, so that a refusal is told at once. */
  async #watch(path: readonly string[], input: WatchInput, options: Options): Promise<AsyncIteratorClass<RunEvent>> {
    let since = input.since ?? 0
    let left = false
    const reopen = async (patience: number) => {
      const line = await this.#connected(options.signal, patience)
      try {
        const stream = (await line.link.call(path, { ...input, since }, options)) as AsyncIterator<RunEvent>
        return { line, stream }
      } catch (error) {
        throw this.#explain(line, error, options)
      }
    }
    let current = await reopen(this.#patience)
    const next = async (): Promise<IteratorResult<RunEvent, undefined>> => {
      while (!left) {
        try {
          const result = await current.stream.next()
          if (result.done) return { done: true, value: undefined }
          const event = result.value
          const repeated = event.points.length > 0 && event.seq <= since
          since = Math.max(since, event.seq)
          return { done: false, value: repeated ? { ...event, points: [] } : event }
        } catch (error) {
          if (left) break
          if (!current.line.broken || options.signal?.aborted) throw error
          current = await this.#reopenPatiently(reopen)
          // The reader may have left meanwhile; nobody else would close what was just opened.
          if (left) await current.stream.return?.()
        }
      }
      return { done: true, value: undefined }
    }
    return new AsyncIteratorClass<RunEvent>(next, async (reason) => {
      left = true
      if (reason !== 'next') await current.stream.return?.()
    })
  }

  /** However long it takes: a reader that looks on has nothing better to do, and leaves by its signal or by `close`. */
  async #reopenPatiently<T>(reopen: (patience: number) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await reopen(2 ** 31 - 1)
      } catch (error) {
        const lost = error instanceof ProblemError && error.problem === connectionLost
        if (!lost || this.#state === 'closed') throw error
      }
    }
  }
}

interface WatchInput {
  readonly project: string
  readonly run: string
  readonly since?: number
}
