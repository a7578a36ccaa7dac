/** The stages one after the other through real job processes, what they leave in the project, and that doing it again gives the same. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unpackMask } from '../../src/core/troi/mask-result.ts'
import { productRoot } from '../../src/engine/entry-point.ts'
import { findRecipe } from '../../src/engine/import/preview.ts'
import { maskVolumes } from '../../src/engine/results.ts'
import { tableOf } from '../../src/engine/router.ts'
import { ownFolder } from './support/folder.ts'
import { quickDecoder, quickMask, Workstation } from './support/workstation.ts'

const folder = ownFolder()
let station: Workstation
beforeAll(async () => {
  station = await Workstation.create(folder.path)
})
afterAll(async () => {
  await station.close()
  folder.remove()
})

describe('the tiny cohort', () => {
  it('goes from simulation to an evaluated decoder', async () => {
    const { subject, backbone } = await station.prepared()
    const made = await station.store.subjects()
    expect(made.map(({ role }) => role)).toEqual(['new', 'pretraining', 'pretraining', 'pretraining'])
    const own = made.find(({ id }) => id === subject)!
    expect(own).toMatchObject({ origin: 'simulated', targets: 'pictures', trueVoxels: expect.any(Number) })

    const found = await station.complete({ kind: 'mask', subject, backbone, settings: quickMask('troi', 100) })
    expect(found).toMatchObject({ status: 'done', subject, device: expect.stringContaining('CPU'), problem: null })
    expect(found.phases.every(({ state }) => state === 'done')).toBe(true)
    expect(found.phases[0]?.name).toBe('Check device')
    const [mask] = await station.store.masks()
    expect(mask).toMatchObject({ name: found.name, run: found.id, subject, preset: 'troi', budget: 100, voxels: 100 })
    expect(mask!.leftVoxels + mask!.rightVoxels).toBeLessThanOrEqual(100)
    const kept = unpackMask(station.store.readData(await station.store.fileOf('mask', mask!.id)))
    expect(kept.mask).toHaveLength(own.voxels)
    expect(kept.mask.reduce((sum, value) => sum + value, 0)).toBe(100)

    const volumes = await maskVolumes(station.store, mask!.id)
    const bytes = readFileSync(station.engine.findBlob(volumes.mask.id)!)
    const [nx, ny, nz] = volumes.grid.shape
    expect(bytes.length).toBe(nx * ny * nz)
    expect(bytes.reduce((sum, value) => sum + value, 0)).toBe(100)
    expect(volumes.truth).not.toBeNull()

    const trained = await station.complete({ kind: 'decode', mask: mask!.id, settings: quickDecoder })
    expect(trained.parents).toContain(found.id)
    const [decoder] = await station.store.decoders()
    expect(decoder).toMatchObject({ run: trained.id, mask: mask!.id, subject })
    const first = await station.store.evaluation(decoder!.id)
    for (const name of ['brainToImage', 'imageToBrain', 'pixCorr', 'ssim']) {
      const metric = first!.content.metrics[name]!
      expect(metric.interval[0], name).toBeLessThanOrEqual(metric.value)
      expect(metric.interval[1], name).toBeGreaterThanOrEqual(metric.value)
      expect(metric).toMatchObject({ direction: 'higher', n: own.testTrials })
    }
    const gallery = first!.gallery!
    expect(gallery.items).toHaveLength(own.testTrials)
    expect(gallery.reconstruction.bytes).toBe(own.testTrials * gallery.width * gallery.height * 3)
    expect(station.engine.findBlob(gallery.truth.id)).not.toBeNull()

    await station.complete({ kind: 'evaluate', decoder: decoder!.id })
    const again = await station.store.evaluation(decoder!.id)
    expect(again).toEqual(first)
  })

  it('gives the same results when everything is done again in another project', async () => {
    const other = await Workstation.create(folder.path, 'other')
    const { subject, backbone } = await other.prepared()
    await other.complete({ kind: 'mask', subject, backbone, settings: quickMask('troi', 100) })
    const [mask] = await other.store.masks()
    await other.complete({ kind: 'decode', mask: mask!.id, settings: quickDecoder })
    const bytesOf = async ({ store }: Workstation, table: 'mask' | 'decoder' | 'backbone') => {
      const [item] = await { mask: store.masks, decoder: store.decoders, backbone: store.backbones }[table]()
      return createHash('sha256')
        .update(readFileSync(join(store.folder, await store.fileOf(table, item!.id))))
        .digest('hex')
    }
    for (const table of ['backbone', 'mask', 'decoder'] as const)
      expect(await bytesOf(other, table), table).toBe(await bytesOf(station, table))
    const [first, second] = [await station.store.decoders(), await other.store.decoders()]
    expect((await other.store.evaluation(second[0]!.id))?.content).toEqual(
      (await station.store.evaluation(first[0]!.id))?.content,
    )
    await other.close()
  })
})

describe('the demo', () => {
  it('fills its table row by row, keeps finished rows when it is killed, and leaves items to look at', async () => {
    const demo = await Workstation.create(folder.path, 'demo')
    const { id } = await demo.start({ kind: 'demo', size: 'tiny', seeds: [0] })
    const rowsNow = async () => (await tableOf(demo.store, await demo.store.run(id)))!.rows
    let early: Awaited<ReturnType<typeof rowsNow>> = []
    for await (const _ of demo.queue.watch(id, 0)) {
      early = await rowsNow()
      if (early.length >= 3) break
    }
    process.kill(await demo.processOf(id), 'SIGKILL')
    expect((await demo.queue.finished(id)).status).toBe('interrupted')
    const kept = await rowsNow()
    expect(kept.slice(0, 3)).toEqual(early.slice(0, 3))

    await demo.queue.resume(id)
    await demo.finished(id)
    const table = (await tableOf(demo.store, await demo.store.run(id)))!
    // Times are measured, so equal seconds mean that a row was not computed again.
    expect(table.rows.slice(0, kept.length)).toEqual(kept)
    const names = table.rows.map(({ seed, condition }) => `${seed} ${condition}`)
    expect(new Set(names).size).toBe(names.length)
    for (const seed of [0])
      for (const condition of [
        'troi',
        'annotated',
        'whole',
        'random',
        'ridge',
        'ridge+filter',
        'encoding',
        'true',
        'instant',
        'memory',
        'paper',
      ])
        expect(names).toContain(`${seed} ${condition}`)
    expect(await demo.store.rows(id)).toEqual(table.rows)
    expect(table).toMatchObject({ experiment: 'demo', size: 'tiny', seeds: [0], budget: expect.any(Number) })

    expect((await demo.store.subjects()).map(({ role }) => role)).toEqual([
      'new',
      'pretraining',
      'pretraining',
      'pretraining',
    ])
    // Items were there to look at before the kill; the second process does not make them twice.
    expect(await demo.store.masks()).toHaveLength(1)
    expect(await demo.store.decoders()).toHaveLength(1)
    const [mask] = await demo.store.masks()
    const row = table.rows.find(({ seed, condition }) => seed === 0 && condition === 'troi')!
    expect(mask).toMatchObject({ preset: 'troi', voxels: row.voxels })
    expect(mask!.overlap.find((one) => one.with === 'truth')!.dice).toBeCloseTo(row.dice!, 12)
    const [decoder] = await demo.store.decoders()
    const evaluation = await demo.store.evaluation(decoder!.id)
    expect(evaluation!.content.metrics.brainToImage!.value).toBe(row.brainToImage)
    expect(await demo.store.backbones()).toHaveLength(1)
    await demo.close()
  })
})

describe('the shipped example', () => {
  it('is imported, a mask is found on it, and the procedure judged on runs held out', async () => {
    const lab = await Workstation.create(folder.path, 'haxby')
    const recipe = await findRecipe(join(productRoot(), 'resources', 'examples', 'haxby2001'))
    if (!recipe.ok) throw new Error(recipe.problem.message)
    const imported = await lab.complete({ kind: 'import', recipe: recipe.value.recipe, folder: recipe.value.folder })
    const [subject] = await lab.store.subjects()
    expect(subject).toMatchObject({ origin: 'imported', targets: 'labels', items: 8, voxels: 530 })
    expect(lab.store.runFolder(imported.id).readJson('results/provenance.json')).toMatchObject({
      inputs: expect.arrayContaining([expect.objectContaining({ path: 'bold.nii.gz', sha256: expect.any(String) })]),
    })
    await lab.complete({ kind: 'mask', subject: subject!.id, backbone: null, settings: quickMask('instant', 100) })
    const [mask] = await lab.store.masks()
    expect(mask?.voxels).toBe(100)
    const settings = { ...quickDecoder, epochs: 3, seed: 5 }
    await lab.complete({ kind: 'decode', mask: mask!.id, settings })
    const [decoder] = await lab.store.decoders()
    const evaluation = (await lab.store.evaluation(decoder!.id))!
    expect(evaluation.content.metrics.accuracy).toMatchObject({ chance: 1 / 8, n: 96 })
    expect(evaluation.content.confusion!.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(96)
    expect(evaluation.content.permutation!.p).toBeGreaterThan(0)

    // Judging again judges the same procedure: the settings that mask and decoder were really made with.
    await lab.complete({ kind: 'evaluate', decoder: decoder!.id })
    expect((await lab.store.evaluation(decoder!.id))!.content).toEqual(evaluation.content)
    await lab.close()
  })
})
