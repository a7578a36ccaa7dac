/** A study small enough for a test: two labels, four runs, and a few voxels that tell the labels apart. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeNifti } from '../../support/make-nifti.ts'

const shape = [6, 6, 4] as const
const runs = 4
const blocksPerRun = 6

/** Numbers in [0, 1) that are the same on every machine. */
function noise(index: number): number {
  let state = Math.imul(index + 1, 2654435761) >>> 0
  state = Math.imul(state ^ (state >>> 15), 2246822519) >>> 0
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
}

/** Writes images, table, mask, ROI and recipe into `folder`; returns the voxels that carry the labels. */
export function writeTinyStudy(folder: string): number {
  mkdirSync(folder, { recursive: true })
  const voxels = shape[0] * shape[1] * shape[2]
  const labels: string[] = []
  for (let run = 0; run < runs; run++)
    for (let block = 0; block < blocksPerRun; block++)
      labels.push(...(block % 2 === 0 ? ['face', 'face'] : ['house', 'house']))
  const informative = (voxel: number) => voxel % 12 === 5
  writeNifti(join(folder, 'bold.nii.gz'), {
    shape: [...shape, labels.length],
    type: 'float32',
    values: (at) => {
      const voxel = at % voxels
      const label = labels[Math.floor(at / voxels)]
      const signal = informative(voxel) ? (label === 'face' ? 30 : -30) * (voxel % 24 === 5 ? 1 : -1) : 0
      return 1000 + signal + 20 * noise(at)
    },
  })
  writeNifti(join(folder, 'roi.nii.gz'), {
    shape: [...shape],
    type: 'uint8',
    values: (voxel) => (informative(voxel) || voxel % 7 === 0 ? 1 : 0),
  })
  const perRun = labels.length / runs
  writeFileSync(
    join(folder, 'trials.tsv'),
    ['label\trun', ...labels.map((label, at) => `${label}\t${Math.floor(at / perRun) + 1}`), ''].join('\n'),
  )
  writeFileSync(
    join(folder, 'recipe.json'),
    JSON.stringify({
      version: 1,
      subject: 'tiny',
      images: [{ path: 'bold.nii.gz' }],
      table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'volumes' },
      annotatedRoi: { path: 'roi.nii.gz' },
      trials: { from: 'blocks' },
      split: { rule: 'runs', test: [4] },
    }),
  )
  return Array.from({ length: voxels }, (_, voxel) => voxel).filter(informative).length
}
