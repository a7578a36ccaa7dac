/** Which graphics adapter there is, and whether it may train. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { NotThere } from '../not-there.ts'
import type { Gpu, GpuAdapter, GpuAdapterInfo } from './gpu-api.ts'

interface Dawn {
  create(flags: readonly string[]): Gpu
  readonly globals: Readonly<Record<string, unknown>>
}

/** Set only by tests: a software adapter computes correctly but slower than WebAssembly. */
export const softwareAllowed = () => process.env.TROI_TEST_SOFTWARE_ADAPTER === '1'

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i

/** Null for hardware, else what shows that the adapter is a program on the CPU. */
export function softwareSign(adapter: Pick<GpuAdapter, 'info' | 'isFallbackAdapter'>): string | null {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info
  const name = [architecture, device, description, vendor].find((text) => softwareNames.test(text))
  if (name !== undefined) return name
  return isFallbackAdapter === true || adapter.isFallbackAdapter === true ? 'fallback adapter' : null
}

/** "NVIDIA GeForce RTX 4090, ada-lovelace": what the adapter says of itself, without repeating. */
export function adapterName({ vendor, architecture, device, description }: GpuAdapterInfo): string {
  const name = description || device || vendor || 'unnamed adapter'
  return architecture === '' || name.toLowerCase().includes(architecture.toLowerCase())
    ? name
    : `${name}, ${architecture}`
}

let gpu: Gpu | null = null

/** Dawn of the extra in `folder`. Loaded once in a process: it installs the names of the WebGPU interface. */
async function loadDawn(folder: string): Promise<Gpu> {
  if (gpu !== null) return gpu
  const entry = createRequire(join(folder, 'package.json')).resolve('webgpu')
  let dawn: Dawn
  try {
    dawn = (await import(pathToFileURL(entry).href)) as Dawn
  } catch (error) {
    throw new NotThere(
      `The WebGPU engine is installed but its library does not load here (${error instanceof Error ? error.message.split('\n')[0] : error}).`,
      'Run npm run engine:webgpu again; see docs/engines.md for the systems it exists for.',
    )
  }
  Object.assign(globalThis, dawn.globals)
  gpu = dawn.create([])
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true })
  return gpu
}

/** The fastest adapter. Throws NotThere where there is none or only a software one. */
export async function findAdapter(folder: string): Promise<GpuAdapter> {
  const adapter = await (await loadDawn(folder)).requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null)
    throw new NotThere(
      'The WebGPU engine is installed, but no graphics adapter was found.',
      'Install the graphics driver of the GPU; under Linux it must bring Vulkan. Then ask again.',
    )
  const sign = softwareSign(adapter)
  if (sign !== null && !softwareAllowed())
    throw new NotThere(
      `The only graphics adapter is software on the CPU (${sign}); it is refused for training, WebAssembly is faster.`,
      'Install the driver of a graphics card.',
    )
  return adapter
}
