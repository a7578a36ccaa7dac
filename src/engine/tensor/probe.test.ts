/** What is said of extras that are there but of no use: each is a folder made here, tried in a process of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ProblemError } from '../../core/problem.ts'
import { engineFolders, findExtra } from './extras.ts'
import { needBackend, type Probe, probeBackends } from './probe.ts'

let folder = ''
const { TROI_TEST_SOFTWARE_ADAPTER: software } = process.env
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi engines '))
  delete process.env.TROI_TEST_SOFTWARE_ADAPTER
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  if (software !== undefined) process.env.TROI_TEST_SOFTWARE_ADAPTER = software
})

/** A WebGPU engine whose library is this text. */
function installWebgpu(library: string): void {
  const place = join(folder, 'webgpu', 'node_modules', 'webgpu')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"name": "webgpu", "type": "module", "main": "index.js"}')
  writeFileSync(join(place, 'index.js'), library)
  writeFileSync(join(folder, 'webgpu', 'package.json'), '{}')
}

function adapter(info: object): string {
  return `export const globals = {}
export const create = () => ({ requestAdapter: async () => (${JSON.stringify({ info })}) })`
}

const probe = (choice: 'auto' | 'webgpu' | 'tensorflow' = 'auto') =>
  probeBackends(choice, { threads: 1, engines: [folder] })
const reportOf = ({ reports }: Probe, name: string) => reports.find((report) => report.name === name)

it('finds an extra in the first folder that holds it', () => {
  installWebgpu('')
  expect(findExtra('webgpu', ['/nowhere', folder])).toBe(join(folder, 'webgpu'))
  expect(findExtra('tensorflow', [folder])).toBeNull()
  expect(engineFolders(['standard'])).toEqual([process.env.TROI_ENGINES])
})

it('a computer without a graphics adapter trains on WebAssembly and says so', async () => {
  installWebgpu('export const globals = {}; export const create = () => ({ requestAdapter: async () => null })')
  const found = await probe()
  expect(found.chosen).toMatchObject({ name: 'wasm', selfTest: { passed: true } })
  expect(reportOf(found, 'webgpu')).toMatchObject({
    available: false,
    reason: expect.stringContaining('no graphics adapter'),
  })
})

it.each([
  [
    'by its architecture',
    { vendor: 'google', architecture: 'swiftshader', device: '', description: '' },
    'swiftshader',
  ],
  ['by its name', { vendor: 'Mesa', architecture: '', device: 'llvmpipe (LLVM 15)', description: '' }, 'llvmpipe'],
  [
    'as a fallback',
    { vendor: 'x', architecture: '', device: 'y', description: '', isFallbackAdapter: true },
    'fallback adapter',
  ],
])('a software adapter, known %s, is refused for training', async (_how, info, sign) => {
  installWebgpu(adapter(info))
  const found = await probe()
  expect(found.chosen?.name).toBe('wasm')
  expect(reportOf(found, 'webgpu')?.reason).toMatch(new RegExp(`software on the CPU \\(${sign}.*refused for training`))
  expect(() => needBackend('webgpu', { ...found, chosen: null })).toThrow('webgpu was asked for and cannot be used')
})

it('a library that does not load is a reason', async () => {
  installWebgpu('throw new Error("libX11 is missing")')
  const found = await probe('webgpu')
  expect(found.chosen).toBeNull()
  expect(reportOf(found, 'webgpu')?.reason).toContain('libX11 is missing')
})

it('a driver that takes its process with it leaves the engine alone and is left out', async () => {
  installWebgpu('process.kill(process.pid, "SIGKILL")')
  const found = await probe()
  expect(found.chosen?.name).toBe('wasm')
  expect(reportOf(found, 'webgpu')).toMatchObject({
    available: false,
    reason: expect.stringContaining('ended unexpectedly'),
  })
  const asked = await probe('webgpu')
  expect(asked.chosen).toBeNull()
  expect(asked.reports.filter(({ chosen }) => chosen)).toEqual([])
  expect(() => needBackend('webgpu', asked)).toThrow(ProblemError)
})

it('a TensorFlow whose description is damaged is a reason', async () => {
  mkdirSync(join(folder, 'tensorflow'))
  writeFileSync(join(folder, 'tensorflow', 'engine.json'), '{"format": 9}')
  const found = await probe()
  expect(found.chosen?.name).toBe('wasm')
  expect(reportOf(found, 'tensorflow')).toMatchObject({
    available: false,
    reason: expect.stringContaining('engine.json'),
    howToEnable: expect.stringContaining('npm run engine:tensorflow'),
  })
})
