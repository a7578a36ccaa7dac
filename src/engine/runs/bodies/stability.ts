/** An experiment that repeats the mask of one subject, and leaves how often each voxel was chosen. */
import { existsSync } from 'node:fs'
import type { TableRow } from '../../../core/contract/result.ts'
import { pairwiseDice, selectionFrequency } from '../../../core/evaluate/stability.ts'
import { type Repeat, repeatMask, repeatsOf } from '../../../core/experiment/repeats.ts'
import { unwrap } from '../../../core/problem.ts'
import { overlap } from '../../../core/volume/overlap.ts'
import { readDataFile, writeDataFile } from '../../project/data-file.ts'
import { type Job, type JobBody, keepRow, loadBackbone, loadSubject, rowsSoFar, writeResult } from '../job.ts'
import { packStability } from '../stability-file.ts'
import { targetsOfSubject } from '../targets.ts'

const fileOf = (job: Job, at: number) => job.folder.result(`repeat-${String(at + 1).padStart(3, '0')}.data`)

function finishedMask(job: Job, at: number): Uint8Array | null {
  // The row is written after the mask, so a row vouches for its mask; a mask alone may be of a repeat that was cut off.
  if (rowsSoFar(job.folder).length <= at || !existsSync(fileOf(job, at))) return null
  const { mask } = unwrap(readDataFile(fileOf(job, at))).arrays
  return mask instanceof Uint8Array ? mask : null
}

export const repeatTheMask: JobBody<'experiment'> = async (job) => {
  job.context.phase('Load data')
  const loaded = loadSubject(job)
  const { targets } = await targetsOfSubject(job, loaded)
  const { mask: settings, seeds, repeats: kind = 'seeds' } = job.request
  const { data } = loaded
  const repeats = repeatsOf(kind, seeds, data.train)
  job.progress.space = data.space
  const row = ({ seed, condition }: Repeat, mask: Uint8Array, seconds: number): TableRow => ({
    ...{ seed, condition, voxels: mask.reduce((sum, value) => sum + value, 0), seconds, metrics: {} },
    dice: data.truth === null ? null : overlap(mask, data.truth).dice,
    ...{ brainToImage: null, imageToBrain: null, pixCorr: null, ssim: null, accuracy: null },
  })
  const masks = await repeatMask(
    repeats,
    data,
    targets,
    loadBackbone(job),
    settings,
    {
      compute: job.compute,
      now: () => performance.now(),
      finished: (at) => finishedMask(job, at),
      done(at, repeat, mask, seconds) {
        writeDataFile(fileOf(job, at), { values: { seed: repeat.seed, condition: repeat.condition }, arrays: { mask } })
        keepRow(job, row(repeat, mask, seconds))
      },
    },
    job.context,
  )
  job.context.phase('Compare the repeats')
  const first = masks[0]!
  writeResult(
    job,
    'stability.data',
    packStability({
      kind,
      repeats: repeats.map(({ seed, condition }) => `seed ${seed}, ${condition}`),
      pairwiseDice: pairwiseDice(masks, seeds[0]!),
      frequency: selectionFrequency(masks),
      chosenShare:
        masks.reduce((sum, mask) => sum + mask.reduce((of, value) => of + value, 0), 0) / masks.length / first.length,
      allEqual: masks.every((mask) => mask.every((value, v) => value === first[v])),
    }),
  )
  return []
}
