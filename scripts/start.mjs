/**
 * Opens the workstation: installs and builds what is missing, then Electron; where Electron's own program is not there
 * and cannot be fetched, says so in one line and opens the same workstation in the browser.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, node24, root, runNode, startNode } from './lib/project.mjs'

ensureInstalled()
if (runNode(['scripts/build.mjs', '--if-needed']) !== 0) process.exit(1)

function electronProgram() {
  if (process.env.TROI_ELECTRON) return process.env.TROI_ELECTRON
  const folder = join(root, 'node_modules', 'electron')
  const pointer = join(folder, 'path.txt')
  const there = () => (existsSync(pointer) ? join(folder, 'dist', readFileSync(pointer, 'utf8')) : null)
  if (there() === null || !existsSync(there())) {
    console.error('Fetching Electron (once) …')
    spawnSync(node24(), [join(folder, 'install.js')], { cwd: root, stdio: 'ignore', timeout: 300_000 })
  }
  const program = there()
  return program !== null && existsSync(program) ? program : null
}

const wantsBrowser = process.argv.includes('--browser')
const program = wantsBrowser ? null : electronProgram()
if (program !== null) {
  const window = spawn(program, [root, ...process.argv.slice(2)], { stdio: 'inherit' })
  window.on('exit', (code) => process.exit(code ?? 0))
} else {
  if (!wantsBrowser)
    console.error(
      'Electron’s program is not on this machine and cannot be fetched; opening the workstation in the browser instead.',
    )
  const server = startNode(
    ['out/engine/server.mjs', ...process.argv.slice(2).filter((word) => word !== '--browser'), '--open'],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  )
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))
  server.on('exit', (code) => process.exit(code ?? 0))
}
