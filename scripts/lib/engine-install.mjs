/**
 * What the commands that install a graphics engine share: where to, which tools must be there, packages with a pinned hash, and a folder
 * that appears only when it is complete. A failure is a sentence that names what is missing, never a stack.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled, root, runNode } from './project.mjs'

export class Refusal extends Error {}

/** Says why and what to do, and ends with exit code 1. */
export function tellAndEnd(error) {
  console.error(error instanceof Refusal ? error.message : (error.stack ?? String(error)))
  process.exit(1)
}

/** Flags of the command; `--into DIR` always, else the first folder of TROI_ENGINES, else `engines` of the project. */
export function engineFlags(options, help) {
  let values
  try {
    values = parseArgs({ options: { into: { type: 'string' }, help: { type: 'boolean' }, ...options } }).values
  } catch (error) {
    throw new Refusal(`${error.message.split('. To specify')[0]}.\n\n${help}`)
  }
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  const named = values.into ?? process.env.TROI_ENGINES?.split(delimiter).find((folder) => folder !== '')
  return { ...values, into: named === undefined ? join(root, 'engines') : resolve(named) }
}

/** Runs a program and waits; its output goes to standard error. Throws a Refusal that says what was being done. */
export function run(what, program, args, options = {}) {
  const done = spawnSync(program, args, { stdio: ['ignore', 2, 2], ...options })
  if (done.error !== undefined) throw new Refusal(`${what}: ${program} cannot be started (${done.error.code}).`)
  if (done.status !== 0)
    throw new Refusal(`${what} failed: ${program} ended with ${done.status ?? done.signal}. Its message is above.`)
}

/** Refuses where a program is not there. `fix` says how to get it. */
export function needProgram(program, args, fix) {
  const done = spawnSync(program, args, { encoding: 'utf8' })
  if (done.error === undefined && done.status === 0) return done.stdout.trim()
  const said = done.error === undefined ? done.stderr.trim().split('\n').at(-1) : done.error.code
  throw new Refusal(`${program} is needed and does not work here (${said}). ${fix}`)
}

export const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Options under which npm can be started on this system. */
export const npmOptions = { shell: process.platform === 'win32' }

/** One package without its dependencies and scripts, unpacked into `to`, after its hash was compared with the pinned one. */
export function fetchPackage({ name, version, integrity }, to) {
  mkdirSync(to, { recursive: true })
  const packed = spawnSync(npm, ['pack', '--json', '--ignore-scripts', `${name}@${version}`], {
    cwd: to,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
    ...npmOptions,
  })
  if (packed.status !== 0)
    throw new Refusal(`${name} ${version} could not be fetched; npm’s message is above. Is there a network?`)
  const [{ filename }] = JSON.parse(packed.stdout)
  const archive = join(to, filename)
  const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (hash !== integrity)
    throw new Refusal(`${name} ${version} is not the package this version was made with: its hash is ${hash}.`)
  run(`unpacking ${name}`, 'tar', ['-xzf', archive, '-C', to, '--strip-components', '1'])
  rmSync(archive)
}

/** Lets `make` fill a folder and puts it in the place of an older one; where it fails nothing is left and the older one stays. */
export async function wholeFolder(folder, make) {
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  try {
    await make(partial)
    rmSync(folder, { recursive: true, force: true })
    renameSync(partial, folder)
  } finally {
    if (existsSync(partial)) rmSync(partial, { recursive: true, force: true })
  }
}

/** Ends the command with what the program says of the engine now: exit code 0 where it can train here. */
export function showFound(name, into) {
  console.error(`The ${name} engine is in ${join(into, name)}. What it finds on this computer:`)
  ensureInstalled()
  if (runNode(['scripts/build-kernels.mjs'], { stdio: ['ignore', 2, 2] }) !== 0) process.exit(1)
  process.exit(runNode(['src/cli/index.ts', 'doctor', '--backend', name], { env: { TROI_ENGINES: into } }))
}
