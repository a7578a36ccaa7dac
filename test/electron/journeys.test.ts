/** The journeys of test/journeys in a real Electron, on the engine that it starts. The same ones run in a browser (test/e2e). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { eventually } from '../e2e/support/window.ts'
import { journeys } from '../journeys/all.ts'
import type { Host } from '../journeys/host.ts'
import { expectReport } from '../journeys/pdf.ts'
import { kind, missing, openScreen, Shell } from './support/shell.ts'

let shell: Shell
let screen: Awaited<ReturnType<typeof openScreen>>
const home = Shell.freshHome()
/** Outside every folder that the engine offers by itself. */
const elsewhere = mkdtempSync(join(tmpdir(), 'troi-elsewhere-'))

const host: Host = {
  lane: 'Electron',
  get page() {
    return shell.page
  },
  get engine() {
    return shell.engine
  },
  get complaints() {
    return shell.complaints
  },
  async chooseNewFolder(name) {
    await shell.answerOpen(elsewhere)
    await shell.page.getByRole('button', { name: 'Look elsewhere…' }).click()
    await shell.page.getByLabel('Name').fill(name)
    await shell.page.getByRole('button', { name: 'Choose this folder' }).click()
    return join(elsewhere, name)
  },
  async saved(press) {
    const path = join(elsewhere, 'saved')
    await shell.answerDownload(path)
    await press()
    await eventually(() => shell.downloads()).toEqual(['completed'])
    return path
  },
  async printed(press) {
    const path = join(elsewhere, 'The report.pdf')
    await shell.answerSave(path)
    await press()
    await shell.page.getByRole('table', { name: 'Exported files' }).getByText('The report.pdf').waitFor()
    return readFileSync(path)
  },
  async crash() {
    await shell.answerQuestions('Start it again')
    const before = shell.page.url()
    const known = shell.complaints.length
    process.kill(shell.engine, 'SIGKILL')
    await shell.page.waitForURL((address) => address.href !== before && address.hash === '', { timeout: 60_000 })
    // A page whose engine is gone says so on the console; that is no fault of its own.
    const lost = shell.complaints.splice(known).filter((text) => !/WebSocket connection to 'ws:\/\/127/.test(text))
    shell.complaints.push(...lost)
  },
}

describe.skipIf(missing !== null)('in Electron', () => {
  beforeAll(async () => {
    screen = await openScreen()
    shell = await Shell.launch(screen.display, home)
    const versions = await shell.app.evaluate(() => `${process.versions.electron}, Chrome ${process.versions.chrome}`)
    console.log(`ran in Electron ${versions} (${kind})`)
    await shell.page.getByRole('button', { name: 'Run the demo' }).first().waitFor()
  }, 600_000)

  afterAll(async () => {
    await shell?.answerQuestions('Stop and quit')
    await shell?.close()
    screen?.free()
    for (const folder of [home, elsewhere]) rmSync(folder, { recursive: true, force: true })
  })

  journeys(() => host, expectReport)
})
