/** Lint: Biome's rules, then the rules of the house (layers derived from imports, doors, file sizes). */

import { checkHouse } from './lib/house-rules.mjs'
import { command, ensureInstalled, runNode } from './lib/project.mjs'

ensureInstalled()
const biome = runNode([
  command('@biomejs/biome', 'biome'),
  'ci',
  '--error-on-warnings',
  '--colors=off',
  'src',
  'test',
  'scripts',
  'bench',
  'vitest.config.ts',
  'vite.engine.config.ts',
  'vite.renderer.config.ts',
  'electron.vite.config.ts',
])
const findings = checkHouse()
for (const finding of findings) console.log(finding)
console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'} house rules`)
process.exit(biome === 0 && findings.length === 0 ? 0 : 1)
