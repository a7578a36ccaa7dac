/**
 * One import through the product's path, in a process of its own so that its peak memory is its own: survey, hashes, volumes,
 * trials, and the subject's file written as a run writes it. Prints one JSON line like reference.py.
 */
import { join } from 'node:path'
import { recipeSchema } from '../../src/core/contract/recipe.ts'
import { unwrap } from '../../src/core/problem.ts'
import { importSubject } from '../../src/engine/import/import-subject.ts'
import { writeDataFile } from '../../src/engine/project/data-file.ts'
import { packImported } from '../../src/engine/runs/subject-file.ts'

const [kind, folder] = process.argv.slice(2)
if (folder === undefined || (kind !== 'nifti' && kind !== 'hdf5')) throw new Error('import-once.ts nifti|hdf5 FOLDER')
const image =
  kind === 'nifti'
    ? { path: 'betas.nii.gz', scale: 300 }
    : { path: 'betas.hdf5', dataset: 'betas', axes: ['volume', 'z', 'y', 'x'], scale: 300 }
const recipe = recipeSchema.parse({
  version: 1,
  subject: '01',
  images: [image],
  table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' },
  grid: 'mask.nii.gz',
  brainMask: 'mask.nii.gz',
  trials: { from: 'volumes' },
  split: { rule: 'leave-one-run-out' },
})
const started = performance.now()
const {
  trials,
  meanVolume,
  split: planned,
  shared,
} = unwrap(await importSubject(recipe, folder, { progress: () => {}, breathe: async () => {} }))
writeDataFile(
  join(folder, `${kind}.data`),
  packImported({ trials, split: recipe.split, planned, shared, meanVolume, crop: null }),
)
const seconds = (performance.now() - started) / 1000
const peakBytes = process.resourceUsage().maxRSS * 1024
let checksum = 0
for (const beta of trials.betas) checksum += beta
const voxels = trials.index.length
console.log(JSON.stringify({ seconds, trials: trials.betas.length / voxels, voxels, checksum, peakBytes }))
