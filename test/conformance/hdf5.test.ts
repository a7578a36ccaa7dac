import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkHdf5, expectedHdf5Schema } from '../../bench/conformance/hdf5.ts'

const folder = fileURLToPath(new URL('../fixtures/conformance/hdf5', import.meta.url))
const list = z.array(expectedHdf5Schema).parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')))

describe('HDF5 files of another project, as h5py reads them', () => {
  it.each(list.map((expected) => [expected.file, expected] as const))('%s', async (file, expected) => {
    const outcomes = await checkHdf5(folder, expected)
    expect(outcomes.length).toBe(Math.max(1, expected.datasets.length))
    // References are the only datasets in these files that hold no plain numbers.
    for (const { what, words, file: name } of outcomes)
      expect([name, what, words]).toEqual(
        name.includes('ref_dataset')
          ? [name, 'refused', expect.stringContaining('HDF5 class reference')]
          : [name, 'equal', expect.anything()],
      )
    expect(file).toBe(expected.file)
  })
})
