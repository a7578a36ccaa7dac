/** Packs on the command line: list, install, remove, and what is said when one is refused. */
import { existsSync, readdirSync } from 'node:fs'

import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packSummarySchema } from '../../src/core/contract/pack.ts'
import { makeOnnx } from '../support/make-onnx.ts'
import { encoderGraph, featureVector, type Manifest, tinyPack } from '../support/make-pack.ts'
import { enterHome, troi } from './support/in-process.ts'

const home = enterHome('cli-packs-')
const { base } = home
afterAll(home.leave)
const names = async () =>
  packSummarySchema
    .array()
    .parse(JSON.parse((await troi('packs', 'list', '--json')).out))
    .map(({ name }) => name)

describe('troi packs', () => {
  it('lists what is shipped, with words on every output', async () => {
    const { code, out } = await troi('packs', 'list')
    expect(code).toBe(0)
    expect(out).toContain('efficientnet-lite0: EfficientNet-Lite0 1 (shipped; encoder, metrics)')
    expect(out).toContain('stands in for EfficientNet-B1')
    expect(await names()).toEqual(['efficientnet-lite0'])
  })

  it('installs a pack, whose graphs are really tried, and removes it', async () => {
    tinyPack(join(base, 'incoming'))
    const { code, out, err } = await troi('packs', 'install', join(base, 'incoming'), '--json')
    expect(code, err).toBe(0)
    expect(packSummarySchema.parse(JSON.parse(out))).toMatchObject({ name: 'tiny', origin: 'installed', problem: null })
    expect(existsSync(join(base, 'workspace', 'packs', 'tiny', 'net.onnx'))).toBe(true)
    expect(await names()).toEqual(['efficientnet-lite0', 'tiny'])
    expect((await troi('packs', 'remove', 'tiny')).code).toBe(0)
    expect(existsSync(join(base, 'workspace', 'packs', 'tiny'))).toBe(false)
    expect(await names()).toEqual(['efficientnet-lite0'])
  })

  it('refuses a graph that gives something else than its manifest says, and leaves nothing', async () => {
    // The output's shape is left open in the graph, so only trying it tells.
    const graph = encoderGraph(16, { vector: featureVector('vector', 12, 16) })
    const open = makeOnnx({ ...graph, outputs: [{ name: 'vector', shape: ['n', 'k'] }] })
    const change = (manifest: Manifest) => {
      manifest.networks![0]!.outputs[0]!.shape = [13]
      return manifest
    }
    tinyPack(join(base, 'wrong'), 'wrong', change, open)
    expect(await troi('packs', 'install', join(base, 'wrong'))).toMatchObject({
      code: 3,
      err: expect.stringMatching(/net\.onnx gives "vector" as float32 1 × 12\..*1 × 13.*\[BAD_FILE\]/),
    })
    expect(readdirSync(join(base, 'workspace', 'packs'))).toEqual([])
  })

  it.each([
    [['packs'], 2, 'ACTION is needed'],
    [['packs', 'update'], 2, 'there are list, install, remove'],
    [['packs', 'install'], 2, 'The folder of the pack is needed'],
    [['packs', 'list', 'x'], 2, 'one word too many'],
    [['packs', 'remove', 'nothing'], 3, 'There is no pack called "nothing"'],
    [['packs', 'remove', 'efficientnet-lite0'], 3, 'cannot be removed'],
    [
      ['mask', '--project', 'p', '--subject', 's', '--budget', '1', '--embedding', 'clip'],
      2,
      'neither built-in nor PACK/OUTPUT',
    ],
  ])('answers %j with exit code %i', async (args, code, words) => {
    const found = await troi(...args)
    expect(found.code).toBe(code)
    expect(found.err).toContain(words)
  })
})
