/** Compiles the SIMD kernels (AssemblyScript) to WebAssembly; does nothing when the result is newer than every source. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { command, root, runNode } from './lib/project.mjs'

const sources = join(root, 'src/engine/tensor/kernels/assembly')
const target = join(root, 'src/engine/tensor/kernels/build/kernels.wasm')

export function buildKernels() {
  const newest = Math.max(...readdirSync(sources).map((name) => statSync(join(sources, name)).mtimeMs))
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
    '--maximumMemory',
    '65536',
  ])
}

if (import.meta.url === `file://${process.argv[1]}`) process.exit(buildKernels())
