/**
 * Sound studies to be damaged: two images of a beta series with a table of labels or pictures, or with events; an image in HDF5. Folders
 * and files have blanks and letters outside ASCII in their names, because people's have.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { niftiBytes, type TestNifti, writeNifti } from '../../support/make-nifti.ts'
import { writePictures } from '../../support/picture-study.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/arrays', import.meta.url))

/** Eight trials in two images of four volumes, 3 × 2 × 2 voxels; the gzipped one is run 2. */
export const image = (run: number): TestNifti => ({
  shape: [3, 2, 2, 4],
  type: 'float32',
  values: (i) => 100 + (((i + 17 * run) * 7) % 11),
})
export const runs = ['bétas 1.nii', 'bétas 2.nii.gz'] as const

type Json = Record<string, unknown>

export class BadStudy {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.path(name), content)
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name))
  }

  /** Replaces bytes of a file. */
  patch(name: string, at: number, bytes: readonly number[]): void {
    const content = this.read(name)
    content.set(bytes, at)
    this.write(name, content)
  }

  /** Keeps the first bytes of a file; a negative number leaves so many out at the end. */
  cut(name: string, bytes: number): void {
    this.write(name, this.read(name).subarray(0, bytes < 0 ? this.read(name).length + bytes : bytes))
  }

  rows(rows: readonly string[]): void {
    this.write('essais à lire.tsv', ['label\trun', ...rows, ''].join('\n'))
  }

  /** The recipe with some fields replaced. */
  recipe(change: Json): void {
    const recipe = JSON.parse(this.read('recipe.json').toString()) as Json
    this.write('recipe.json', JSON.stringify({ ...recipe, ...change }))
  }
}

export const labelRows = ['a\t1', 'b\t1', 'a\t1', 'b\t1', 'b\t2', 'a\t2', 'b\t2', 'a\t2']

export function labelStudy(folder: string): BadStudy {
  const study = new BadStudy(folder)
  writeNifti(study.path(runs[0]), image(1))
  writeNifti(study.path(runs[1]), image(2))
  writeNifti(study.path('cerveau.nii'), { shape: [3, 2, 2], type: 'uint8', values: () => 1 })
  study.rows(labelRows)
  study.write(
    'recipe.json',
    JSON.stringify({
      version: 1,
      subject: 'bad',
      images: runs.map((path) => ({ path })),
      table: { path: 'essais à lire.tsv', rows: 'trials', columns: { label: 'label', run: 'run' } },
      brainMask: 'cerveau.nii',
      trials: { from: 'volumes' },
      split: { rule: 'leave-one-run-out' },
    }),
  )
  return study
}

/** Four pictures, each shown in both runs; the pictures lie in the folder `vues`. */
export async function pictureStudy(folder: string): Promise<BadStudy> {
  const study = labelStudy(folder)
  await writePictures(study.path('vues'), 4)
  const shown = [0, 1, 2, 3, 3, 2, 1, 0].map((at, t) => `bild 0${at} é\t${1 + Math.floor(t / 4)}`)
  study.write('essais à lire.tsv', ['image\trun', ...shown, ''].join('\n'))
  study.recipe({
    table: { path: 'essais à lire.tsv', rows: 'trials', columns: { picture: 'image', run: 'run' } },
    pictures: { from: 'folder', path: 'vues' },
    split: { rule: 'leave-one-run-out', repeats: 'average-in-test' },
  })
  return study
}

/** Time series of twenty volumes every two seconds, each with its own events. */
export function eventStudy(folder: string): BadStudy {
  const study = labelStudy(folder)
  const series = { shape: [3, 2, 2, 20], repetition: 2 }
  writeNifti(study.path(runs[0]), { ...image(1), ...series })
  writeNifti(study.path(runs[1]), { ...image(2), ...series })
  const events = ['onset\tduration\ttrial_type', '2\t2\ta', '10\t2\tb', '18\t2\ta', '26\t2\tb', ''].join('\n')
  study.write('événements 1.tsv', events)
  study.write('événements 2.tsv', events)
  study.recipe({
    images: runs.map((path, at) => ({ path, run: at + 1, table: `événements ${at + 1}.tsv` })),
    table: { rows: 'events', columns: { label: 'trial_type' } },
    trials: { from: 'event-window', windowSeconds: [4, 6], detrend: false },
  })
  return study
}

/** Betas in the layout of NSD, six trials in one HDF5 file. */
export function hdf5Study(folder: string): BadStudy {
  const study = labelStudy(folder)
  copyFileSync(join(fixtures, 'nsd-layout.hdf5'), study.path('séance.hdf5'))
  writeNifti(study.path('cerveau.nii'), { shape: [4, 3, 2], type: 'uint8', values: () => 1 })
  study.rows(['a\t1', 'b\t1', 'a\t1', 'b\t2', 'a\t2', 'b\t2'])
  study.recipe({
    images: [{ path: 'séance.hdf5', dataset: 'betas', axes: ['volume', 'z', 'y', 'x'] }],
    grid: 'cerveau.nii',
  })
  return study
}

export const bytesOf = niftiBytes
