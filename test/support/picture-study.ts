/** A study with pictures small enough for a test: a beta series, a trial table, picture files, a mask and an ROI. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { type Recipe, recipeSchema } from '../../src/core/contract/recipe.ts'
import { writeNifti } from './make-nifti.ts'

export const studyShape = [6, 6, 4] as const
const voxels = studyShape[0] * studyShape[1] * studyShape[2]
const side = 32

/** Numbers in [0, 1) that are the same on every machine. */
export function noise(index: number): number {
  let state = Math.imul(index + 1, 2654435761) >>> 0
  state = Math.imul(state ^ (state >>> 15), 2246822519) >>> 0
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
}

/** What a picture shows: how bright each quarter is, and how green everything. */
const quarters = (picture: number) => Array.from({ length: 5 }, (_, k) => noise(1000 + 7 * picture + k))

export const informative = (voxel: number) => voxel % 3 === 1

export interface PictureStudy {
  readonly pictures?: number
  /** Each picture is shown once in every session. */
  readonly sessions?: number
  /** A subject of its own: other noise and other tuning. */
  readonly seed?: number
  /** The first of them are marked as shared. */
  readonly shared?: number
}

export const pictureName = (picture: number) => `bild ${String(picture).padStart(2, '0')} é.png`

export async function writePictures(folder: string, pictures: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (let picture = 0; picture < pictures; picture++) {
    const light = quarters(picture)
    const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)]
      const quarter = (x < side / 2 ? 0 : 1) + (y < side / 2 ? 0 : 2)
      return Math.round(255 * (i % 3 === 1 ? 0.5 * light[quarter]! + 0.5 * light[4]! : light[quarter]!))
    })
    await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .png()
      .toFile(join(folder, pictureName(picture)))
  }
}

/** Writes everything into `folder`; returns the recipe as it is written there. */
export async function writePictureStudy(
  folder: string,
  options: PictureStudy = {},
  change: object = {},
): Promise<Recipe> {
  const { pictures = 24, sessions = 2, seed = 0, shared = 6 } = options
  mkdirSync(folder, { recursive: true })
  await writePictures(join(folder, 'stimuli'), pictures)
  const trials = Array.from({ length: pictures * sessions }, (_, t) => {
    const session = Math.floor(t / pictures) + 1
    const at = t % pictures
    return { session, run: Math.floor((2 * at) / pictures) + 1, picture: (at * 5 + session * 7) % pictures }
  })
  writeNifti(join(folder, 'betas.nii.gz'), {
    shape: [...studyShape, trials.length],
    type: 'float32',
    values(at) {
      const voxel = at % voxels
      const trial = Math.floor(at / voxels)
      const light = quarters(trials[trial]!.picture)
      const tuned = light.reduce((sum, value, k) => sum + value * (noise(97 * seed + 11 * voxel + k) - 0.5), 0)
      return (informative(voxel) ? 6 * tuned : 0) + noise(50_000 + 131 * seed + at)
    },
  })
  writeNifti(join(folder, 'roi.nii.gz'), {
    shape: [...studyShape],
    type: 'uint8',
    values: (voxel) => (voxel % 3 === 1 ? 2 : voxel % 7 === 0 ? 5 : 0),
  })
  writeNifti(join(folder, 'brain.nii.gz'), { shape: [...studyShape], type: 'uint8', values: () => 1 })
  const rows = trials.map(({ picture, session, run }) =>
    [pictureName(picture).replace('.png', ''), run, session, picture < shared ? 1 : 0].join('\t'),
  )
  writeFileSync(join(folder, 'trials.tsv'), ['stimulus\trun\tsession\tshared', ...rows, ''].join('\n'))
  const recipe = {
    version: 1,
    subject: `pic${seed}`,
    images: [{ path: 'betas.nii.gz' }],
    table: {
      path: 'trials.tsv',
      columns: { picture: 'stimulus', run: 'run', session: 'session', shared: 'shared' },
      rows: 'trials',
    },
    pictures: { from: 'folder', path: 'stimuli' },
    brainMask: 'brain.nii.gz',
    annotatedRoi: { path: 'roi.nii.gz', labels: [2] },
    trials: { from: 'volumes' },
    standardise: 'session',
    split: { rule: 'pictures' },
    ...change,
  }
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify(recipe))
  return recipeSchema.parse(recipe)
}
