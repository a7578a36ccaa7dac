/**
 * The report on paper. The desktop window saves a PDF; a browser shows the report in a tab of its own and opens the print dialog,
 * which can save as PDF too.
 */

import type { z } from 'zod'
import type { exportSchema } from '../../core/contract/result.ts'
import { ProblemError } from '../../core/problem.ts'
import { engine } from './engine.ts'
import { native, savePdf } from './native.ts'

/** Null when nothing was written by us: the dialog was closed, or the browser prints. */
export async function printReport(input: {
  project: string
  subject: string
}): Promise<z.infer<typeof exportSchema> | null> {
  // Opened while the press is fresh; later the browser would take it for a pop-up.
  const tab = native() === null ? openTab() : null
  try {
    const { name, page } = await engine.results.reportPage(input)
    if (tab === null) return await savePdf(page.id, name)
    await show(tab, `/report/${page.id}`)
    tab.print()
    return null
  } catch (error) {
    tab?.close()
    throw error
  }
}

function openTab(): Window {
  const tab = window.open('', '_blank')
  if (tab === null)
    throw new ProblemError({
      code: 'NOT_ALLOWED',
      message: 'The browser did not open a tab for the report.',
      fix: 'Allow pop-ups for this address, or write the report as a page and print that.',
    })
  return tab
}

/** Resolves when the page and its pictures are there. The empty page of a new tab has an address of its own. */
function show(tab: Window, address: string): Promise<void> {
  tab.location.replace(address)
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      if (!tab.closed && (tab.location.pathname !== address || tab.document.readyState !== 'complete')) return
      clearInterval(look)
      if (tab.closed)
        reject(
          new ProblemError({ code: 'CANCELLED', message: 'The tab of the report was closed before it was printed.' }),
        )
      else resolve()
    }, 50)
  })
}
