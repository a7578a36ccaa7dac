/**
 * Builds everything a packaged app needs into out/: compute kernels, engine entries (server, command line, job process,
 * tensor worker), Electron's main and preload, and the window. `--if-needed` does nothing when out/ is newer than every source.
 */
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command, ensureInstalled, root, runNode } from './lib/project.mjs'

const inputs = [
  'src',
  'package-lock.json',
  'vite.engine.config.ts',
  'vite.renderer.config.ts',
  'electron.vite.config.ts',
]

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

function step(name, args, env = {}) {
  console.error(`build: ${name}`)
  const code = runNode(args, { stdio: ['ignore', 2, 2], env })
  if (code !== 0) {
    console.error(`build: ${name} failed with exit code ${code}`)
    process.exit(code)
  }
}

ensureInstalled()
const stamp = join(root, 'out', '.built')
const newestInput = Math.max(...inputs.map((name) => newest(join(root, name))))
if (process.argv.includes('--if-needed') && existsSync(stamp) && Number(readFileSync(stamp, 'utf8')) >= newestInput)
  process.exit(0)

const began = Date.now()
step('compute kernels', ['scripts/build-kernels.mjs'])
step('engine', [command('vite'), 'build', '--config', 'vite.engine.config.ts', '--logLevel', 'warn'])
step(
  'window and shell',
  [command('electron-vite'), 'build', '--config', 'electron.vite.config.ts', '--logLevel', 'warn'],
  { NODE_OPTIONS: '' },
)
cpSync(join(root, 'src/engine/tensor/kernels/build/kernels.wasm'), join(root, 'out/engine/kernels.wasm'))
// A bundler that writes elsewhere ends well all the same.
for (const file of ['engine/server.mjs', 'main/index.cjs', 'preload/index.cjs', 'renderer/index.html']) {
  const path = join(root, 'out', file)
  if (existsSync(path) && statSync(path).mtimeMs >= began - 1000) continue
  console.error(`build: out/${file} was not written`)
  process.exit(1)
}
writeFileSync(stamp, String(newestInput))
