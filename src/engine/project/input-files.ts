/** The input files of a project: which there were, where they are now, and a search for those that moved. */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { InputFile, Relinked } from '../../core/contract/inputs.ts'
import type { Run } from '../../core/contract/run.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { recipePath } from '../import/recipe-file.ts'
import { sha256OfFile } from './hashing-reader.ts'
import type { ProjectStore } from './project-store.ts'

/** A folder with more files than this is too large to look through. */
const mostFiles = 50_000
const deepest = 12

const inputsSchema = z.object({
  inputs: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })).default([]),
})

interface Known extends InputFile {
  /** Absolute; never told to a client. */
  readonly absolute: string
}

export interface InputOptions {
  /** Whether a path may be read at all. */
  readonly mayRead: (path: string) => boolean
  /** A path as people read it. */
  readonly shorten: (path: string) => string
}

async function knownInputs(store: ProjectStore, { mayRead, shorten }: InputOptions): Promise<Known[]> {
  const links = await store.relinks()
  const subjects = await store.subjectsByRun()
  const known: Known[] = []
  for (const run of await store.runs()) {
    const { request } = run
    if (request.kind !== 'import' || run.status !== 'done') continue
    for (const { path, bytes, sha256 } of inputsOf(store, run)) {
      const link = links.get(`${run.id} ${path}`)
      const absolute = link?.at ?? recipePath(request.folder, path)
      known.push({
        ...{ run: run.id, subject: subjects.get(run.id) ?? run.name, path, bytes, sha256, absolute },
        ...{ state: stateOf(absolute, bytes, mayRead), at: shorten(absolute), relinked: link?.created ?? null },
      })
    }
  }
  return known
}

function inputsOf(store: ProjectStore, run: Run) {
  const parsed = inputsSchema.safeParse(store.runFolder(run.id).readJson('results/provenance.json'))
  return parsed.success ? parsed.data.inputs : []
}

function stateOf(path: string, bytes: number, mayRead: InputOptions['mayRead']): InputFile['state'] {
  const found = mayRead(path) ? statSync(path, { throwIfNoEntry: false }) : undefined
  if (found === undefined || !found.isFile()) return 'missing'
  return found.size === bytes ? 'there' : 'changed'
}

const told = ({ absolute: _, ...input }: Known): InputFile => input

export async function inputFiles(store: ProjectStore, options: InputOptions): Promise<InputFile[]> {
  return (await knownInputs(store, options)).map(told)
}

/**
 * Looks for every input that is not at its place among the files below `folder`, by size and then by SHA-256; the name does not
 * matter. What is found is kept as another place of the same content. TOO_LARGE where there are too many files.
 */
export async function relinkInputs(store: ProjectStore, folder: string, options: InputOptions): Promise<Relinked> {
  const wanted = (await knownInputs(store, options)).filter(({ state }) => state !== 'there')
  const files = wanted.length === 0 ? [] : filesBelow(folder).filter(({ path }) => options.mayRead(path))
  const hashes = new Map<string, string>()
  const hashOf = (path: string) => {
    const known = hashes.get(path) ?? sha256OfFile(path)
    hashes.set(path, known)
    return known
  }
  const found: Relinked['found'] = []
  const refused: Problem[] = []
  for (const input of wanted) {
    const same = files.find(({ path, bytes }) => bytes === input.bytes && hashOf(path) === input.sha256)
    if (same !== undefined) {
      await store.addRelink(input.run, input.path, same.path)
      found.push({ path: input.path, at: options.shorten(same.path) })
      continue
    }
    const namesake = files.find(({ path }) => basename(path) === basename(input.path))
    if (namesake !== undefined) refused.push(otherContent(input, options.shorten(namesake.path)))
  }
  return { inputs: await inputFiles(store, options), found, refused, searched: files.length }
}

function otherContent({ path, subject, sha256 }: Known, where: string): Problem {
  return {
    code: 'CHECKSUM',
    message: `${basename(path)} has other content than the file that ${subject} was imported from; it was not taken.`,
    where,
    expected: `SHA-256 ${sha256}`,
    fix: 'Look in another folder. To use the new content, import it as another subject.',
  }
}

/** Plain files below a folder; links are not followed, and what may not be looked into is passed over. */
function filesBelow(folder: string, depth = 0, out: { path: string; bytes: number }[] = []) {
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const info = lstatSync(path, { throwIfNoEntry: false })
    if (info?.isFile()) out.push({ path, bytes: info.size })
    else if (info?.isDirectory() && depth < deepest) filesBelow(path, depth + 1, out)
    if (out.length > mostFiles)
      throw new ProblemError({
        code: 'TOO_LARGE',
        message: `There are more than ${mostFiles.toLocaleString('en-US')} files below this folder.`,
        where: folder,
        fix: 'Choose a folder nearer to the files.',
      })
  }
  return out
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
