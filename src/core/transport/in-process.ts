/** The contract's client over a router in the same process: for the command line and for tests. Nothing is serialised. */
import { createRouterClient, type Router } from '@orpc/server'
import type { Contract } from '../contract/contract.ts'
import type { Client } from './client.ts'

/** A router that implements the whole contract and needs no context. */
export type EngineRouter = Router<Contract, Record<never, never>>

export function inProcessClient(router: EngineRouter): Client {
  const options = {
    interceptors: [
      ({ signal, next }: { readonly signal?: { throwIfAborted(): void } | undefined; next(): Promise<unknown> }) => {
        // A call that was given up before it began does not begin.
        signal?.throwIfAborted()
        return next()
      },
    ],
  }
  return createRouterClient(router, options) as Client
}
