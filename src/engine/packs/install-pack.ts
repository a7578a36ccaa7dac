/**
 * Installing a pack: everything that can be said against it is said before it has a name. Files are copied into a folder of their
 * own and hashed on the way, so that what was checked is what was kept; graphs are read, not run, until every sum is right; then a
 * process of its own loads each graph once. Only then the folder gets the pack's name. Whatever goes wrong leaves nothing behind.
 */
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PackInstall } from '../../core/contract/pack.ts'
import { checkGraph } from '../../core/packs/check-graph.ts'
import { summariseOnnx } from '../../core/packs/onnx-summary.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { fileProblem } from '../project/file-problem.ts'
import { checkSum, manifestName, openOrdinary, type PackFolder, readPackFolder, readThrough } from './pack-folder.ts'

const unfinishedMark = '.troi-installing-'
/** The format itself cannot hold more in one file. */
const mostGraphBytes = 2 ** 31 - 1

export interface InstallHooks {
  /** Loads every graph of a checked pack once, in another process that `signal` ends. Throws ProblemError where one does not load. */
  readonly tryGraphs: (pack: PackFolder, signal?: AbortSignal) => Promise<void>
}

export type InstallProgress = Omit<PackInstall, 'pack'>

export interface InstallWatch {
  /** Told at every piece of a file; must be quick. */
  readonly progress?: (progress: InstallProgress) => void
  /** Cancels: the installation ends with CANCELLED and leaves nothing. */
  readonly signal?: AbortSignal
}

/** Copies the pack in `source` to `packs`/<name>. Throws ProblemError; nothing of a refused or cancelled pack stays. */
export async function installPack(
  source: string,
  packs: string,
  hooks: InstallHooks,
  { progress = () => {}, signal }: InstallWatch = {},
): Promise<PackFolder> {
  const pack = unwrap(await readPackFolder(source))
  refuseUnlisted(pack)
  const { name, files } = pack.manifest
  const target = join(packs, name)
  refuseSecond(pack, target)
  let made: string | undefined
  try {
    made = mkdirSync(packs, { recursive: true })
  } catch (error) {
    throw fileProblem(error, packs)
  }
  sweepUnfinished(packs)
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let bytes = 0
  const say = (phase: InstallProgress['phase']) => {
    refuseCancelled(signal, name)
    progress({ name, phase, bytes, totalBytes })
  }
  const unfinished = join(packs, `${unfinishedMark}${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    refuseFullDisk(totalBytes, packs)
    say('copy')
    mkdirSync(unfinished)
    for (const file of files)
      await copyChecked(pack, file, unfinished, (length) => {
        bytes += length
        say('copy')
      })
    await copyManifest(pack, unfinished)
    const copied = { ...pack, folder: unfinished }
    for (const file of graphFiles(pack)) {
      say('read')
      checkGraphFile(copied, file)
    }
    say('try')
    await hooks.tryGraphs(copied, signal)
    refuseCancelled(signal, name)
    refuseSecond(pack, target)
    renameSync(unfinished, target)
    return { ...pack, folder: target }
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    removeEmpty(packs, made)
    // What a cancel did to the process that tried the graphs is not what is wrong.
    refuseCancelled(signal, name)
    throw fileProblem(error, packs)
  }
}

/** Every entry of the folder must be a listed, ordinary file: links and surplus files are refused by name. */
function refuseUnlisted({ folder, manifest }: PackFolder): void {
  const listed = new Set([manifestName, ...manifest.files.map(({ path }) => path)])
  for (const name of readdirSync(folder)) {
    const kind = lstatSync(join(folder, name))
    const what = kind.isSymbolicLink() ? 'a link' : kind.isDirectory() ? 'a folder' : kind.isFile() ? null : 'a device'
    if (what === null && listed.has(name)) continue
    throw new ProblemError({
      code: 'NOT_ALLOWED',
      message: what === null ? `${name} is not listed in the manifest.` : `${name} is ${what}.`,
      where: name,
      expected: 'ordinary files that manifest.json lists, and nothing else',
      fix: 'Take it out of the folder, or list it.',
    })
  }
  for (const { path, bytes } of manifest.files) {
    const found = lstatSync(join(folder, path), { throwIfNoEntry: false })
    if (found === undefined)
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: `The pack lacks ${path}.`,
        where: path,
        fix: 'Copy the whole folder of the pack.',
      })
    if (found.size !== bytes)
      throw new ProblemError({
        code: 'CHECKSUM',
        message: `${path} is not the file that the manifest describes.`,
        where: path,
        expected: `${bytes} bytes, found ${found.size}`,
        fix: 'Get the pack again from where it came from.',
      })
  }
  const large = graphFiles({ manifest }).find(
    (file) => manifest.files.find(({ path }) => path === file)!.bytes > mostGraphBytes,
  )
  if (large !== undefined)
    throw new ProblemError({
      code: 'TOO_LARGE',
      message: `${large} is larger than an ONNX file can be.`,
      where: large,
      expected: `at most ${mostGraphBytes} bytes`,
      fix: 'Export the weights into a file of their own beside the graph, and list both.',
    })
}

function graphFiles({ manifest }: Pick<PackFolder, 'manifest'>): string[] {
  return [...new Set([...manifest.networks, ...manifest.decoders].map(({ file }) => file))]
}

function refuseSecond({ manifest }: PackFolder, target: string): void {
  if (!existsSync(target)) return
  throw new ProblemError({
    code: 'ALREADY_EXISTS',
    message: `A pack called ${manifest.name} is installed already.`,
    where: manifest.name,
    fix: 'Remove it first; results that were made with it keep its checksum.',
  })
}

/** Takes folders away again that were made for a pack that was refused, as far as nothing else is in them. */
function removeEmpty(packs: string, made: string | undefined): void {
  if (made === undefined) return
  try {
    for (let at = packs; at.length >= made.length; at = dirname(at)) rmdirSync(at)
  } catch {
    // Another installation has put something there.
  }
}

function refuseCancelled(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted !== true) return
  throw new ProblemError({
    code: 'CANCELLED',
    message: `Installing ${name} was cancelled.`,
    where: name,
    fix: 'Nothing of it was kept; install it again when you want it.',
  })
}

function refuseFullDisk(needed: number, packs: string): void {
  const disk = statfsSync(packs)
  const free = disk.bavail * disk.bsize
  if (needed < free) return
  throw new ProblemError({
    code: 'DISK_FULL',
    message: `The pack needs ${megabytes(needed)} and the disk has ${megabytes(free)} free.`,
    where: packs,
    expected: `${megabytes(needed)} free`,
    fix: 'Free some space, then install it again. Nothing was copied.',
  })
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`

async function copyChecked(
  { folder }: PackFolder,
  file: PackFolder['manifest']['files'][number],
  to: string,
  copied: (bytes: number) => void,
) {
  const source = await openOrdinary(folder, file.path)
  try {
    const target = await open(join(to, file.path), 'wx', 0o600)
    try {
      let written = 0
      const found = await readThrough(source, async (part) => {
        // A file that grows while it is read must not fill the disk.
        if (written + part.length > file.bytes) unwrap(checkSum(file, { bytes: written + part.length, sha256: 'more' }))
        for (let done = 0; done < part.length; )
          done += (await target.write(part, done, part.length - done, written + done)).bytesWritten
        written += part.length
        copied(part.length)
      })
      unwrap(checkSum(file, found))
      await target.sync()
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** The manifest that was judged, not one that was put in its place since. */
async function copyManifest({ folder, manifestSha256 }: PackFolder, to: string): Promise<void> {
  const source = await openOrdinary(folder, manifestName)
  try {
    const target = await open(join(to, manifestName), 'wx', 0o600)
    try {
      let at = 0
      const found = await readThrough(source, async (part) => {
        await target.write(part, 0, part.length, at)
        at += part.length
      })
      unwrap(checkSum({ path: manifestName, sha256: manifestSha256, bytes: found.bytes }, found))
      await target.sync()
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Throws ProblemError unless the file is an ONNX model that fits the manifest. Nothing of it is run. */
export function checkGraphFile({ folder, manifest }: PackFolder, file: string): void {
  const beside = manifest.files.filter(({ path }) => path !== file).reduce((sum, { bytes }) => sum + bytes, 0)
  const summary = summariseOnnx(readFileSync(join(folder, file)), beside)
  if (!summary.ok) throw new ProblemError({ ...summary.problem, where: file })
  unwrap(checkGraph(manifest, file, summary.value))
}

/** What an installation left that was killed on its way. One that still goes on is left alone. */
export function sweepUnfinished(packs: string): void {
  if (!existsSync(packs)) return
  for (const name of readdirSync(packs)) {
    if (!name.startsWith(unfinishedMark)) continue
    const owner = Number(name.slice(unfinishedMark.length).split('-')[0])
    if (!isAlive(owner)) rmSync(join(packs, name), { recursive: true, force: true })
  }
}

/** 0 and below would mean groups of processes. */
function isAlive(id: number): boolean {
  if (!(id > 0)) return false
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
