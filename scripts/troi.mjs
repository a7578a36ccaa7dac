#!/usr/bin/env node
import { spawn } from 'node:child_process'
/**
 * `npx troi …`: the command line under the project's own Node 24, whatever Node started this. Runs the built program if
 * it is newer than every source, else the sources. Signals go to it, its exit code comes back.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, node24, root, runNode } from './lib/project.mjs'

function newest(folder) {
  let time = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return time
}

function program() {
  const built = join(root, 'out', 'engine', 'cli.mjs')
  const sources = ['core', 'engine', 'server', 'cli']
    .map((layer) => join(root, 'src', layer))
    .filter((path) => existsSync(path))
  if (existsSync(built) && sources.every((folder) => newest(folder) <= statSync(built).mtimeMs)) return built
  if (!existsSync(join(root, 'src', 'engine', 'tensor', 'kernels', 'build', 'kernels.wasm')))
    if (runNode(['scripts/build-kernels.mjs'], { stdio: ['ignore', 2, 2] }) !== 0) process.exit(1)
  return join(root, 'src', 'cli', 'index.ts')
}

try {
  if (!existsSync(join(root, 'node_modules', 'zod'))) ensureInstalled()
  const child = spawn(node24(), [program(), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`troi could not start: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
