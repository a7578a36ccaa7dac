/** A thousand damaged files per format on every run; `node scripts/fuzz.mjs --count 20000` for many more. */
import { describe, expect, it } from 'vitest'
import { formats } from './formats.ts'
import { fuzzFormat, fuzzHdf5 } from './run-fuzz.ts'

const seed = 20261125
const count = 1000

describe(`damaged files, seed ${seed}`, () => {
  it.each(formats.map((format) => [format.name, format] as const))(
    '%s: a typed problem or a value',
    async (_name, format) => {
      const report = await fuzzFormat(format, count, seed)
      expect(report.findings).toEqual([])
      expect(report.refused + report.read).toBe(count)
      // Damage that nobody notices would mean that nothing is checked.
      expect(report.refused).toBeGreaterThan(count / 10)
    },
  )

  it('HDF5: a word from the library or a lost thread, never a lost process', async () => {
    const report = await fuzzHdf5(count, seed)
    expect(report.findings).toEqual([])
    expect(report.refused + report.read).toBe(count)
    expect(report.refused).toBeGreaterThan(count / 10)
  })
})
