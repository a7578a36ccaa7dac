/** The one connection of this window to its engine. */
import { create } from 'zustand'
import type { Problem } from '../../core/problem.ts'
import {
  type Client,
  type Connection,
  type ConnectionState,
  connect,
  problemOf,
  type WebSocketLike,
} from '../../core/transport/client.ts'

let connection: Connection | null = null

export const useConnection = create<{ state: ConnectionState }>(() => ({ state: 'connecting' }))

/** Trades the token of the address for a cookie and takes it out of the address, then opens the WebSocket. */
export async function connectEngine(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('t')
  if (token !== null) {
    history.replaceState(null, '', location.pathname)
    const answer = await fetch('/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (!answer.ok) throw new Error('The engine did not accept this window. Start the workstation again.')
  }
  connection = connect(() => new WebSocket(`ws://${location.host}/rpc`) as unknown as WebSocketLike)
  connection.onState((state) => useConnection.setState({ state }))
}

export const engine: Client = new Proxy({} as Client, {
  get(_target, part: keyof Client) {
    if (connection === null) throw new Error('not connected yet')
    return connection.client[part]
  },
})

export function retryConnection(): void {
  connection?.retry()
}

/** What a failed call means, in words. */
export function asProblem(error: unknown): Problem {
  return problemOf(error)
}
