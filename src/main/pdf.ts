/**
 * The report as PDF. The engine's page is put into a hidden window that can do nothing but lay it out: no scripts, no Node, no
 * preload, no network, a session of its own in memory. The page of the workstation only says which report, by hash; the path comes
 * from the system's dialog alone.
 */
import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { BrowserWindow, type Session, session, type WebContents } from 'electron'
import { type ShellProblem, writeAtomically, writingProblem } from './atomic-file.ts'
import { denyPermissions } from './guards.ts'

export type Paper = 'A4' | 'Letter'

/** Countries whose paper is Letter (CLDR, paperSize US-Letter). */
const letterCountries = 'BZ CA CL CO CR GT MX NI PA PH PR SV US VE'.split(' ')
export function paperOf(country: string): Paper {
  return letterCountries.includes(country) ? 'Letter' : 'A4'
}

export interface WantedPdf {
  /** SHA-256 of the report's page. */
  readonly report: string
  /** Suggested for the file, without folder or ending. */
  readonly name: string
}

/** Null for anything but a hash and a short name. */
export function wantedPdf(argument: unknown): WantedPdf | null {
  if (typeof argument !== 'object' || argument === null) return null
  const { report, name } = argument as { report?: unknown; name?: unknown }
  if (typeof report !== 'string' || !/^[a-f0-9]{64}$/.test(report)) return null
  return typeof name === 'string' && name.length <= 200 ? { report, name } : null
}

/** A name that is nothing but a name on every system: no folder, no drive, not hidden. */
export function fileNameOf(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const plain = name.replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-').replace(/^[. -]+|[. ]+$/g, '')
  return `${plain.slice(0, 120) || 'report'}.pdf`
}

function sealedSession(): Session {
  // Not persisted; the same one every time, for pages that leave nothing in it.
  const sealed = session.fromPartition('report')
  denyPermissions(sealed)
  sealed.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: url !== 'about:blank' && !url.startsWith('data:image/') }),
  )
  sealed.on('will-download', (event) => event.preventDefault())
  return sealed
}

/** In inches; room for the footer below. */
const margins = { top: 0.5, bottom: 0.6, left: 0.5, right: 0.5 }
const footer =
  '<div style="width:100%;font:8px sans-serif;color:#59646f;text-align:center"><span class="pageNumber"></span> / <span class="totalPages"></span></div>'

/** Milliseconds; a report of 10 MB takes a few seconds. */
const longest = 60_000

function before<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('The report took too long to lay out')), milliseconds)
    work.then(resolve, reject).finally(() => clearTimeout(late))
  })
}

/** Pages within a page keep Chromium waiting for ever here. The engine's report has none: what comes from data is escaped. */
const otherPages = /<(iframe|frame|frameset|object|embed|portal)\b/i

/** Lays a page out on paper. Rejects where it holds other pages, or does not end in time. */
export async function printPage(html: string, paper: Paper): Promise<Buffer> {
  if (otherPages.test(html)) throw new Error('The report holds other pages within it')
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: sealedSession(),
      javascript: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webgl: false,
      spellcheck: false,
    },
  })
  try {
    return await before(longest, fillAndPrint(window.webContents, html, paper))
  } finally {
    window.destroy()
  }
}

async function fillAndPrint(contents: WebContents, html: string, paper: Paper): Promise<Buffer> {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  await contents.loadURL('about:blank')
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  // Straight into the empty document: no file, no address and no protocol that could be asked for anything else.
  contents.debugger.attach('1.3')
  const { frameTree } = await contents.debugger.sendCommand('Page.getFrameTree')
  await contents.debugger.sendCommand('Page.setDocumentContent', { frameId: frameTree.frame.id, html })
  contents.debugger.detach()
  return contents.printToPDF({
    ...{ pageSize: paper, margins, printBackground: true },
    ...{ displayHeaderFooter: true, headerTemplate: '<span></span>', footerTemplate: footer },
  })
}

export interface PdfParts {
  /** The system's dialog; null when it was closed. */
  readonly choose: (suggested: string) => Promise<string | null>
  /** The report's page from the engine, checked against its hash. */
  readonly read: (id: string) => Promise<string>
  readonly print: (html: string) => Promise<Uint8Array>
}

export type SavedPdf =
  | { readonly folder: string; readonly files: { name: string; bytes: number; sha256: string }[] }
  | { readonly problem: ShellProblem }
  | null

/** Asks where, prints, writes. Null when the person closed the dialog. */
export async function savePdf({ report, name }: WantedPdf, parts: PdfParts): Promise<SavedPdf> {
  const path = await parts.choose(fileNameOf(name))
  if (path === null) return null
  let bytes: Uint8Array
  try {
    bytes = await parts.print(await parts.read(report))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { problem: { code: 'UNAVAILABLE', message, where: path, fix: 'Write the report as a page and print that.' } }
  }
  try {
    await writeAtomically(path, bytes)
  } catch (error) {
    return { problem: writingProblem(error, path) }
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { folder: dirname(path), files: [{ name: basename(path), bytes: bytes.length, sha256 }] }
}
