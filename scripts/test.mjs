/**
 * Runs every check: types, lint, build, unit and property tests, contract, security, reliability, journeys in the
 * browser and in Electron. Does all set-up itself. Ends with the plain line `N passed, N failed, N skipped`.
 * Arguments go to vitest (`npm test -- src/core/volume`), and then only matching tests run.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
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
if (only.length === 0) {
  check('types', 'scripts/typecheck.mjs')
  check('lint', 'scripts/lint.mjs')
  check('build', 'scripts/build.mjs')
}

/** One pass of vitest; its counts are added up. Tests that cannot run here are named, not only counted. */
function runTests(name, args) {
  const report = join(root, '.cache', `vitest-${name}.json`)
  mkdirSync(join(root, '.cache'), { recursive: true })
  rmSync(report, { force: true })
  const outputs = [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
    '--retry=1',
  ]
  const code = runNode([command('vitest'), 'run', ...outputs, ...args])
  let failed = 0
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'))
    counts.passed += result.numPassedTests
    counts.skipped += result.numPendingTests + (result.numTodoTests ?? 0)
    failed += result.numFailedTests
    for (const file of result.testResults) {
      // A file that breaks before its first test counts as a failure of its own.
      if (file.status === 'failed' && file.assertionResults.length === 0) failed++
      for (const test of file.assertionResults)
        if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`)
    }
  } catch (error) {
    console.log(`no test report of ${name}: ${error.message}`)
  }
  // An error outside every test must not pass unseen.
  counts.failed += code !== 0 && failed === 0 ? 1 : failed
}

/** Whole processes, browsers and kills: one file at a time, so that none waits for a processor that another one holds. */
const heavy = ['test/e2e', 'test/electron', 'test/reliability', 'test/science']
if (only.length > 0) runTests('chosen', only)
else {
  runTests(
    'units',
    heavy.map((folder) => `--exclude=${folder}/**`),
  )
  runTests('journeys', ['--no-file-parallelism', ...heavy])
}

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(counts.failed === 0 ? 0 : 1)
