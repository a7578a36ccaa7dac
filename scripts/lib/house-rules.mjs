/**
 * The rules of the house, checked on the sources as text:
 *  - layers: a file may import only from the layers its own layer allows (core <- engine <- server, cli; main and preload
 *    stand alone; the renderer sees the contract and pure helpers). The layer of a file is its folder under src/.
 *  - doors: one file imports TensorFlow.js in the core, one folder each imports oRPC, one place opens external links.
 *  - forbidden words that would weaken Electron's or TypeScript's protection.
 *  - file size: none over 400 lines.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { root } from './project.mjs'

const allowed = {
  core: ['core'],
  engine: ['core', 'engine'],
  server: ['core', 'engine', 'server'],
  cli: ['core', 'engine', 'server', 'cli'],
  main: ['main'],
  preload: ['preload'],
  renderer: ['core', 'renderer'],
}

/** Core folders the window may use beyond types: the contract, its client, pure geometry, and tables as text. */
const rendererCore = ['contract', 'transport', 'volume', 'table', 'problem.ts']

const packageDoors = [
  { layer: 'core', match: /^@tensorflow\//, only: ['src/core/tensor/tf.ts'] },
  { layer: 'core', match: /^node:/, only: [] },
  { layer: 'core', match: /^@orpc\//, only: ['src/core/contract/', 'src/core/transport/'] },
  { layer: 'engine', match: /^onnxruntime/, only: ['src/engine/packs/graph.ts'] },
  { layer: 'renderer', match: /^node:/, only: [] },
  { layer: 'renderer', match: /^@orpc\//, only: [] },
  { layer: 'engine', match: /^electron$/, only: [] },
  { layer: 'server', match: /^electron$/, only: [] },
  { layer: 'renderer', match: /^electron$/, only: [] },
]

const forbidden = [
  { match: /@ts-ignore|@ts-nocheck|@ts-expect-error/, why: 'a hole in the types' },
  { match: /:\s*any\b|\bas any\b|<any>/, why: 'a hole in the types' },
  {
    match:
      /webSecurity|disable-web-security|nodeIntegration:\s*true|contextIsolation:\s*false|sandbox:\s*false|allowpopups|enableBlinkFeatures/,
    why: 'weakens Electron’s protection',
  },
  { match: /\bopenExternal\b/, why: 'external links have one door', only: ['src/main/external-links.ts'] },
  { match: /dangerouslySetInnerHTML|\.innerHTML\s*=/, why: 'markup from data' },
]

function* sources(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) {
      if (name !== 'assembly' && name !== 'build') yield* sources(path)
    } else if (/\.tsx?$/.test(name)) yield path
  }
}

const importPattern =
  /(?:^|\n)\s*(import|export)(\s+type)?\b[^'"\n]*?(?:\n[^'"]*?)?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g

/** Every finding as one line: file, what is wrong, what is allowed. */
export function checkHouse(folder = join(root, 'src')) {
  const findings = []
  for (const path of sources(folder)) {
    const name = relative(root, path).split(sep).join('/')
    const layer = name.split('/')[1]
    const isTest = /\.test\.tsx?$/.test(name)
    const text = readFileSync(path, 'utf8')
    if (!(layer in allowed)) {
      findings.push(`${name}: no layer "${layer}"; layers are ${Object.keys(allowed).join(', ')}`)
      continue
    }
    const lines = text.split('\n').length
    if (lines > 401) findings.push(`${name}: ${lines} lines; split it below 400`)
    if (isTest) continue
    for (const match of text.matchAll(importPattern)) {
      const target = match[3] ?? match[4] ?? match[5]
      const typeOnly = match[2] !== undefined
      if (target.startsWith('.')) {
        const file = relative(root, resolve(dirname(path), target))
          .split(sep)
          .join('/')
        const into = file.split('/')[1]
        if (!file.startsWith('src/')) continue
        if (!allowed[layer].includes(into))
          findings.push(`${name}: imports ${file}; ${layer} may import ${allowed[layer].join(', ')}`)
        else if (layer === 'renderer' && into === 'core' && !typeOnly && !rendererCore.includes(file.split('/')[2]))
          findings.push(
            `${name}: imports ${file}; the renderer may import types, and of the core only ${rendererCore.join(', ')}`,
          )
      } else {
        for (const door of packageDoors)
          if (door.layer === layer && door.match.test(target) && !door.only.some((place) => name.startsWith(place)))
            findings.push(
              `${name}: imports ${target}; ${door.only.length > 0 ? `only ${door.only.join(', ')} may` : `nothing in ${layer} may`}`,
            )
      }
    }
    for (const rule of forbidden) {
      const at = text.search(rule.match)
      if (at >= 0 && !(rule.only ?? []).includes(name))
        findings.push(`${name}:${text.slice(0, at).split('\n').length}: ${rule.why}`)
    }
  }
  return findings
}
