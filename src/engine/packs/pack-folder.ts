/**
 * A pack on disk: its manifest, and the doors through which its files are read. Files are opened without following links and must be
 * ordinary files, so that a folder cannot lend us what lies elsewhere.
 */
import { createHash } from 'node:crypto'
import { constants, lstatSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { type PackManifest, packManifestSchema } from '../../core/contract/pack.ts'
import { failure, type Problem, ProblemError, type Result, success } from '../../core/problem.ts'
import { fileProblem } from '../project/file-problem.ts'

export const manifestName = 'manifest.json'
const mostManifestBytes = 2 ** 20
const chunkBytes = 2 ** 20

export interface PackFolder {
  /** Absolute. */
  readonly folder: string
  readonly manifest: PackManifest
  /** SHA-256 of manifest.json; it holds the sums of all other files, so it names the pack's whole content. */
  readonly manifestSha256: string
}

/** The file itself, never what it points to. Throws ProblemError NOT_FOUND, NOT_ALLOWED (a link, a folder, a device). */
export async function openOrdinary(folder: string, name: string): Promise<FileHandle> {
  const path = join(folder, name)
  try {
    // Where the system cannot refuse links on opening, this look comes first.
    const kind = lstatSync(path)
    if (kind.isSymbolicLink()) throw new ProblemError(notOrdinary(name, 'a link'))
    if (!kind.isFile()) throw new ProblemError(notOrdinary(name, 'no ordinary file'))
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    if ((await file.stat()).isFile()) return file
    await file.close()
    throw new ProblemError(notOrdinary(name, 'no ordinary file'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT')
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: `The pack lacks ${name}.`,
        where: name,
        fix: 'Copy the whole folder of the pack.',
      })
    if ((error as NodeJS.ErrnoException | null)?.code === 'ELOOP') throw new ProblemError(notOrdinary(name, 'a link'))
    throw fileProblem(error, name)
  }
}

function notOrdinary(name: string, what: string): Problem {
  return {
    code: 'NOT_ALLOWED',
    message: `${name} is ${what}.`,
    where: name,
    expected: 'ordinary files in the folder of the pack',
    fix: 'Put the file itself into the folder.',
  }
}

/** Reads a file piece by piece; returns its bytes and SHA-256. `take` is awaited, so a slow writer slows the reader. */
export async function readThrough(
  file: FileHandle,
  take: (part: Uint8Array) => Promise<void> | void = () => {},
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  const buffer = new Uint8Array(chunkBytes)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, bytes)
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
    const part = buffer.subarray(0, bytesRead)
    hash.update(part)
    await take(part)
    bytes += bytesRead
  }
}

/** CHECKSUM, naming the file, unless sum and size are the manifest's. */
export function checkSum(
  expected: PackManifest['files'][number],
  found: { readonly bytes: number; readonly sha256: string },
): Result<null> {
  if (found.sha256 === expected.sha256 && found.bytes === expected.bytes) return success(null)
  return failure({
    code: 'CHECKSUM',
    message: `${expected.path} is not the file that the manifest describes.`,
    where: expected.path,
    expected: `${expected.bytes} bytes with SHA-256 ${expected.sha256}, found ${found.bytes} bytes with ${found.sha256}`,
    fix: 'Get the pack again from where it came from; do not use this copy.',
  })
}

/** BAD_FILE where manifest.json is no JSON or says something unknown or impossible; each fault is named by its place. */
export async function readPackFolder(folder: string): Promise<Result<PackFolder>> {
  let file: FileHandle
  try {
    file = await openOrdinary(folder, manifestName)
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem)
    throw error
  }
  const parts: Buffer[] = []
  try {
    const { size } = await file.stat()
    if (size > mostManifestBytes)
      return failure({
        code: 'TOO_LARGE',
        message: `${manifestName} has ${size} bytes.`,
        where: manifestName,
        expected: `at most ${mostManifestBytes}`,
      })
    const { sha256 } = await readThrough(file, (part) => void parts.push(Buffer.from(part)))
    const manifest = parseManifest(Buffer.concat(parts).toString('utf8'))
    return manifest.ok ? success({ folder, manifest: manifest.value, manifestSha256: sha256 }) : manifest
  } finally {
    await file.close()
  }
}

function parseManifest(text: string): Result<PackManifest> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return failure({
      code: 'BAD_FILE',
      message: `${manifestName} is not JSON.`,
      where: manifestName,
      expected: 'a manifest as docs/packs.md describes it',
    })
  }
  const parsed = packManifestSchema.safeParse(json)
  if (parsed.success) return success(parsed.data)
  const [first, ...others] = parsed.error.issues.flatMap(issuesWithin)
  return failure({
    code: 'BAD_FILE',
    message: `${manifestName}: ${first?.message ?? 'not as expected'}.`,
    where: first === undefined || first.path.length === 0 ? manifestName : `${manifestName}, ${first.path.join('.')}`,
    expected: 'a manifest as docs/packs.md describes it',
    fix: 'Correct the manifest.',
    ...(others.length > 0 ? { count: others.length + 1 } : {}),
  })
}

/** A choice of several forms hides what is wrong with each; the form that came closest speaks. */
function issuesWithin(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const longest = issue.errors.reduce((best, errors) => (depth(errors) > depth(best) ? errors : best))
  return longest.flatMap((inner) =>
    issuesWithin(inner).map((one) => ({ message: one.message, path: [...issue.path, ...one.path] })),
  )
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length))
}
