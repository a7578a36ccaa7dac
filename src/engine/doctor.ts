/** What this machine offers and which engine trains on it, each with its reason. */
import { existsSync, statfsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { Doctor } from '../core/contract/contract.ts'
import { type Engine, version } from './engine.ts'

const named = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  'nifti-reader-js',
  'onnxruntime-node',
  'h5wasm',
  'sqlite3',
  '@orpc/server',
  'ws',
  'zod',
] as const

/** Versions of the libraries that results depend on, by name. */
export function libraryVersions(): Record<string, string> {
  const require = createRequire(import.meta.url)
  const out: Record<string, string> = {}
  for (const name of named) {
    try {
      let folder = require.resolve(name)
      folder = folder.slice(0, folder.lastIndexOf(`node_modules/${name}`) + `node_modules/${name}`.length)
      out[name] = (require(`${folder}/package.json`) as { version: string }).version
    } catch {
      out[name] = 'unknown'
    }
  }
  return out
}

export async function diagnose(engine: Engine): Promise<Doctor> {
  const { reports, chosen } = await engine.backend.probe()
  const workspace = engine.places.resolve({ root: 'workspace', path: '' })
  const disk = statfsSync(nearestExisting(workspace.ok ? workspace.value : process.cwd()))
  return {
    version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: { total: totalmem(), free: freemem() },
    diskBytes: { free: disk.bavail * disk.bsize },
    backends: reports,
    asked: engine.backend.choice,
    device: chosen?.device ?? null,
    // Nothing was tested where nothing can be used.
    selfTest: chosen?.selfTest ?? { passed: false, worstRelativeError: 0 },
    libraries: libraryVersions(),
    packs: await engine.packs.list(),
  }
}

/** The workspace is made when it is first needed; the disk it will be on is known before. */
function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}
