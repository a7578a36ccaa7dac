/** Type-checks each layer with its own rules: the core without Node and DOM, the engine without DOM, the window without Node. */
import { command, ensureInstalled, runNode } from './lib/project.mjs'

ensureInstalled()
let failed = 0
for (const layer of ['core', 'engine', 'main', 'renderer', 'test']) {
  const code = runNode([command('typescript', 'tsc'), '-p', `tsconfig.${layer}.json`])
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} types of ${layer}`)
  if (code !== 0) failed++
}
process.exit(failed === 0 ? 0 : 1)
