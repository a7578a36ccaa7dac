/** The journeys as tests, in their order; both lanes run exactly these. */
import { expect, it } from 'vitest'
import { blindRating, demoToExportedMask, printReport, stopDemo } from './demo.ts'
import { compareTwoRuns, crashAndResume, haxbyToSignedMask, saveDiagnostics } from './haxby.ts'
import type { Host } from './host.ts'

const longest = 10 * 60_000

/** `expectPdf` is given the report; what can be read of it depends on the programs that are there. */
export function journeys(host: () => Host, expectPdf: (pdf: Buffer) => void): void {
  it('goes from the first screen of a new user to an exported mask in at most 12 clicks', {
    timeout: longest,
  }, async () => {
    const { clicks } = await demoToExportedMask(host())
    console.log(`${host().lane}: demo to exported mask in ${clicks} clicks`)
    expect(clicks).toBeGreaterThan(5)
    expect(clicks).toBeLessThanOrEqual(12)
  })

  it('puts the report on paper', { timeout: longest }, async () => expectPdf(await printReport(host())))

  it('grades pictures blind', { timeout: longest }, async () => {
    await blindRating(host())
    await stopDemo(host())
  })

  it('imports the real scans, finds a mask and signs it', { timeout: longest }, () => haxbyToSignedMask(host()))

  it('puts two runs side by side', { timeout: longest }, () => compareTwoRuns(host()))

  it('saves a diagnostics file without a word about the subject', { timeout: longest }, () => saveDiagnostics(host()))

  it('resumes a training whose process, then whose engine was killed', { timeout: longest }, () =>
    crashAndResume(host()),
  )

  it('did all that without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(host().complaints).toEqual([])
  })
}
