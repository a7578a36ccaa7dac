/** Ratings of decoded pictures in a project's database: added, read, never changed and never removed. */
import { v7 as newId } from 'uuid'
import { type Rating, type RatingInput, ratingSchema } from '../../core/contract/rating.ts'
import { ProblemError } from '../../core/problem.ts'
import type { Database } from './database.ts'

/** NOT_FOUND where the project has no such decoder, or the decoder no such picture. `pictures` counts the decoder's pictures. */
export async function addRating(database: Database, input: RatingInput, pictures: number): Promise<Rating> {
  if (input.item >= pictures)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'There is no such picture to rate.',
      where: `picture ${input.item + 1} of decoder ${input.decoder}`,
      expected: pictures === 0 ? 'a decoder with pictures' : `a picture from 1 to ${pictures}`,
      fix: 'Open the pictures of a decoder of this project and rate one of them.',
    })
  const rating: Rating = { ...input, id: newId(), created: new Date().toISOString() }
  const { id, decoder, item, rater, seed, created } = rating
  await database.run(
    'INSERT INTO rating (id, decoder, item, rating, rater, blind, seed, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [id, decoder, item, rating.rating, rater, rating.blind ? 1 : 0, seed, created],
  )
  return rating
}

/** All ratings, oldest first. */
export async function listRatings(database: Database): Promise<Rating[]> {
  const rows = await database.all('SELECT * FROM rating ORDER BY created, id')
  return rows.map((row) => ratingSchema.parse({ ...row, blind: row.blind === 1 }))
}
