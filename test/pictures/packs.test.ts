/** Imported pictures in a pack's embedding: with a backbone that keeps it, and made anew for every fold without one. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddingChoice } from '../../src/core/contract/pack.ts'
import type { Recipe } from '../../src/core/contract/recipe.ts'
import type { Subject } from '../../src/core/contract/result.ts'
import { unpackPictures } from '../../src/engine/runs/picture-file.ts'
import { ownFolder } from '../reliability/support/folder.ts'
import { quickDecoder, quickMask, quickPretrain, Workstation } from '../reliability/support/workstation.ts'
import { tinyPack } from '../support/make-pack.ts'
import { writePictureStudy } from '../support/picture-study.ts'

const base = ownFolder()
const place = (name: string) => join(base.path, name)
const choice = { pack: 'tiny', output: 'vector' }
const embedding: EmbeddingChoice = choice
let lab: Workstation
beforeAll(async () => {
  lab = await Workstation.create(base.path)
  tinyPack(place('incoming'))
  await lab.engine.packs.install(place('incoming'))
})
afterAll(async () => {
  await lab.close()
  base.remove()
})

async function importStudy(name: string, recipe: Recipe): Promise<Subject> {
  await lab.complete({ kind: 'import', recipe, folder: place(name) })
  return (await lab.store.subjects()).filter((subject) => subject.name === `sub-${recipe.subject}`).at(-1)!
}

async function evaluated(subject: Subject) {
  const mask = (await lab.store.masks()).find((one) => one.subject === subject.id)!
  expect(mask.embedding).toMatchObject(choice)
  await lab.complete({ kind: 'decode', mask: mask.id, settings: quickDecoder })
  const decoder = (await lab.store.decoders()).find((one) => one.mask === mask.id)!
  return (await lab.store.evaluation(decoder.id))!
}

describe('imported pictures in a pack’s embedding', () => {
  it('are embedded as the backbone keeps it, which saw none of their test pictures', async () => {
    const target = await importStudy('target', await writePictureStudy(place('target'), { seed: 0 }))
    const others: Subject[] = []
    for (const seed of [1, 2])
      others.push(await importStudy(`s${seed}`, await writePictureStudy(place(`s${seed}`), { seed })))
    await lab.complete({
      kind: 'pretrain',
      subjects: others.map(({ id }) => id),
      settings: { ...quickPretrain, embedding },
    })
    const backbone = (await lab.store.backbones())[0]!
    const kept = lab.store.readData(`runs/${backbone.run}/results/pack-embedding.data`)
    const set = unpackPictures(lab.store.readData((await lab.store.picturesOf(target.id))!))
    expect(new Set(JSON.parse(String(kept.values.fittedOn)))).toEqual(new Set(set.hashes!.slice(6)))
    await lab.complete({
      kind: 'mask',
      subject: target.id,
      backbone: backbone.id,
      settings: quickMask('instant', 48),
    })
    const { content, gallery } = await evaluated(target)
    expect(content.metrics.brainToImage).toMatchObject({ n: 6, direction: 'higher' })
    expect(content.packMetrics!.find(({ pack }) => pack === 'tiny')!.metric.n).toBe(6)
    expect(content.notes!.join(' ')).toContain('built-in pixel part alone')
    expect(gallery!.items).toHaveLength(6)
  })

  it('without a backbone, are embedded anew for every fold', async () => {
    const recipe = await writePictureStudy(
      place('folds'),
      { seed: 4, pictures: 8, sessions: 3 },
      { split: { rule: 'leave-one-session-out', repeats: 'average-in-test' } },
    )
    const subject = await importStudy('folds', recipe)
    const settings = { ...quickMask('instant', 48), embedding }
    await lab.complete({ kind: 'mask', subject: subject.id, backbone: null, settings })
    const { content, gallery } = await evaluated(subject)
    expect(content.metrics.brainToImage).toMatchObject({ n: 24 })
    expect(content.packMetrics!.find(({ pack }) => pack === 'tiny')!.metric.n).toBe(24)
    expect(gallery!.items).toHaveLength(24)
  })
})
