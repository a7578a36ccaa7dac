/** `node scripts/fuzz.mjs --count N [--seed S] [--format NAME]`: prints a line per format, ends with 1 if there are findings. */
import { parseArgs } from 'node:util'
import { formats } from './formats.ts'
import { type FuzzReport, fuzzFormat, fuzzHdf5 } from './run-fuzz.ts'

const { values: options } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string' }, format: { type: 'string' } },
})
const count = Number(options.count)
const seed = options.seed === undefined ? Date.now() % 2 ** 31 : Number(options.seed)
console.log(`seed ${seed}`)
let failed = false
const wants = (name: string) => options.format === undefined || options.format.toLowerCase() === name.toLowerCase()
const say = (report: FuzzReport) => {
  const { format, cases, refused, read, lost, findings, peakBytes } = report
  const threads = lost.length > 0 ? `, ${lost.length} lost threads` : ''
  console.log(
    `${format}: ${cases} files, ${refused} refused, ${read} read${threads}, at most ${(peakBytes / 2 ** 20).toFixed(0)} MiB in buffers, ${findings.length} findings`,
  )
  for (const word of lost.slice(0, 20)) console.log(`  lost thread, ${word}`)
  for (const finding of findings.slice(0, 20)) console.log(`  ${finding}`)
  if (findings.length > 0) failed = true
}
for (const format of formats) if (wants(format.name)) say(await fuzzFormat(format, count, seed))
if (wants('HDF5')) say(await fuzzHdf5(count, seed))
process.exit(failed ? 1 : 0)
