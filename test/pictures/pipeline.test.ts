/** Imported subjects with pictures, through every kind of run, on the real engine with real job processes. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Recipe } from '../../src/core/contract/recipe.ts'
import type { Subject } from '../../src/core/contract/result.ts'
import type { Run } from '../../src/core/contract/run.ts'
import { unwrap } from '../../src/core/problem.ts'
import { readDataFile } from '../../src/engine/project/data-file.ts'
import { unpackPictureSpace, unpackPictures } from '../../src/engine/runs/picture-file.ts'
import { ownFolder } from '../reliability/support/folder.ts'
import { quickDecoder, quickMask, quickPretrain, Workstation } from '../reliability/support/workstation.ts'
import { pictureName, writePictureStudy } from '../support/picture-study.ts'

const base = ownFolder()
const place = (name: string) => join(base.path, name)
let lab: Workstation
beforeAll(async () => {
  lab = await Workstation.create(base.path)
})
afterAll(async () => {
  await lab.close()
  base.remove()
})

async function importStudy(name: string, recipe: Recipe, at = lab): Promise<Subject> {
  await at.complete({ kind: 'import', recipe, folder: place(name) })
  return (await at.store.subjects()).filter((subject) => subject.name === `sub-${recipe.subject}`).at(-1)!
}

/** What a run that cannot be done ends with. */
async function failed(request: Parameters<Workstation['start']>[0]): Promise<Run> {
  const run = await lab.queue.finished((await lab.start(request)).id)
  expect(run.status).toBe('failed')
  return run
}

const resultOf = (at: Workstation, run: string, name: string) => at.store.runFolder(run).result(name)
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('subjects with shared pictures', () => {
  let target: Subject
  let backbone: string

  it('are imported with what can be told apart at test', async () => {
    target = await importStudy('target', await writePictureStudy(place('target'), { seed: 0 }))
    expect(target).toMatchObject({
      targets: 'pictures',
      items: 6,
      labels: [],
      trainTrials: 36,
      testTrials: 6,
      voxels: 144,
    })
    const set = unpackPictures(lab.store.readData((await lab.store.picturesOf(target.id))!))
    expect(set.targets.names).toEqual(Array.from({ length: 24 }, (_, i) => pictureName(i)))
    expect(set.hashes).toHaveLength(24)
  })

  it('give a backbone one embedding for all, fitted on the pictures that they train on', async () => {
    const others: Subject[] = []
    for (const seed of [1, 2])
      others.push(await importStudy(`s${seed}`, await writePictureStudy(place(`s${seed}`), { seed })))
    await lab.complete({ kind: 'pretrain', subjects: others.map(({ id }) => id), settings: quickPretrain })
    backbone = (await lab.store.backbones())[0]!.id
    const space = unpackPictureSpace(lab.store.readData((await lab.store.picturesOfBackbone(backbone))!))
    const set = unpackPictures(lab.store.readData((await lab.store.picturesOf(target.id))!))
    expect(new Set(space.fittedOn)).toEqual(new Set(set.hashes!.slice(6)))
    expect(space.embedding.dimensions).toBeGreaterThan(4)
  })

  it('are decoded with that backbone, and the tuned voxels are found', async () => {
    await lab.complete({ kind: 'mask', subject: target.id, backbone, settings: quickMask('instant', 48) })
    const mask = (await lab.store.masks())[0]!
    expect(mask.overlap.find((one) => one.with === 'annotated')!.dice).toBeGreaterThan(0.9)
    await lab.complete({ kind: 'decode', mask: mask.id, settings: quickDecoder })
    const decoder = (await lab.store.decoders())[0]!
    const { content, gallery } = (await lab.store.evaluation(decoder.id))!
    expect(content.metrics.brainToImage).toMatchObject({ n: 6, direction: 'higher' })
    expect(content.metrics.brainToImage!.chance).toBeCloseTo(1 / 6, 10)
    expect(content.permutation!.observed).toBe(content.metrics.brainToImage!.value)
    expect(gallery).toMatchObject({ width: 64, height: 64 })
    expect(gallery!.items.map(({ name }) => name).sort()).toEqual(Array.from({ length: 6 }, (_, i) => pictureName(i)))
    await lab.complete({ kind: 'evaluate', decoder: decoder.id })
    expect((await lab.store.evaluation(decoder.id))!.content).toEqual(content)
  })

  it('are refused a backbone that was pretrained on their test pictures', async () => {
    const recipe = await writePictureStudy(
      place('other test'),
      { seed: 3 },
      { split: { rule: 'pictures', test: ['bild 10 é', 'bild 11 é'] } },
    )
    const subject = await importStudy('other test', recipe)
    const { problem } = await failed({
      kind: 'mask',
      subject: subject.id,
      backbone,
      settings: quickMask('instant', 20),
    })
    expect(problem).toMatchObject({
      code: 'BAD_PARAMETER',
      count: 2,
      message: expect.stringContaining(pictureName(10)),
    })
  })

  it('do not share a backbone with simulated pictures, in either direction', async () => {
    await lab.prepared()
    const own = (await lab.store.subjects()).find(({ origin, role }) => origin === 'simulated' && role === 'new')!.id
    const simulated = (await lab.store.backbones()).at(-1)!.id
    const wrong = [
      { subject: target.id, backbone: simulated },
      { subject: own, backbone },
    ]
    for (const ids of wrong) {
      const { problem } = await failed({ kind: 'mask', ...ids, settings: quickMask('instant', 20) })
      expect(problem).toMatchObject({ code: 'BAD_PARAMETER', where: 'backbone' })
    }
    const both: Parameters<typeof failed>[0] = { kind: 'pretrain', subjects: [target.id, own], settings: quickPretrain }
    expect((await failed(both)).problem).toMatchObject({ code: 'BAD_PARAMETER', where: 'subjects' })
  })
})

describe('pictures that return in every run', () => {
  it('are judged by making mask and decoder anew for every held-out run', async () => {
    const recipe = await writePictureStudy(
      place('known'),
      { seed: 4, pictures: 6, sessions: 3 },
      { split: { rule: 'leave-one-session-out', repeats: 'average-in-test' } },
    )
    const subject = await importStudy('known', recipe)
    expect(subject).toMatchObject({ trainTrials: 18, testTrials: 0, items: 6 })
    await lab.complete({ kind: 'mask', subject: subject.id, backbone: null, settings: quickMask('instant', 48) })
    const mask = (await lab.store.masks()).find((one) => one.subject === subject.id)!
    await lab.complete({ kind: 'decode', mask: mask.id, settings: quickDecoder })
    const decoder = (await lab.store.decoders()).find((one) => one.mask === mask.id)!
    const { content, gallery } = (await lab.store.evaluation(decoder.id))!
    expect(content.metrics.brainToImage).toMatchObject({ n: 18 })
    expect(content.metrics.brainToImage!.chance).toBeCloseTo(1 / 6, 10)
    expect(content.permutation!.permutations).toBe(1000)
    expect(gallery!.items).toHaveLength(18)
  })
})

describe('an import with pictures', () => {
  it('is the same bit for bit in another project, from the recipe that its run keeps', async () => {
    const [first] = await lab.store.runs()
    if (first?.request.kind !== 'import') throw new Error('the first run was an import')
    const second = await Workstation.create(base.path, 'second project')
    try {
      const again = await second.complete({ ...first.request })
      for (const name of ['subject.data', 'pictures.data', 'provenance.json'])
        expect([name, hashOf(resultOf(second, again.id, name))]).toEqual([name, hashOf(resultOf(lab, first.id, name))])
    } finally {
      await second.close()
    }
    const { inputs } = lab.store.runFolder(first.id).readJson('results/provenance.json') as {
      inputs: { path: string; sha256: string }[]
    }
    expect(inputs).toHaveLength(4 + 24)
    for (const { path, sha256 } of inputs) expect([path, sha256]).toEqual([path, hashOf(join(place('target'), path))])
  })

  it('leaves nothing behind when a picture is missing', async () => {
    const recipe = await writePictureStudy(place('broken'), { seed: 5 })
    rmSync(join(place('broken'), 'stimuli', pictureName(4)))
    const before = (await lab.store.subjects()).length
    const run = await failed({ kind: 'import', recipe, folder: place('broken') })
    expect(run.problem).toMatchObject({ code: 'NOT_FOUND', count: 1, message: expect.stringContaining('bild 04 é') })
    expect(await lab.store.subjects()).toHaveLength(before)
    const results = resultOf(lab, run.id, '.')
    expect(existsSync(results) ? readdirSync(results) : []).toEqual([])
  })

  it('writes a file of its pictures that can be read again, whatever they are called', async () => {
    const [first] = await lab.store.runs()
    const content = unwrap(readDataFile(resultOf(lab, first!.id, 'pictures.data')))
    const set = unpackPictures(content)
    expect(set.targets.vectors).toHaveLength(24 * set.targets.dimensions)
    expect(set.embedding.width).toBe(64)
  })
})
