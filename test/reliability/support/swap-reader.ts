/** Reads a file over and over until it is gone, and says what it saw: every content must be one writer's, whole. */
import { readFileSync } from 'node:fs'

const path = process.argv[2]!
const length = Number(process.argv[3])
const seen = new Set<number>()
let reads = 0
let mixed = 0
process.stdout.write('ready\n')
for (;;) {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') break
    throw error
  }
  reads++
  if (bytes.length !== length || bytes.some((value) => value !== bytes[0])) mixed++
  seen.add(bytes[0]!)
}
process.stdout.write(`${JSON.stringify({ reads, mixed, versions: seen.size })}\n`)
