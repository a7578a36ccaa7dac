/**
 * Where a journey runs: the same window in a browser or in Electron, on the real engine. A journey knows only this; what differs is
 * how a folder is chosen, how a file is saved, how the engine dies and comes back, and how a report is printed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

export interface Host {
  readonly lane: 'browser' | 'Electron'
  /** The window as it is now; after a crash it may be another. */
  readonly page: Page
  /** Process of the engine. */
  readonly engine: number
  /** What must never happen and did: errors on the console, violations of the content policy, requests that leave this computer. */
  readonly complaints: readonly string[]
  /** In the open picker, chooses a new folder of this name; returns its path. */
  chooseNewFolder(name: string): Promise<string>
  /** Does what saves a file that the page made; returns the file's path. */
  saved(press: () => Promise<void>): Promise<string>
  /** Presses what prints the report; returns a PDF as a person would have got it. */
  printed(press: () => Promise<void>): Promise<Buffer>
  /** Kills the engine as a crash would, and starts it again as a person would. The window then shows what it does by itself. */
  crash(): Promise<void>
}

/** Processes whose parent is `parent`, with their command lines. */
export function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name of a program may hold blanks and brackets; what follows the last one does not.
        const status = readFileSync(`/proc/${name}/stat`, 'utf8')
        const above = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
        if (above !== parent) return []
        return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
      } catch {
        return [] // It has ended meanwhile.
      }
    })
}

/** Counts presses of the pointer on the page from now on; keys and typing are not among them. */
export async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const root = document.documentElement
    root.dataset.clicks = '0'
    document.addEventListener(
      'click',
      (event) => {
        // A press of Enter or Space on a button is a click without a count.
        if (event.isTrusted && event.detail > 0) root.dataset.clicks = String(Number(root.dataset.clicks) + 1)
      },
      true,
    )
  })
  return () => page.evaluate(() => Number(document.documentElement.dataset.clicks))
}
