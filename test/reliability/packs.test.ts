/** Packs through real job processes: an embedding by a pack from pretraining to pictures drawn by a decoder pack. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddingChoice } from '../../src/core/contract/pack.ts'
import type { Run, RunRequest } from '../../src/core/contract/run.ts'
import { readDataFile, writeDataFile } from '../../src/engine/project/data-file.ts'
import { makeOnnx } from '../support/make-onnx.ts'
import { encoderGraph, featureVector, tinyDecoderPack, tinyPack } from '../support/make-pack.ts'
import { ownFolder } from './support/folder.ts'
import { quickDecoder, quickMask, quickPretrain, Workstation } from './support/workstation.ts'

const folder = ownFolder()
const embedding: EmbeddingChoice = { pack: 'tiny', output: 'vector' }
let station: Workstation
let subject: string
let others: string[]
beforeAll(async () => {
  station = await Workstation.create(folder.path)
  tinyPack(join(folder.path, 'incoming'))
  await station.engine.packs.install(join(folder.path, 'incoming'))
  subject = await station.simulated()
  others = (await station.store.subjects()).filter(({ role }) => role === 'pretraining').map(({ id }) => id)
})
afterAll(async () => {
  await station.close()
  folder.remove()
})

/** A run that is refused at once, or fails: its problem. */
async function problemOf(request: RunRequest) {
  try {
    const { problem } = await station.queue.finished((await station.start(request)).id)
    return problem
  } catch (error) {
    return (error as { problem?: Run['problem'] }).problem ?? null
  }
}

async function evaluationOf(decoder: string) {
  const found = await station.store.evaluation(decoder)
  if (found === null) throw new Error('there is no evaluation')
  return found
}

const embeddings = () => readdirSync(join(station.store.folder, 'embeddings'))

describe('an embedding by a pack', () => {
  it('goes from pretraining to an evaluated decoder, computed once', async () => {
    await station.complete({ kind: 'pretrain', subjects: others, settings: { ...quickPretrain, embedding } })
    const [backbone] = await station.store.backbones()
    expect(backbone!.embedding).toMatchObject({ ...embedding, manifest: expect.stringMatching(/^[a-f0-9]{64}$/) })
    const [file] = embeddings()
    const before = readFileSync(join(station.store.folder, 'embeddings', file!))

    await station.complete({ kind: 'mask', subject, backbone: backbone!.id, settings: quickMask('instant', 100) })
    const [mask] = await station.store.masks()
    expect(mask!.embedding, 'taken over from the backbone').toEqual(backbone!.embedding)
    await station.complete({ kind: 'decode', mask: mask!.id, settings: quickDecoder })
    const [decoder] = await station.store.decoders()
    expect(decoder!.embedding).toEqual(backbone!.embedding)
    expect(embeddings()).toEqual([file])
    expect(readFileSync(join(station.store.folder, 'embeddings', file!))).toEqual(before)

    const { content, gallery } = await evaluationOf(decoder!.id)
    expect(content.metrics.brainToImage).toMatchObject({ n: 40, chance: 1 / 40 })
    expect(content.notes!.join(' ')).toContain('Pictures are reconstructed from the built-in pixel part alone')
    expect(gallery!.items).toHaveLength(40)
    const own = content.packMetrics!.find(({ pack }) => pack === 'tiny')!
    expect(own).toMatchObject({
      label: 'Test tiny vector',
      standsInFor: 'Inception',
      publishedAs: null,
      metric: { direction: 'higher', chance: 0.5, n: 40 },
    })
    const shipped = content.packMetrics!.filter(({ pack }) => pack === 'efficientnet-lite0')
    expect(shipped.map(({ label }) => label)).toEqual([
      ...['EfficientNet-Lite0 embedding', 'EfficientNet-Lite0 early', 'EfficientNet-Lite0 mid'],
      'EfficientNet-Lite0 logits',
    ])
    for (const { metric, label } of [own, ...shipped]) {
      expect(metric.interval[0], label).toBeLessThanOrEqual(metric.value)
      expect(metric.interval[1], label).toBeGreaterThanOrEqual(metric.value)
    }
    expect(content.missingMetrics!.map(({ name }) => name)).toContain('Inception')
    expect(JSON.stringify(content)).not.toContain('"label":"EfficientNet-B1')
  })

  it('was fitted on no picture that anyone is tested on', async () => {
    const [backbone] = await station.store.backbones()
    const read = (relative: string) => {
      const content = readDataFile(join(station.store.folder, relative))
      if (!content.ok) throw new Error(content.problem.message)
      return content.value
    }
    const space = read(`runs/${backbone!.run}/results/pack-embedding.data`)
    const fitted = (JSON.parse(String(space.values.fittedOn)) as string[]).map((key) => Number(key.split(' ')[1]))
    expect(fitted.length).toBeGreaterThan(200)
    for (const id of [subject, ...others]) {
      const tested = new Set(read(await station.store.fileOf('subject', id)).arrays['test/target'])
      expect(fitted.filter((item) => tested.has(item))).toEqual([])
    }
    const [file] = embeddings()
    expect(read(`embeddings/${file}`).arrays.outputs).toHaveLength(592 * 12)
  })

  it('refuses to test on a picture that the backbone’s embedding was fitted on', async () => {
    const [backbone] = await station.store.backbones()
    const path = join(station.store.folder, 'runs', backbone!.run, 'results', 'pack-embedding.data')
    const before = readFileSync(path)
    const content = readDataFile(path)
    if (!content.ok) throw new Error(content.problem.message)
    const { values, arrays } = content.value
    const keys = JSON.parse(String(values.fittedOn)) as string[]
    const [sum] = keys[0]!.split(' ')
    const more = { ...values, fittedOn: JSON.stringify([...keys, `${sum} 0`, `${sum} 1`]) }
    writeDataFile(path, { values: more, arrays })
    const request = { kind: 'mask' as const, subject, backbone: backbone!.id, settings: quickMask('instant', 100) }
    expect(await problemOf(request)).toMatchObject({ code: 'BAD_PARAMETER', where: 'backbone', count: 2 })
    writeFileSync(path, before)
  })

  it('is refused beside a backbone or mask that was made with another', async () => {
    const [backbone] = await station.store.backbones()
    const settings = { ...quickMask('instant', 100), embedding: 'built-in' as const }
    expect(await problemOf({ kind: 'mask', subject, backbone: backbone!.id, settings })).toMatchObject({
      code: 'BAD_PARAMETER',
      where: 'embedding',
      expected: 'tiny/vector',
    })
    const [mask] = await station.store.masks()
    const other = { pack: 'efficientnet-lite0', output: 'mid' }
    expect(
      await problemOf({ kind: 'decode', mask: mask!.id, settings: { ...quickDecoder, embedding: other } }),
    ).toMatchObject({ code: 'BAD_PARAMETER', where: 'embedding' })
  })

  it('works without a backbone, fitted on the subject’s own training pictures', async () => {
    const settings = { ...quickMask('instant', 50), embedding }
    await station.complete({ kind: 'mask', subject, backbone: null, settings })
    const mask = (await station.store.masks()).at(-1)!
    expect(mask.embedding).toMatchObject(embedding)
    const run = await station.complete({ kind: 'decode', mask: mask.id, settings: quickDecoder })
    expect(station.log(run.id)).toContain(
      '12 numbers per picture, standardised and reduced to 12, fitted on 72 training pictures',
    )
    expect(embeddings()).toHaveLength(1)
  })

  it('draws the pictures where a decoder pack knows the embedding', async () => {
    const [decoder] = await station.store.decoders()
    const before = await evaluationOf(decoder!.id)
    tinyDecoderPack(join(folder.path, 'incoming-decoder'), { pack: 'tiny', output: 'vector' })
    await station.engine.packs.install(join(folder.path, 'incoming-decoder'))
    await station.complete({ kind: 'evaluate', decoder: decoder!.id })
    const drawn = await evaluationOf(decoder!.id)
    expect(drawn.content.notes![0]).toContain('drawn by the pack tiny-decoder')
    expect(drawn.gallery!.reconstruction.id).not.toBe(before.gallery!.reconstruction.id)
    expect(drawn.gallery!.truth.id).toBe(before.gallery!.truth.id)
    expect(drawn.content.metrics.brainToImage).toEqual(before.content.metrics.brainToImage)
    await station.complete({ kind: 'evaluate', decoder: decoder!.id })
    expect(await evaluationOf(decoder!.id)).toEqual(drawn)
    station.engine.packs.remove('tiny-decoder')
  })

  it('is refused once its pack is gone or another one, and names the pack', async () => {
    const [decoder] = await station.store.decoders()
    station.engine.packs.remove('tiny')
    expect(await problemOf({ kind: 'evaluate', decoder: decoder!.id })).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('tiny'),
    })
    rmSync(join(folder.path, 'incoming'), { recursive: true })
    tinyPack(
      join(folder.path, 'incoming'),
      'tiny',
      (manifest) => ({ ...manifest, version: '2' }),
      makeOnnx(encoderGraph(16, { vector: featureVector('vector', 12, 16, 2) })),
    )
    await station.engine.packs.install(join(folder.path, 'incoming'))
    expect(await problemOf({ kind: 'evaluate', decoder: decoder!.id })).toMatchObject({
      code: 'CHECKSUM',
      where: 'tiny',
    })
    const [backbone] = await station.store.backbones()
    expect(
      await problemOf({ kind: 'mask', subject, backbone: backbone!.id, settings: quickMask('instant', 100) }),
    ).toMatchObject({ code: 'CHECKSUM', where: 'embedding' })
  })
})

describe('a metric pack that breaks', () => {
  it('costs its own numbers and not the evaluation', async () => {
    await station.complete({ kind: 'mask', subject, backbone: null, settings: quickMask('instant', 50) })
    const mask = (await station.store.masks()).at(-1)!
    expect(mask.embedding).toBeUndefined()
    const net = join(folder.path, 'packs', 'tiny', 'net.onnx')
    const bytes = readFileSync(net)
    bytes[30]! ^= 1
    writeFileSync(net, bytes)
    await station.complete({ kind: 'decode', mask: mask.id, settings: quickDecoder })
    const decoder = (await station.store.decoders()).find((one) => one.mask === mask.id)!
    const { content } = await evaluationOf(decoder.id)
    expect(content.notes).toEqual([expect.stringContaining('The pack tiny gave no numbers: net.onnx is not the file')])
    expect(content.packMetrics!.map(({ pack }) => pack)).not.toContain('tiny')
    expect(content.metrics.pixCorr!.n).toBe(40)
    expect(existsSync(net)).toBe(true)
  })
})
