/** Compiles the SIMD kernels (AssemblyScript) to WebAssembly; does nothing when the result is newer than every source. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { command, root, runNode } from './lib/project.mjs'

const sources = join(root, 'src/engine/tensor/kernels/assembly')
const target = join(root, 'src/engine/tensor/kernels/build/kernels.wasm')

export function buildKernels() {
  // This file counts as a source: it holds the compiler's options.
  const inputs = [import.meta.filename, ...readdirSync(sources).map((name) => join(sources, name))]
  const newest = Math.max(...inputs.map((path) => statSync(path).mtimeMs))
  if (existsSync(target) && statSync(target).mtimeMs >= newest) return 0
  mkdirSync(join(target, '..'), { recursive: true })
  return runNode([
    command('assemblyscript', 'asc'),
    join(sources, 'index.ts'),
    '--outFile',
    target,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--importMemory',
    '--maximumMemory',
    '65536',
  ])
}

if (import.meta.url === `file://${process.argv[1]}`) process.exit(buildKernels())
