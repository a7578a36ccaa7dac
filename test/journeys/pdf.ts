/** What a PDF holds, as far as this computer can read it: always that it is one with pages, its words where pdftotext is there. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect } from 'vitest'

const pdftotext = '/usr/bin/pdftotext'
export const readsWords = existsSync(pdftotext)

/** Words of all pages, blanks made one; null where there is no pdftotext. */
export function wordsOf(pdf: Buffer): string | null {
  if (!readsWords) return null
  const { status, stdout } = spawnSync(pdftotext, ['-', '-'], { input: pdf, encoding: 'utf8' })
  expect(status).toBe(0)
  return stdout.replace(/\s+/g, ' ')
}

/** Pages, from the page objects; Chromium writes them uncompressed. */
export function pagesOf(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
}

export function expectReport(pdf: Buffer): void {
  expect(pdf.toString('latin1', 0, 5)).toBe('%PDF-')
  expect(pagesOf(pdf)).toBeGreaterThan(1)
  const words = wordsOf(pdf)
  if (words === null) return
  for (const part of ['Accepted by A. Reviewer', 'Methods', 'Dice', 'SHA-256 of the mask', 'Runs and versions'])
    expect(words).toContain(part)
}
