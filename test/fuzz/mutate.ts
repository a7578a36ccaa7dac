/** Damages bytes in the ways files are damaged: flipped and overwritten bytes, extreme numbers in fields, cuts, repeats. */
import type { Random } from '../../src/core/random/random.ts'

/** Numbers that break sums and products when they stand in a size, an offset or a count. */
const extremes = [0, 1, -1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, 0x80000000]

/** A damaged copy. `focus` bytes at the start (a header) are hit half of the time. Deterministic in `random`. */
export function mutate(bytes: Uint8Array, random: Random, focus: number): Uint8Array {
  let out = Uint8Array.from(bytes)
  const place = () => random.integer(Math.max(1, random.integer(2) === 0 ? Math.min(focus, out.length) : out.length))
  const changes = 1 + random.integer(4)
  for (let change = 0; change < changes && out.length > 0; change++) {
    switch (random.integer(8)) {
      case 0:
      case 1:
        out[place()] = random.integer(256)
        break
      case 2:
        out[place()]! ^= 1 << random.integer(8)
        break
      case 3:
      case 4: {
        const width = [2, 4, 8][random.integer(3)]!
        const at = place()
        if (at + width > out.length) break
        const view = new DataView(out.buffer)
        const value = extremes[random.integer(extremes.length)]!
        const little = random.integer(2) === 0
        if (width === 2) view.setUint16(at, value & 0xffff, little)
        else if (width === 4) view.setUint32(at, value >>> 0, little)
        else view.setBigInt64(at, BigInt(value) << BigInt(random.integer(32)), little)
        break
      }
      case 5:
        out = out.slice(0, random.integer(out.length + 1))
        break
      case 6: {
        const from = place()
        const length = random.integer(Math.min(64, out.length))
        out = Uint8Array.from([...out.subarray(0, from), ...out.subarray(from, from + length), ...out.subarray(from)])
        break
      }
      default: {
        const from = place()
        out.fill(random.integer(2) === 0 ? 0 : 0xff, from, from + random.integer(32))
      }
    }
  }
  return out
}
