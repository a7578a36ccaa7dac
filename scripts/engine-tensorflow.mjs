/**
 * Installs the TensorFlow engine under Linux: the binding of @tensorflow/tfjs-node-gpu, compiled once against the TensorFlow of a
 * Python wheel. Everything lies in one folder that can be moved; nothing is installed for the whole computer. `--cuda` takes the
 * wheel for NVIDIA GPUs (pip fetches NVIDIA's libraries, about 3.4 GB). No GPU operation of it has been run yet.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import {
  engineFlags,
  fetchPackage,
  needProgram,
  Refusal,
  run,
  showFound,
  tellAndEnd,
  wholeFolder,
} from './lib/engine-install.mjs'

const help = `npm run engine:tensorflow -- [--cuda | --tensorflow DIR] [--into DIR]

  --cuda             TensorFlow for NVIDIA GPUs (about 3.4 GB; untested on a GPU); the CPU build (274 MB) without it
  --tensorflow DIR   a site-packages folder that already holds TensorFlow 2.21
  --into DIR         folder of engines; engines/ of the project without it, or what TROI_ENGINES names

  TROI_PYTHON names the Python (python3 without it), CXX the compiler (g++ without it).`

const version = '2.21.0'
const packages = {
  binding: {
    name: '@tensorflow/tfjs-node-gpu',
    version: '4.22.0',
    integrity: 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
  },
  headers: {
    name: 'node-api-headers',
    version: '1.9.0',
    integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  },
}
const cpuWheel = `tensorflow-cpu==${version} --hash=sha256:dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb`

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

/** Takes from the wheel what is linked, the headers for it, and the notices of its parts. */
const unpackWheel = `
import sys, zipfile
wheel, to = sys.argv[1:]
heads = ('tensorflow/include/tensorflow/c/', 'tensorflow/include/tensorflow/core/platform/ctstring',
         'tensorflow/include/tsl/platform/ctstring', 'tensorflow/include/xla/tsl/c/')
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith(heads) or name in ('tensorflow/libtensorflow_cc.so.2',
                'tensorflow/libtensorflow_framework.so.2', 'tensorflow/THIRD_PARTY_NOTICES.txt'):
            archive.extract(name, to)
`

function checkTools(flags) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Refusal(
      `TensorFlow for this engine exists for Linux x64 (or WSL2), not for ${process.platform}-${process.arch}. Use npm run engine:webgpu.`,
    )
  const python = process.env.TROI_PYTHON ?? 'python3'
  const compiler = process.env.CXX ?? 'g++'
  needProgram(compiler, ['--version'], 'Install a C++ compiler (Debian: apt-get install g++), or name one in CXX.')
  needProgram('tar', ['--version'], 'Install tar.')
  if (flags.tensorflow === undefined)
    needProgram(
      python,
      ['-m', 'pip', '--version'],
      'Install Python 3 with pip (Debian: apt-get install python3-pip), or name one in TROI_PYTHON.',
    )
  return { python, compiler }
}

/** The folder that holds tensorflow/. */
function getTensorflow(flags, python, folder) {
  if (flags.tensorflow !== undefined) {
    const given = resolve(flags.tensorflow)
    if (!existsSync(join(given, 'tensorflow', libraries[0])))
      throw new Refusal(`${given} holds no tensorflow/${libraries[0]}. Name the site-packages folder TensorFlow is in.`)
    return given
  }
  const site = join(folder, 'python')
  mkdirSync(site)
  const pip = ['-m', 'pip', '--disable-pip-version-check']
  if (flags.cuda) {
    run('Fetching TensorFlow for NVIDIA GPUs', python, [
      ...pip,
      ...['install', '--only-binary=:all:', '--target', site, `tensorflow[and-cuda]==${version}`],
    ])
    return site
  }
  const download = join(folder, 'download')
  mkdirSync(download)
  const wanted = join(download, 'requirements.txt')
  writeFileSync(wanted, `${cpuWheel}\n`)
  const platform = ['--implementation', 'cp', '--python-version', '3.12', '--abi', 'cp312']
  run('Fetching TensorFlow', python, [
    ...pip,
    ...['download', '--no-deps', '--only-binary=:all:', '--require-hashes', ...platform],
    ...['--platform', 'manylinux_2_27_x86_64', '--dest', download, '-r', wanted],
  ])
  const wheel = readdirSync(download).find((name) => name.endsWith('.whl'))
  run('Unpacking TensorFlow', python, ['-c', unpackWheel, join(download, wheel), site])
  rmSync(download, { recursive: true })
  return site
}

function compile(compiler, folder, site) {
  const inside = relative(folder, site)
  // A moved folder keeps working; TensorFlow finds its own libraries from where it really lies.
  const search = inside.startsWith('..') ? join(site, 'tensorflow') : `$ORIGIN/${join(inside, 'tensorflow')}`
  const source = join(folder, 'package', 'binding')
  run('Compiling the binding', compiler, [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'],
    ...['-I', join(folder, 'headers', 'include'), '-I', join(site, 'tensorflow', 'include')],
    ...['-I', join(folder, 'package')],
    ...[join(source, 'tfjs_backend.cc'), join(source, 'tfjs_binding.cc')],
    ...['-L', join(site, 'tensorflow'), ...libraries.map((name) => `-l:${name}`)],
    ...[`-Wl,-rpath,${search}`, '-o', join(folder, 'tfjs_binding.node')],
  ])
}

try {
  const flags = engineFlags({ cuda: { type: 'boolean', default: false }, tensorflow: { type: 'string' } }, help)
  const { python, compiler } = checkTools(flags)
  mkdirSync(flags.into, { recursive: true })
  await wholeFolder(join(flags.into, 'tensorflow'), (folder) => {
    fetchPackage(packages.binding, join(folder, 'package'))
    fetchPackage(packages.headers, join(folder, 'headers'))
    const site = getTensorflow(flags, python, folder)
    compile(compiler, folder, site)
    const wants = flags.cuda ? 'gpu' : 'any'
    writeFileSync(
      join(folder, 'engine.json'),
      `${JSON.stringify({ format: 1, tensorflow: version, wants }, null, 2)}\n`,
    )
    rmSync(join(folder, 'headers'), { recursive: true })
    rmSync(join(folder, 'package', 'binding'), { recursive: true })
    for (const name of flags.tensorflow === undefined && !flags.cuda ? ['include'] : [])
      rmSync(join(site, 'tensorflow', name), { recursive: true })
  })
  showFound('tensorflow', flags.into)
} catch (error) {
  tellAndEnd(error)
}
