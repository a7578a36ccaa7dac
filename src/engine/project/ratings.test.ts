import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { Database } from './database.ts'
import { migrate } from './migrations.ts'
import { addRating, listRatings } from './ratings.ts'

const folder = freshFolder()
const path = () => join(folder(), 'project.sqlite')
const decoder = '01960000-0000-7000-8000-000000000040'
const input = { decoder, item: 2, rating: 4, rater: 'M. Ortiz', blind: true, seed: 7 }

async function database(): Promise<Database> {
  const made = await Database.open(path())
  await migrate(made, path())
  return made
}

describe('ratings', () => {
  it('are added, never replaced, and read in order after the project was opened again', async () => {
    const first = await database()
    await addRating(first, input, 5)
    await addRating(first, { ...input, rating: 2, blind: false, seed: null }, 5)
    await first.close()
    const second = await database()
    const found = await listRatings(second)
    expect(found.map(({ rating, blind, seed }) => [rating, blind, seed])).toEqual([
      [4, true, 7],
      [2, false, null],
    ])
    expect(new Set(found.map(({ id }) => id)).size).toBe(2)
    await second.close()
  })

  it('refuse a picture that the decoder does not have, and keep nothing of it', async () => {
    const own = await database()
    for (const pictures of [0, 2])
      await expect(addRating(own, input, pictures)).rejects.toMatchObject({ problem: { code: 'NOT_FOUND' } })
    expect(await listRatings(own)).toEqual([])
    await own.close()
  })
})
