/** Measures. `npm run bench` runs every benchmark; `npm run bench -- training-step` one. Figures go to bench/results/. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, root, runNode } from './lib/project.mjs'

ensureInstalled()
if (runNode(['scripts/build.mjs', '--if-needed']) !== 0) process.exit(1)
const all = readdirSync(join(root, 'bench')).filter((name) => existsSync(join(root, 'bench', name, 'run.ts')))
const chosen = process.argv.slice(2).filter((word) => !word.startsWith('-'))
let failed = 0
for (const name of chosen.length > 0 ? chosen : all) {
  console.log(`\n== ${name}`)
  if (runNode([join('bench', name, 'run.ts')]) !== 0) failed++
}
process.exit(failed === 0 ? 0 : 1)
