/** The journeys of test/journeys in a browser, on the real server. The same ones run in Electron (test/electron). */
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { journeys } from '../journeys/all.ts'
import type { Host } from '../journeys/host.ts'
import { expectReport } from '../journeys/pdf.ts'
import { Chromium } from './support/browser.ts'
import { serveReal } from './support/serve.ts'

const chromium = await Chromium.launch()
let served = await serveReal()
let { page } = await chromium.open(served.address, { onPrint: true })
const downloads: string[] = []

const host: Host = {
  lane: 'browser',
  get page() {
    return page
  },
  get engine() {
    return served.pid
  },
  get complaints() {
    return chromium.complaints
  },
  async chooseNewFolder(name) {
    await page.getByLabel('Name').fill(name)
    await page.getByRole('button', { name: 'Choose this folder' }).click()
    return join(served.workspace, name)
  },
  async saved(press) {
    const [download] = await Promise.all([page.waitForEvent('download'), press()])
    const path = join(tmpdir(), `troi-download-${process.pid}-${downloads.length}`)
    downloads.push(path)
    await download.saveAs(path)
    return path
  },
  async printed(press) {
    const [tab] = await Promise.all([page.waitForEvent('popup'), press()])
    await tab.waitForFunction(() => document.documentElement.dataset.printed === 'yes')
    const pdf = await tab.pdf({ preferCSSPageSize: true })
    await tab.close()
    return pdf
  },
  async crash() {
    const { home } = served
    await page.context().close()
    await served.kill()
    served = await serveReal(home)
    ;({ page } = await chromium.open(served.address))
  },
}

afterAll(async () => {
  await chromium.close()
  await served.close()
  for (const path of downloads) rmSync(path, { force: true })
})

describe('in a browser', () => journeys(() => host, expectReport))
