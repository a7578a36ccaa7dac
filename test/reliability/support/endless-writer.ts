/** Replaces one file for ever with versions of four million bytes; says each one that is written. To be killed. */
import { writeAtomically } from '../../../src/engine/project/atomic-file.ts'

const path = process.argv[2]!
for (let version = 1; ; version++) {
  writeAtomically(path, new Uint8Array(new Uint32Array(1_000_000).fill(version).buffer))
  process.stdout.write(`wrote ${version}\n`)
}
