/**
 * A BIDS dataset as a list of its functional files: the root's own, each subject's, and those of every folder below
 * derivatives/. Only names are read, and the small JSON and TSV files that are asked for.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { ProblemError } from '../../../core/problem.ts'
import { type BidsFile, compareLabels, parseBidsPath } from './names.ts'

/** Whether a path may be read at all. */
export type MayRead = (path: string) => boolean

export interface BidsDataset {
  readonly root: string
  readonly name: string
  /** Labels without sub-, in order. */
  readonly subjects: readonly string[]
  /** Subjects of participants.tsv, null without the file. */
  readonly participants: readonly string[] | null
  /** Names of pipelines: folders below derivatives/. */
  readonly pipelines: readonly string[]
  readonly mayRead: MayRead
}

const descriptionSchema = z.looseObject({ Name: z.string().optional(), DatasetType: z.string().optional() })

/** Whether a folder looks like a BIDS dataset: its description is there, or at least a subject's folder with func. */
export async function isBidsFolder(root: string, mayRead: MayRead): Promise<boolean> {
  const names = await namesIn(root, mayRead)
  if (names.includes('dataset_description.json')) return true
  for (const name of names.filter((candidate) => candidate.startsWith('sub-')).slice(0, 20)) {
    const inside = await namesIn(`${root}/${name}`, mayRead)
    if (inside.includes('func') || inside.some((child) => child.startsWith('ses-'))) return true
  }
  return false
}

async function namesIn(folder: string, mayRead: MayRead): Promise<string[]> {
  if (!mayRead(folder)) return []
  try {
    return (await readdir(folder)).sort()
  } catch {
    return []
  }
}

async function textOf(path: string, mayRead: MayRead): Promise<string | null> {
  if (!mayRead(path)) return null
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch {
    return null
  }
}

/** A JSON object, or null where the file is not there. BAD_FILE where it is no JSON object. */
export async function readJson(path: string, mayRead: MayRead): Promise<Record<string, unknown> | null> {
  const text = await textOf(path, mayRead)
  if (text === null) return null
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw new ProblemError({
      code: 'BAD_FILE',
      message: 'This file is not a JSON object.',
      where: path,
      fix: 'Correct it; a BIDS validator shows the place.',
    })
  }
}

/** NOT_FOUND for a folder without subjects; BAD_FILE for a derivative that holds no raw data beside it. */
export async function openDataset(root: string, mayRead: MayRead): Promise<BidsDataset> {
  const description = descriptionSchema.parse((await readJson(`${root}/dataset_description.json`, mayRead)) ?? {})
  const names = await namesIn(root, mayRead)
  const subjects: string[] = []
  for (const name of names)
    if (/^sub-[A-Za-z0-9+]+$/.test(name) && (await isFolder(`${root}/${name}`))) subjects.push(name.slice(4))
  if (description.DatasetType === 'derivative')
    throw new ProblemError({
      code: 'BAD_FILE',
      message: 'This folder holds derivatives; the events are in the dataset that they were made from.',
      where: root,
      expected: 'the root of the dataset, with the derivatives in its folder derivatives/',
      fix: 'Choose the dataset’s root, or write a recipe that names the images and their events.',
    })
  if (subjects.length === 0)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'This BIDS dataset has no subject.',
      where: root,
      expected: 'folders named sub-…',
      fix: 'Choose the root of the dataset.',
    })
  const table = await textOf(`${root}/participants.tsv`, mayRead)
  const lines = table?.split(/\r?\n/).filter((line) => line.trim() !== '')
  const column = lines?.[0]?.split('\t').indexOf('participant_id') ?? -1
  const pipelines: string[] = []
  for (const name of await namesIn(`${root}/derivatives`, mayRead))
    if (!name.startsWith('.') && (await isFolder(`${root}/derivatives/${name}`))) pipelines.push(name)
  return {
    root,
    name: description.Name ?? '',
    subjects: subjects.sort(compareLabels),
    participants:
      lines === undefined || column < 0
        ? null
        : lines.slice(1).map((line) => (line.split('\t')[column] ?? '').trim().replace(/^sub-/, '')),
    pipelines,
    mayRead,
  }
}

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

/** Files of the root, of the subject's folder, its sessions and their func folders, below `base` (relative, '' or 'derivatives/name'). */
export async function subjectFiles(dataset: BidsDataset, base: string, subject: string): Promise<BidsFile[]> {
  const { root, mayRead } = dataset
  const start = base === '' ? '' : `${base}/`
  const folders = [base, `${start}sub-${subject}`, `${start}sub-${subject}/func`]
  for (const session of await namesIn(`${root}/${start}sub-${subject}`, mayRead))
    if (session.startsWith('ses-'))
      folders.push(`${start}sub-${subject}/${session}`, `${start}sub-${subject}/${session}/func`)
  const files: BidsFile[] = []
  for (const folder of folders)
    for (const name of await namesIn(folder === '' ? root : `${root}/${folder}`, mayRead)) {
      const file = parseBidsPath(folder === '' ? name : `${folder}/${name}`)
      if (file !== null) files.push(file)
    }
  return files
}
