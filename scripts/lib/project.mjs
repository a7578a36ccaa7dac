/**
 * What every script of the project needs: the project folder, the Node 24 that comes with it, and set-up. Runs under
 * any Node from 20 on, because on a fresh machine that is all there is; everything it starts runs under Node 24.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The project's own Node 24 where its package exists for this platform, else this one if it is new enough. */
export function node24() {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const own = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary)
  if (existsSync(own)) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Error(
    `No Node 24 for ${platform}-${process.arch} comes with the project and this Node is ${process.version}. Install Node 24 and start again.`,
  )
}

/** Installs the packages of package-lock.json if that was not done yet, or for another lock file. */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.troi-installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('Installing packages (a few minutes on a fresh machine) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // A machine-wide nodedir would win over the project's in some set-ups; the project's own headers always fit.
  const env = {
    ...process.env,
    npm_config_nodedir: `../node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  }
  const done = spawnSync(npm, ['ci', '--no-fund', '--no-audit', '--no-progress'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env,
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) throw new Error(`npm ci failed with exit code ${done.status}; its message is above.`)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, lock)
}

/** Runs a JavaScript or TypeScript file, or a package's command, under Node 24 and waits. Returns the exit code. */
export function runNode(args, options = {}) {
  const path = `${dirname(node24())}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`
  const done = spawnSync(node24(), args, {
    cwd: root,
    stdio: 'inherit',
    ...options,
    env: { ...process.env, PATH: path, ...options.env },
  })
  return done.status ?? 1
}

/** As `runNode`, without waiting. */
export function startNode(args, options = {}) {
  return spawn(node24(), args, { cwd: root, stdio: 'inherit', ...options })
}

/** The JavaScript entry of a package's command. */
export function command(packageName, name = packageName) {
  const folder = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[name])
}
