import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { RunFolder } from '../project/run-folder.ts'
import { addToFilm, longest, readFilm } from './film.ts'

const folder = freshFolder()
const space = {
  grid: { shape: [2, 2, 1] as const, affine: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] },
  index: Int32Array.of(0, 1, 3),
}

function run(): RunFolder {
  const made = new RunFolder(join(folder(), 'run'))
  made.create()
  return made
}

describe('the film of a mask', () => {
  it('is null where no picture was kept', () => {
    expect(readFilm(run())).toBeNull()
  })

  it('keeps part, epoch and the voxels above one half, in order', () => {
    const own = run()
    addToFilm(own, space, '', 1, [1, 0.5, 0.51])
    addToFilm(own, space, 'seed 1', 2, [0, 0, 1])
    expect(readFilm(own)).toEqual({
      shape: [2, 2, 1],
      affine: [...space.grid.affine],
      index: space.index,
      pictures: [
        { part: '', epoch: 1, mask: Uint8Array.of(1, 0, 1) },
        { part: 'seed 1', epoch: 2, mask: Uint8Array.of(0, 0, 1) },
      ],
    })
  })

  it('counts an epoch that a resumed run computed again once, the newer', () => {
    const own = run()
    for (const value of [0, 1]) addToFilm(own, space, '', 7, [value, value, value])
    expect(readFilm(own)!.pictures).toEqual([{ part: '', epoch: 7, mask: Uint8Array.of(1, 1, 1) }])
  })

  it('stays short however long the run, with the first and the newest picture', () => {
    const own = run()
    for (let epoch = 1; epoch <= 300; epoch++) addToFilm(own, space, '', epoch, [1, 1, epoch % 2])
    const epochs = readFilm(own)!.pictures.map((picture) => picture.epoch)
    expect(epochs.length).toBeLessThanOrEqual(longest + 1)
    expect(epochs.length).toBeGreaterThan(longest / 2 - 1)
    expect(epochs[0]).toBe(1)
    expect(epochs.at(-1)).toBe(300)
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
  })

  it('leaves a damaged picture out', () => {
    const own = run()
    for (const epoch of [1, 2]) addToFilm(own, space, '', epoch, [1, 0, 0])
    const path = own.result('film')
    const first = join(path, readdirSync(path).sort()[0]!)
    writeFileSync(first, readFileSync(first).subarray(0, 20))
    expect(readFilm(own)!.pictures.map((picture) => picture.epoch)).toEqual([2])
  })
})
