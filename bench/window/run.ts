/**
 * How fast the window is, in Chromium with software rendering: frames while a curve of 100,000 points a line grows, frames while a
 * gallery of 1,000 pictures is scrolled, both beside the same page at rest; the time from starting the server to a start screen that
 * can be pressed, the second time; the size of what the window loads. Goals: 30 frames a second, 3 s, 600 kB gzipped.
 * Pages are put together by the processor, since the graphics card is only imitated here and its owner would not wait for that.
 * Figures go to bench/results/window.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setInterval } from 'node:timers'
import type { Browser, Page } from 'playwright-core'
import type { RunEvent } from '../../src/core/contract/run.ts'
import { FakeEngine } from '../../test/e2e/fake-engine.ts'
import { ensureWindow, serveFake } from '../../test/e2e/support/serve.ts'
import { button, openProject, step } from '../../test/e2e/support/window.ts'
import { launchChromium } from '../../test/support/chromium.ts'
import { type Frames, watchFrames } from './frames.ts'
import { windowSize } from './size.ts'
import { startOnce } from './start.ts'

const span = 6000
const withoutCard = ['--disable-gpu-compositing']
const remembered = { theme: 'dark', leftRight: 'neurological', nose: 'left' }
const pointsThere = 100_000
/** As the engine sends them: at most 20 messages a second. */
const [perMessage, everyMs] = [60, 50]

interface Compared {
  readonly atRest: Frames
  readonly busy: Frames
  /** Frames a second while busy over those at rest. */
  readonly ratio: number
}

function compared(atRest: Frames, busy: Frames): Compared {
  return { atRest, busy, ratio: Math.round((100 * busy.perSecond) / atRest.perSecond) / 100 }
}

async function open(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  await context.addInitScript((text) => localStorage.setItem('troi-window', text), JSON.stringify(remembered))
  const page = await context.newPage()
  await page.goto(address)
  return page
}

function points(from: number, count: number): RunEvent['points'] {
  return Array.from({ length: count }, (_, i) => {
    const at = from + i
    const contrastive = 1.2 + 2.4 * Math.exp(-at / 30_000) + 0.3 * Math.sin(at * 12.9898)
    const prior = 0.4 + 0.7 * Math.exp(-at / 40_000) + 0.1 * Math.sin(at * 78.233)
    return {
      part: '',
      step: at,
      epoch: Math.floor(at / 5000),
      values: { contrastive, prior, total: contrastive + prior },
    }
  })
}

async function curve(browser: Browser): Promise<Compared> {
  const served = await serveFake()
  try {
    let next = 1000
    const send = (count: number) => {
      served.engine.stream(points(next, count))
      next += count
    }
    for (let sent = 0; sent < pointsThere; sent += 2000) send(2000)
    const page = await open(browser, served.address)
    await openProject(page, 'Demo cohort, small')
    await step(page, 'Mask').click()
    await button(page, 'm-07').click()
    await page.getByRole('figure', { name: 'Loss' }).waitFor()
    await page.locator('[data-plane="3d"] canvas').waitFor({ timeout: 90_000 })
    await watchFrames(page, 3000)
    const atRest = await watchFrames(page, span)
    const timer = setInterval(() => send(perMessage), everyMs)
    const busy = await watchFrames(page, span)
    clearInterval(timer)
    await page.context().close()
    return compared(atRest, busy)
  } finally {
    await served.close()
  }
}

async function gallery(browser: Browser): Promise<Compared> {
  const served = await serveFake(new FakeEngine({ pictures: 1000 }))
  try {
    const page = await open(browser, served.address)
    await openProject(page, 'Demo cohort, small')
    await step(page, 'Review').click()
    await button(page, 'Pictures').click()
    await page.getByRole('complementary').waitFor()
    await watchFrames(page, 1000)
    const atRest = await watchFrames(page, span)
    const busy = await watchFrames(page, span, { selector: '.picture-rows', by: 30 })
    await page.context().close()
    return compared(atRest, busy)
  } finally {
    await served.close()
  }
}

const load = loadavg()[0]!
const size = windowSize(await ensureWindow())
console.log(`the window loads ${(size.gzippedBytes / 1000).toFixed(0)} kB gzipped`)
await startOnce(withoutCard)
const starts = [await startOnce(withoutCard), await startOnce(withoutCard), await startOnce(withoutCard)]
const start = starts.toSorted((a, b) => a.totalMs - b.totalMs)[1]!
console.log(
  `start ${start.totalMs} ms: server ${start.serverMs}, Chromium ${start.chromiumMs}, page ${start.pageMs} (median of 3)`,
)
const browser = await launchChromium(withoutCard)
const results = { curve: await curve(browser), gallery: await gallery(browser) }
await browser.close()
for (const [name, { atRest, busy, ratio }] of Object.entries(results))
  console.log(
    `${name}: ${busy.perSecond} frames/s, longest ${busy.longestMs} ms, processor ${busy.processorMsPerSecond} ms/s; at rest ${atRest.perSecond}, longest ${atRest.longestMs} ms; ratio ${ratio}`,
  )
const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? 'unknown' }
const loads = { before: Math.round(10 * load) / 10, after: Math.round(10 * loadavg()[0]!) / 10 }
console.log(`load ${loads.before} before, ${loads.after} after, on ${machine.cores} cores`)
if (!process.argv.includes('--dry')) {
  const folder = join(import.meta.dirname, '..', 'results')
  mkdirSync(folder, { recursive: true })
  const figures = { machine, node: process.versions.node, load: loads, size, start, starts, pointsThere, ...results }
  writeFileSync(join(folder, 'window.json'), `${JSON.stringify(figures, null, 1)}\n`)
}
