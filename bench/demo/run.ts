/**
 * How long the whole demo takes and how much it leaves on the disk, at the sizes that a laptop finishes in minutes, beside the speed
 * of a training step measured right before and after. The estimates that the window shows before a start are tested against it.
 * Writes bench/results/demo.json.
 *   node bench/demo/run.ts [tiny small]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { needBackend, probeBackends } from '../../src/engine/tensor/probe.ts'

const measureBackend = async () => needBackend('auto', await probeBackends('auto', {}, true)).secondsPerWeight!

const root = join(import.meta.dirname, '..', '..')
const named = process.argv.slice(2)
const load = loadavg()[0]!
const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)

const results: object[] = []
for (const size of named.length > 0 ? named : ['tiny', 'small']) {
  const folder = mkdtempSync(join(tmpdir(), 'troi-bench-demo-'))
  const before = await measureBackend()
  const start = performance.now()
  const args = [join(root, 'src', 'cli', 'index.ts'), 'demo', '--size', size, '--out', join(folder, 'demo'), '--json']
  const env = { ...process.env, TROI_USER_DATA: join(folder, 'data'), TROI_WORKSPACE: join(folder, 'workspace') }
  const done = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  if (done.status !== 0) throw new Error(`${size} ended with ${done.status ?? done.signal}`)
  const seconds = Math.round((performance.now() - start) / 100) / 10
  const secondsPerWeight = (before + (await measureBackend())) / 2
  const row = { size, seconds, secondsPerWeight, diskBytes: bytesIn(join(folder, 'demo')) }
  console.log(JSON.stringify(row))
  results.push(row)
  rmSync(folder, { recursive: true, force: true })
}

const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', loadBefore: load }
const folder = join(import.meta.dirname, '..', 'results')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'demo.json'), `${JSON.stringify({ machine, seed: 0, results }, null, 2)}\n`)
