import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkHdf5, expectedHdf5Schema, openInThisThread } from '../../bench/conformance/hdf5.ts'

const folder = fileURLToPath(new URL('../fixtures/conformance/hdf5', import.meta.url))
const list = z.array(expectedHdf5Schema).parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')))

describe('HDF5 files of another project, as h5py reads them', () => {
  it.each(list.map((expected) => [expected.file, expected] as const))('%s', async (file, expected) => {
    const outcomes = await checkHdf5(folder, expected, openInThisThread)
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
  it('the same through a thread of its own, as the product reads', async () => {
    const expected = list.filter(({ file }) => file === 'compressed.hdf5' || file === 'references.hdf5')
    expect(expected.length).toBe(2)
    for (const file of expected)
      expect(await checkHdf5(folder, file)).toEqual(await checkHdf5(folder, file, openInThisThread))
  })
})
