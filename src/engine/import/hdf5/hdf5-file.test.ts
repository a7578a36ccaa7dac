/** A thread whose library trapped says nothing more about its file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { freshFolder } from '../../../../test/reliability/support/folder.ts'
import { Hdf5File } from './hdf5-file.ts'

const folder = freshFolder()
const sound = fileURLToPath(new URL('../../../../test/fixtures/arrays/mindeye.hdf5', import.meta.url))

it('ends after a trap instead of answering from broken memory', async () => {
  const path = join(folder(), 'damaged.hdf5')
  // Found with damaged files: seed 20270002, case 4537. The library writes beyond its memory over the second dataset.
  const bytes = Uint8Array.from(readFileSync(sound))
  for (const [at, byte] of [
    [485, 255],
    [1194, 81],
    [1753, 165],
    [11029, 214],
  ] as const)
    bytes[at] = byte
  writeFileSync(path, bytes)
  const file = await Hdf5File.open(path)
  try {
    expect((await file.list()).datasets.length).toBeGreaterThan(0)
    await expect(file.read('fortran', [0, 0], [6, 12])).rejects.toMatchObject({
      problem: { code: 'BAD_FILE', where: path, message: expect.stringContaining('memory access out of bounds') },
    })
    // Sound in itself; before, the broken library said that there was no such dataset.
    await expect(file.read('runs', [0], [6])).rejects.toMatchObject({
      problem: { code: 'BAD_FILE', where: path, message: expect.stringContaining('gave up') },
    })
  } finally {
    await file.close()
  }
})
