/** A seed per run of the tests, printed so that a failure can be repeated: TROI_TEST_SEED=123 npx vitest run …. */
import { Random } from '../../../src/core/random/random.ts'

export function testRandom(purpose: string): Random {
  const given = process.env.TROI_TEST_SEED
  const seed = given === undefined ? Date.now() % 1_000_000 : Number(given)
  console.info(`${purpose}: seed ${seed}`)
  return Random.of(seed, purpose)
}
