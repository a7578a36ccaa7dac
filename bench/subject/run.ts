/**
 * How long one new subject takes from its scans to a judged decoder (stage 1, stage 2, evaluation) and how much memory that
 * needs, at the sizes of the simulated cohort. Simulating and pretraining are timed beside it; they are not part of a new
 * subject, but of the process whose peak memory is given. Writes bench/results/subject.json.
 *   node bench/subject/run.ts [medium full] [seed]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'

const words = process.argv.slice(2)
const named = words.filter((word) => ['small', 'medium', 'full'].includes(word))
const seed = words.find((word) => /^\d+$/.test(word)) ?? '0'
const load = loadavg()[0]!
const results = (named.length > 0 ? named : ['medium', 'full']).map((size) => {
  const done = spawnSync(process.execPath, [join(import.meta.dirname, 'one-size.ts'), size, seed], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (done.status !== 0) throw new Error(`${size} ended with ${done.status ?? done.signal}`)
  const row: unknown = JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '')
  console.log(JSON.stringify(row))
  return row
})

const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', loadBefore: load }
const folder = join(import.meta.dirname, '..', 'results')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'subject.json'), `${JSON.stringify({ machine, seed: Number(seed), results }, null, 2)}\n`)
