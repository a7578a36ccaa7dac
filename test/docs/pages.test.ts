/** Pages that describe the program are held against it: commands, flags, exit codes, settings, and the files that they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../src/cli/exit-codes.ts'
import { commands } from '../../src/cli/main.ts'
import { maskPresets, presetNames } from '../../src/core/contract/settings.ts'
import { problemCodes } from '../../src/core/problem.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const docs = join(root, 'docs')
const read = (name: string) => readFileSync(join(docs, name), 'utf8')

describe('docs/command-line.md', () => {
  const page = read('command-line.md')

  for (const { name, words, flags } of commands) {
    it(`describes ${name} with every word and flag`, () => {
      const section = page.split(/^## /m).find((part) => part.startsWith(`${name}\n`))
      const synopsis = /^ {4}troi .*$/m.exec(section ?? '')?.[0] ?? ''
      for (const word of words) expect(synopsis).toContain(word)
      const named = [...synopsis.matchAll(/--([a-z][a-z0-9-]*)/g)].map(([, flag]) => flag!)
      expect(named.sort()).toEqual(Object.keys(flags).sort())
    })
  }

  it('lists every problem code under its exit code', () => {
    for (const code of problemCodes) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${exitCodeOf(code)} |`))
      expect(row?.split(/[ ,|()]+/), code).toContain(code)
    }
  })
})

describe('docs/method.md', () => {
  const page = read('method.md')

  it('names every preset', () => {
    for (const name of presetNames) expect(page).toContain(`\`${name}\``)
  })

  it('states the values of the presets as they are', () => {
    const { memory, paper, mindeye2, troi } = maskPresets
    expect(page).toContain(
      `th ${String(memory.algorithm1.threshold).slice(1)}, ρ ${String(memory.algorithm1.rho).slice(1)}, σ ${String(memory.sigma).slice(1)}, ${memory.algorithm1.maskLearningRate}`,
    )
    for (const { preset, algorithm1 } of [memory, paper, mindeye2]) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${preset}\` |`))
      const edge = algorithm1.boundary === 'zero' ? 'zero padding' : 'normalised'
      expect(row).toContain(`| ${edge} | ${algorithm1.adaptRho ? 'yes' : 'no'} | ${algorithm1.maximumEpochs} epochs |`)
    }
    expect(mindeye2.algorithm1).toMatchObject({
      ...{ mixAlpha: 0.15, mixFraction: 0.5, mixedPriorTarget: false, mixTemperature: 0.006, priorWeight: 30 },
      ...{ softTemperatureStart: 0.004, softTemperatureEnd: 0.0075, weightDecay: 0.01, voxelDropout: 0 },
      ...{ learningRate: 3e-4, maskLearningRate: 0.01, overwriteFixedPoints: true },
    })
    expect(troi.crossFit.folds).toBe(5)
  })
})

describe('every page', () => {
  for (const name of readdirSync(docs).filter((file) => file.endsWith('.md'))) {
    it(`${name} names only files that exist`, () => {
      const page = read(name)
      const links = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => join(dirname(join(docs, name)), target!))
      const paths = [...page.matchAll(/`((?:src|test|bench|resources|scripts)\/[\w./-]+)`/g)].map(([, path]) =>
        join(root, path!),
      )
      for (const path of [...links, ...paths]) expect(existsSync(path), path).toBe(true)
    })
  }
})
