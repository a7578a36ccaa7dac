/** The one thing of the runtime that transports need and that browsers and Node share. */
interface Timers {
  setTimeout(act: () => void, milliseconds: number): unknown
  clearTimeout(handle: unknown): void
}
const timers = globalThis as unknown as Timers

/** Runs `act` once, later. Returns how to cancel. */
export function after(milliseconds: number, act: () => void): () => void {
  const handle = timers.setTimeout(act, milliseconds)
  return () => timers.clearTimeout(handle)
}
