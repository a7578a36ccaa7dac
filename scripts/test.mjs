/**
 * Runs every check: types, lint, build, unit and property tests, contract, security, reliability, journeys in the
 * browser and in Electron. Does all set-up itself. Ends with the plain line `N passed, N failed, N skipped`.
 * Arguments go to vitest (`npm test -- src/core/volume`), and then only matching tests run.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command, ensureInstalled, root, runNode } from './lib/project.mjs'

ensureInstalled()
const only = process.argv.slice(2)
const counts = { passed: 0, failed: 0, skipped: 0 }

function check(name, script) {
  const code = runNode([script])
  if (code === 0) counts.passed++
  else counts.failed++
  console.log(`${code === 0 ? 'passed' : 'FAILED'}: ${name}`)
  return code === 0
}

if (runNode(['scripts/build-kernels.mjs']) !== 0) process.exit(1)
let built = true
if (only.length === 0) {
  check('types', 'scripts/typecheck.mjs')
  check('lint', 'scripts/lint.mjs')
  built = check('build', 'scripts/build.mjs')
}

const report = join(root, '.cache', 'vitest.json')
mkdirSync(join(root, '.cache'), { recursive: true })
runNode([command('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...only], {
  env: { TROI_BUILT: built ? '1' : '0' },
})
try {
  const result = JSON.parse(readFileSync(report, 'utf8'))
  counts.passed += result.numPassedTests
  counts.failed += result.numFailedTests
  counts.skipped += result.numPendingTests + (result.numTodoTests ?? 0)
  // A file that breaks before its first test counts as a failure of its own.
  for (const file of result.testResults)
    if (file.status === 'failed' && file.assertionResults.length === 0) counts.failed++
  for (const file of result.testResults)
    for (const test of file.assertionResults)
      if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`)
} catch (error) {
  console.log(`no test report: ${error.message}`)
  counts.failed++
}

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(counts.failed === 0 ? 0 : 1)
