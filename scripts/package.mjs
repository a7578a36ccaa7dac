/**
 * Makes an app folder: Electron, the built engine and window, their packages, and the Node 24 that runs the engine. The
 * Electron folder comes from node_modules/electron, or from TROI_ELECTRON_DIST. Afterwards everything the app needs is
 * looked for, because the packager only logs a missing source and still ends well.
 */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { command, ensureInstalled, node24, root, runNode } from './lib/project.mjs'

ensureInstalled()
if (runNode(['scripts/build.mjs']) !== 0) process.exit(1)
const electronDist = process.env.TROI_ELECTRON_DIST ?? join(root, 'node_modules', 'electron', 'dist')
if (!existsSync(electronDist)) {
  console.error(
    `There is no Electron to package at ${electronDist}. Run "npx install-electron" where it can be fetched, or set TROI_ELECTRON_DIST.`,
  )
  process.exit(1)
}
const configuration = join(root, 'electron-builder.config.cjs')
const code = runNode([command('electron-builder'), '--dir', '--config', configuration, '--publish', 'never'], {
  env: { TROI_ELECTRON_DIST: electronDist, TROI_NODE: dirname(node24()) },
})
if (code !== 0) process.exit(code)

const folder = readdirSync(join(root, 'dist')).find((name) => name.endsWith('-unpacked') || name.startsWith('mac'))
const resources = folder === undefined ? null : join(root, 'dist', folder, 'resources')
const needed = [
  'node/node',
  'app.asar.unpacked/out/engine/server.mjs',
  'app.asar.unpacked/out/engine/backend-probe.mjs',
  'app.asar.unpacked/out/engine/kernels.wasm',
  'app.asar.unpacked/out/renderer/index.html',
  'app.asar.unpacked/resources/examples/haxby2001/recipe.json',
  'app.asar.unpacked/node_modules/sqlite3',
]
const missing =
  resources === null
    ? needed
    : needed.filter((name) => !existsSync(join(resources, name)) && !existsSync(join(resources, `${name}.exe`)))
if (missing.length > 0) {
  console.error(`The app folder lacks: ${missing.join(', ')}`)
  process.exit(1)
}
console.log(`Packaged: ${join('dist', folder)}`)
