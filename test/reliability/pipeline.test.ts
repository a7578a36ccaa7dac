/** The stages one after the other through real job processes, and what they leave in the project. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { unpackMask } from '../../src/core/troi/mask-result.ts'
import { freshFolder } from './support/folder.ts'
import { quickDecoder, quickMask, Workstation } from './support/workstation.ts'

const folder = freshFolder()

describe('the tiny cohort', () => {
  it('goes from simulation to an evaluated decoder', async () => {
    const station = await Workstation.create(folder())
    const t0 = Date.now()
    const { subject, backbone } = await station.prepared()
    console.info('prepared', Date.now() - t0)
    const t1 = Date.now()
    const found = await station.complete({ kind: 'mask', subject, backbone, settings: quickMask('memory', 120) })
    console.info('mask', Date.now() - t1)
    const [mask] = await station.store.masks()
    const t2 = Date.now()
    await station.complete({ kind: 'decode', mask: mask!.id, settings: quickDecoder })
    console.info('decode', Date.now() - t2)
    console.info(station.log(found.id), JSON.stringify(mask), JSON.stringify(await station.store.subjects(), null, 0))
    await station.close()
  })
})
