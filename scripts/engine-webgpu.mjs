/**
 * Installs the WebGPU engine: Dawn, as the npm package `webgpu` brings it for this system, from a lock file of its own and without
 * install scripts. `--software` adds a graphics adapter in software, for the tests of the engine and nothing else.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import {
  engineFlags,
  fetchPackage,
  npm,
  npmOptions,
  Refusal,
  run,
  showFound,
  tellAndEnd,
  wholeFolder,
} from './lib/engine-install.mjs'
import { root } from './lib/project.mjs'

const help = `npm run engine:webgpu -- [--into DIR] [--software]

  --into DIR   folder of engines; engines/ of the project without it, or what TROI_ENGINES names
  --software   also a software adapter for tests (Linux x64 only); training never uses it`

const system = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`

const software = {
  name: '@sparticuz/chromium',
  version: '153.0.0',
  integrity: 'sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==',
}

async function installDawn(into) {
  await wholeFolder(join(into, 'webgpu'), (folder) => {
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(join(root, 'scripts', 'engines', 'webgpu', name), join(folder, name))
    run('Installing Dawn', npm, ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], { cwd: folder, ...npmOptions })
    const builds = join(folder, 'node_modules', 'webgpu', 'dist')
    if (!existsSync(join(builds, system)))
      throw new Refusal(`Dawn does not exist for ${system}; there is ${readdirSync(builds).join(', ')}.`)
    // The package holds the builds of every system.
    for (const name of readdirSync(builds))
      if (name !== system) rmSync(join(builds, name), { recursive: true, force: true })
  })
}

async function installSoftware(into) {
  if (system !== 'linux-x64') throw new Refusal('The software adapter for tests exists for Linux x64 only.')
  await wholeFolder(join(into, 'swiftshader'), (folder) => {
    const whole = join(folder, 'package')
    fetchPackage(software, whole)
    const archive = join(folder, 'swiftshader.tar')
    writeFileSync(archive, brotliDecompressSync(readFileSync(join(whole, 'bin', 'swiftshader.tar.br'))))
    run('Unpacking the software adapter', 'tar', ['-xf', archive, '-C', folder])
    const wanted = ['libvk_swiftshader.so', 'libvulkan.so.1', 'vk_swiftshader_icd.json']
    for (const name of readdirSync(folder))
      if (!wanted.includes(name)) rmSync(join(folder, name), { recursive: true, force: true })
  })
}

try {
  const flags = engineFlags({ software: { type: 'boolean', default: false } }, help)
  mkdirSync(flags.into, { recursive: true })
  await installDawn(flags.into)
  if (flags.software) await installSoftware(flags.into)
  showFound('webgpu', flags.into)
} catch (error) {
  tellAndEnd(error)
}
