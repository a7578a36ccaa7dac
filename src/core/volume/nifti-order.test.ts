import { expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { flatIndex } from './grid.ts'
import { fromFileOrder, toFileOrder } from './nifti-order.ts'

it('puts voxel (x, y, z) at x + nx (y + ny z) in a file and back', () => {
  const shape = [3, 4, 5] as const
  const values = Int32Array.from({ length: 60 }, (_, at) => at)
  const file = toFileOrder(values, shape)
  for (let x = 0; x < 3; x++)
    for (let y = 0; y < 4; y++)
      for (let z = 0; z < 5; z++) expect(file[x + 3 * (y + 4 * z)]).toBe(values[flatIndex(shape, x, y, z)])
  expect(fromFileOrder(file, shape)).toEqual(values)
})

it('loses nothing for any shape and type', () => {
  const seed = 5
  const random = Random.of(seed, 'file order')
  for (let round = 0; round < 50; round++) {
    const shape = [1 + random.integer(6), 1 + random.integer(6), 1 + random.integer(6)] as const
    const values = random.normals(shape[0] * shape[1] * shape[2])
    expect(fromFileOrder(toFileOrder(values, shape), shape), `seed ${seed}, round ${round}`).toEqual(values)
    const bytes = Uint8Array.from(values, (value) => (value > 0 ? 1 : 0))
    expect(toFileOrder(fromFileOrder(bytes, shape), shape), `seed ${seed}, round ${round}`).toEqual(bytes)
  }
})
