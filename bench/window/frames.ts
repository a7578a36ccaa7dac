/** How evenly a page draws: the times between animation frames while something goes on, and the same while nothing does. */
import type { CDPSession, Page } from 'playwright-core'

export interface Frames {
  readonly perSecond: number
  readonly medianMs: number
  /** 95 of 100 frames took no longer. */
  readonly p95Ms: number
  readonly longestMs: number
  readonly frames: number
  /** Processor time of the page's own thread in a second of this: what it needs, whatever else the computer does. */
  readonly processorMsPerSecond: number
}

/** Seconds of processor time that the page's own thread has used. */
async function processorSeconds(counter: CDPSession): Promise<number> {
  const { metrics } = await counter.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')!.value
}

function summary(times: readonly number[], processor: number): Frames {
  const gaps = times.slice(1).map((time, at) => time - times[at]!)
  const sorted = gaps.toSorted((a, b) => a - b)
  const round = (value: number) => Math.round(10 * value) / 10
  return {
    perSecond: round((1000 * gaps.length) / (times.at(-1)! - times[0]!)),
    medianMs: round(sorted[sorted.length >> 1]!),
    p95Ms: round(sorted[Math.floor(0.95 * (sorted.length - 1))]!),
    longestMs: round(sorted.at(-1)!),
    frames: gaps.length,
    processorMsPerSecond: round((1e6 * processor) / (times.at(-1)! - times[0]!)),
  }
}

/** Watches the frames of `ms` milliseconds; with `scroll`, the element of that selector is moved by `by` pixels in every one. */
export async function watchFrames(page: Page, ms: number, scroll?: { selector: string; by: number }): Promise<Frames> {
  const counter = await page.context().newCDPSession(page)
  await counter.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await processorSeconds(counter)
  const times = await page.evaluate(
    ({ span, move }) =>
      new Promise<number[]>((resolve) => {
        const box = move === null ? null : document.querySelector(move.selector)!.parentElement!
        const seen: number[] = []
        let way = 1
        const tick = (time: number) => {
          seen.push(time)
          if (box !== null) {
            const before = box.scrollTop
            box.scrollTop += way * move!.by
            if (box.scrollTop === before) way = -way
          }
          if (time - seen[0]! < span) requestAnimationFrame(tick)
          else resolve(seen)
        }
        requestAnimationFrame(tick)
      }),
    { span: ms, move: scroll ?? null },
  )
  const used = (await processorSeconds(counter)) - before
  await counter.detach()
  return summary(times, used)
}
