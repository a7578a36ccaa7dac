/** Numbers that are not numbers stop a run, with the place where they are. */

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeDataFile } from '../../src/engine/project/data-file.ts'
import { freshFolder } from './support/folder.ts'
import { quickDecoder, quickMask, Workstation } from './support/workstation.ts'

const folder = freshFolder()

describe('numbers that are not finite', () => {
  it('in the betas stop every stage, naming trial and voxel', async () => {
    const station = await Workstation.create(folder())
    const subject = await station.simulated()
    const { voxels } = (await station.store.subjects()).find(({ id }) => id === subject)!
    await station.complete({ kind: 'mask', subject, backbone: null, settings: quickMask('instant', 120) })
    const file = await station.store.fileOf('subject', subject)
    const { values, arrays } = station.store.readData(file)
    const betas = (arrays['train/betas'] as Float32Array).slice()
    betas[7 * voxels + 5] = Number.NaN
    writeDataFile(join(station.store.folder, file), { values, arrays: { ...arrays, 'train/betas': betas } })
    const problem = { code: 'NOT_FINITE', message: expect.stringMatching(/Voxel 5 .*trial 7\b/) }
    for (const preset of ['instant', 'memory', 'troi'] as const) {
      const { id } = await station.start({ kind: 'mask', subject, backbone: null, settings: quickMask(preset, 120) })
      expect(await station.queue.finished(id), preset).toMatchObject({ status: 'failed', problem })
    }
    const [mask] = await station.store.masks()
    const { id } = await station.start({ kind: 'decode', mask: mask!.id, settings: quickDecoder })
    expect(await station.queue.finished(id)).toMatchObject({ status: 'failed', problem })
    expect(await station.store.masks()).toHaveLength(1)
    expect(await station.store.decoders()).toEqual([])
    await station.close()
  })

  it('that training itself makes stop it, naming the number and the step', async () => {
    const station = await Workstation.create(folder())
    const subject = await station.simulated()
    const file = await station.store.fileOf('subject', subject)
    const { values, arrays } = station.store.readData(file)
    // Each of them is a number; their sums are beyond the range of 32 bits.
    const betas = (arrays['train/betas'] as Float32Array).map((beta) => 1e38 * Math.sign(beta))
    writeDataFile(join(station.store.folder, file), { values, arrays: { ...arrays, 'train/betas': betas } })
    const { id } = await station.start({ kind: 'mask', subject, backbone: null, settings: quickMask('memory', 120) })
    expect(await station.queue.finished(id)).toMatchObject({
      status: 'failed',
      problem: { code: 'NOT_FINITE', message: expect.stringMatching(/^".+" became (NaN|-?Infinity) at step 0/) },
    })
    expect(await station.store.masks()).toEqual([])
    await station.close()
  })
})
