/**
 * A run on a graphics device: it ends with a mask; when the device is lost in the middle the run fails with a problem that names
 * it, keeps its last checkpoint, and goes on from there on WebAssembly, which its log calls not bit-identical.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ProblemError } from '../../src/core/problem.ts'
import { extraBackends } from '../support/engine-backends.ts'
import { ownFolder } from './support/folder.ts'
import { quickMask, Workstation } from './support/workstation.ts'

const webgpu = extraBackends.find(({ name }) => name === 'webgpu')!
/** The self-test updates an input layer once before the run does. */
const selfTestUpdates = 1
const installed = webgpu.folder !== null
const folder = ownFolder()
const { TROI_ENGINES: noEngines, TROI_TEST_ENGINES: engines } = process.env

afterAll(() => folder.remove())
afterEach(() => {
  process.env.TROI_ENGINES = noEngines
  for (const name of ['TROI_BACKEND', 'TROI_TEST_LOSE_DEVICE_AFTER']) delete process.env[name]
})

it('an engine that is asked for and absent is refused by name before a run is made', async () => {
  process.env.TROI_BACKEND = 'webgpu'
  const station = await Workstation.create(folder.path, 'absent')
  try {
    const request = { kind: 'simulate', size: 'tiny', seed: 1 } as const
    const refusal = await station.engine.start(station.project, request).catch((error: unknown) => error)
    expect((refusal as ProblemError).problem).toMatchObject({ code: 'UNAVAILABLE', where: 'webgpu' })
    expect(await station.store.runs()).toEqual([])
  } finally {
    await station.close()
  }
})

describe.skipIf(!installed)(`a run on WebGPU${installed ? '' : ` (${webgpu.missing})`}`, () => {
  let station: Workstation
  let subject = ''
  // Few and large steps: a software adapter is slow.
  const quick = quickMask('memory', 20)
  const settings = { ...quick, algorithm1: { ...quick.algorithm1, batch: 1024, epochTrials: 1, maximumEpochs: 4 } }

  beforeAll(async () => {
    process.env.TROI_ENGINES = engines
    process.env.TROI_BACKEND = 'wasm'
    station = await Workstation.create(folder.path, 'project')
    subject = await station.simulated()
  })
  afterAll(() => station.close())

  it('that loses its device fails with the reason and goes on elsewhere', { timeout: 600_000 }, async () => {
    process.env.TROI_BACKEND = 'webgpu'
    process.env.TROI_TEST_LOSE_DEVICE_AFTER = String(selfTestUpdates + 2)
    const request = { kind: 'mask', subject, backbone: null, settings } as const
    const { id } = await station.start(request)
    const lost = await station.queue.finished(id)
    expect(lost.status).toBe('failed')
    expect(lost.problem).toMatchObject({ code: 'JOB_LOST' })
    expect(lost.problem?.message).toContain('graphics device was lost')
    expect(lost.device).toContain('WebGPU')

    process.env.TROI_BACKEND = 'wasm'
    await station.queue.resume(id)
    const done = await station.queue.finished(id)
    expect([done.status, done.problem]).toEqual(['done', null])
    expect(done.device).toContain('WASM')
    expect(station.store.runFolder(id).readLog()).toMatch(/not bit-identical.*webgpu on .*wasm/)
  })
})
