/**
 * Feeds damaged files to every reader: `node scripts/fuzz.mjs --count 20000 [--seed S] [--format NAME]`. The seed is printed, so that
 * a finding can be made again. Meant for the night; `npm test` runs a thousand per format.
 */
import { ensureInstalled, runNode } from './lib/project.mjs'

ensureInstalled()
process.exit(runNode(['test/fuzz/run.ts', ...process.argv.slice(2)]))
