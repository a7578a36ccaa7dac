/** What lies beside an image that could belong to it: images of the same series, tables, and single volumes (masks, atlases). */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { openNifti } from './nifti-volumes.ts'

export interface SingleVolume {
  readonly name: string
  /** Voxels along x, y and z. */
  readonly shape: readonly number[]
}

export interface FilesBeside {
  /** Files whose names differ from the image's only in digits, the image among them, in the order of their numbers. */
  readonly series: readonly string[]
  /** Text tables of at most `largestTable` bytes. */
  readonly tables: readonly string[]
  readonly volumes: readonly SingleVolume[]
}

/** More files than this are not opened only to make proposals. */
const mostVolumes = 100
const largestTable = 2 ** 26

const byNumber = new Intl.Collator('en', { numeric: true })

/** Names of one series are equal but for their digits. */
export function patternOf(name: string): string {
  return name.replace(/\d+/g, '#')
}

export async function filesBeside(path: string, mayRead: (path: string) => boolean): Promise<FilesBeside> {
  const folder = dirname(path)
  const names = (await readdir(folder)).filter((name) => mayRead(join(folder, name))).sort(byNumber.compare)
  const series = names.filter((name) => patternOf(name) === patternOf(basename(path)))
  const tables: string[] = []
  for (const name of names) {
    if (!/\.(tsv|csv|txt)$/i.test(name)) continue
    const { size } = await stat(join(folder, name))
    if (size > 0 && size <= largestTable) tables.push(name)
  }
  const volumes: SingleVolume[] = []
  const others = names.filter((name) => /\.(nii|hdr)(\.gz)?$/i.test(name) && !series.includes(name))
  for (const name of others.slice(0, mostVolumes)) {
    const opened = await openNifti(join(folder, name))
    if (opened.ok && opened.value.header.volumes === 1)
      volumes.push({ name, shape: opened.value.header.shape.slice(0, 3) })
  }
  return { series, tables, volumes }
}
