import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { candidateCount, csls, drawCount, nearestOf, ranksAmong, retrieval, retrievalFrom } from './retrieval.ts'
import { cosineMatrix } from './similarity.ts'

const everyone = (count: number) => Int32Array.from({ length: count }, (_, i) => i)

/** Noisy copies: row i of the brain belongs to row i of the pictures. */
function pairs(random: Random, count: number, dimensions: number, noise: number) {
  const pictures = random.normals(count * dimensions)
  return { pictures, brain: pictures.map((value) => value + noise * random.normal()) }
}

describe('ranks', () => {
  it('equal a full sort of each row and each column', () => {
    const seed = 61
    const random = Random.of(seed, 'ranks')
    for (let round = 0; round < 40; round++) {
      const count = 1 + random.integer(20)
      // Few levels, so that ties occur; a tie counts against the right answer.
      const similarity = Float64Array.from({ length: count * count }, () => random.integer(8))
      const items = random.sample(count, 1 + random.integer(count))
      const found = ranksAmong(similarity, count, items)
      items.forEach((self, i) => {
        const others = [...items].filter((other) => other !== self)
        const own = similarity[self * count + self]!
        const label = `seed ${seed}, round ${round}`
        expect(found.brainToImage[i], label).toBe(others.filter((o) => similarity[self * count + o]! >= own).length)
        expect(found.imageToBrain[i], label).toBe(others.filter((o) => similarity[o * count + self]! >= own).length)
      })
    }
  })

  it('put an item last whose similarity is not a number', () => {
    const similarity = Float64Array.of(Number.NaN, 0.1, 0.2, 0.9)
    const { brainToImage, imageToBrain } = ranksAmong(similarity, 2, everyone(2))
    expect([...brainToImage]).toEqual([1, 0])
    expect([...imageToBrain]).toEqual([1, 0])
    const others = Float64Array.of(0.5, Number.NaN, Number.NaN, 0.5)
    expect([...ranksAmong(others, 2, everyone(2)).brainToImage]).toEqual([1, 1])
  })
})

describe('retrieval', () => {
  it('equals the arg max of every row and column where there are at most 300 items', () => {
    const seed = 67
    const random = Random.of(seed, 'retrieval')
    for (let round = 0; round < 10; round++) {
      const count = 2 + random.integer(60)
      const { brain, pictures } = pairs(random, count, 6, 1)
      const similarity = cosineMatrix(brain, pictures, count, count)
      const argmax = (value: (j: number) => number) =>
        [...everyone(count)].reduce((best, j) => (value(j) > value(best) ? j : best), 0)
      const rows = [...everyone(count)].filter((i) => argmax((j) => similarity[i * count + j]!) === i)
      const columns = [...everyone(count)].filter((j) => argmax((i) => similarity[i * count + j]!) === j)
      const found = retrieval(brain, pictures, count, seed)
      expect(found.brainToImage.value, `seed ${seed}, round ${round}`).toBeCloseTo(rows.length / count, 12)
      expect(found.imageToBrain.value, `seed ${seed}, round ${round}`).toBeCloseTo(columns.length / count, 12)
      expect(found.brainToImage.chance).toBe(1 / count)
    }
  })

  it('looks only at directions of the vectors', () => {
    const seed = 71
    const { brain, pictures } = pairs(Random.of(seed, 'scale'), 30, 8, 1)
    const scaled = brain.map((value, at) => value * (1 + Math.floor(at / 8)))
    const [a, b] = [retrieval(brain, pictures, 30, 1), retrieval(scaled, pictures, 30, 1)]
    expect(b.brainToImage.value, `seed ${seed}`).toBeCloseTo(a.brainToImage.value, 12)
    expect(b.imageToBrain.value, `seed ${seed}`).toBeCloseTo(a.imageToBrain.value, 12)
  })

  it('counts any of the first k as right where asked', () => {
    const similarity = Float64Array.of(0.5, 0.9, 0.1, 0.2, 0.3, 0.9, 0.1, 0.8, 0.2)
    // Own pictures rank second, second and second of three.
    expect(retrievalFrom(similarity, 3, 1, 1).brainToImage.value).toBe(0)
    expect(retrievalFrom(similarity, 3, 1, 2).brainToImage).toMatchObject({ value: 1, chance: 2 / 3 })
    expect(retrievalFrom(similarity, 3, 1, 5).brainToImage.chance).toBe(1)
  })

  it('averages 30 draws of 300 above 300 items, the same for the same seed', () => {
    const seed = 73
    const count = 420
    const { brain, pictures } = pairs(Random.of(seed, 'draws'), count, 12, 1.2)
    const similarity = cosineMatrix(brain, pictures, count, count)
    const found = retrievalFrom(similarity, count, seed)
    expect(found.brainToImage).toMatchObject({ n: count, chance: 1 / candidateCount })
    expect(retrievalFrom(similarity, count, seed)).toEqual(found)
    expect(retrievalFrom(similarity, count, seed + 1).brainToImage.value).not.toBe(found.brainToImage.value)
    let sum = 0
    for (let draw = 0; draw < drawCount; draw++) {
      const items = Random.of(seed, 'retrieval draw', draw).sample(count, candidateCount)
      expect(new Set(items).size).toBe(candidateCount)
      sum += ranksAmong(similarity, count, items).brainToImage.filter((rank) => rank === 0).length / candidateCount
    }
    expect(found.brainToImage.value, `seed ${seed}`).toBeCloseTo(sum / drawCount, 12)
    // Fewer candidates are easier than all of them.
    const among = ranksAmong(similarity, count, everyone(count)).brainToImage
    expect(found.brainToImage.value).toBeGreaterThan(among.filter((rank) => rank === 0).length / count)
  })

  it('is at chance for unrelated vectors, inside its own interval', () => {
    const seed = 79
    const random = Random.of(seed, 'chance')
    const count = 300
    let hits = 0
    for (let round = 0; round < 20; round++) {
      const found = retrieval(random.normals(count * 20), random.normals(count * 20), count, round)
      hits += found.brainToImage.value * count
      expect(found.brainToImage.interval[0]).toBeLessThanOrEqual(found.brainToImage.value)
      expect(found.brainToImage.interval[1]).toBeGreaterThanOrEqual(found.brainToImage.value)
    }
    // 20 hits are expected of 6 000 trials (binomial, sd 4.5).
    expect(Math.abs(hits - 20), `seed ${seed}`).toBeLessThan(18)
  })

  it('gives constant predictions no credit: ties count against them', () => {
    const pictures = Random.of(1, 'pictures').normals(40 * 5)
    const constant = new Float32Array(40 * 5).fill(0.3)
    const found = retrieval(constant, pictures, 40, 1)
    expect(found.brainToImage.value).toBeLessThanOrEqual(1 / 40)
    expect(found.imageToBrain.value).toBe(0)
    expect(retrieval(new Float32Array(200), pictures, 40, 1).brainToImage.value).toBe(0)
  })

  it('says that one item leaves nothing to guess', () => {
    expect(retrieval(Float32Array.of(1, 2), Float32Array.of(2, 1), 1, 1).brainToImage).toEqual({
      value: 1,
      direction: 'higher',
      chance: 1,
      n: 1,
      interval: [1, 1],
    })
  })

  it('refuses rows of different lengths', () => {
    expect(() => retrieval(new Float32Array(12), new Float32Array(15), 3, 1)).toThrow(RangeError)
  })
})

describe('CSLS', () => {
  it('equals its definition', () => {
    const seed = 83
    const random = Random.of(seed, 'csls')
    for (const count of [1, 4, 25]) {
      const similarity = Float64Array.from({ length: count * count }, () => random.uniform())
      const found = csls(similarity, count)
      const nearest = (values: number[]) => {
        const top = values.sort((a, b) => b - a).slice(0, 10)
        return top.reduce((sum, value) => sum + value, 0) / top.length
      }
      const all = [...everyone(count)]
      for (const i of all) {
        for (const j of all) {
          const row = nearest(all.map((other) => similarity[i * count + other]!))
          const column = nearest(all.map((other) => similarity[other * count + j]!))
          const expected = 2 * similarity[i * count + j]! - row - column
          expect(found[i * count + j], `seed ${seed}`).toBeCloseTo(expected, 12)
        }
      }
    }
  })

  it('helps where some pictures are near everything', () => {
    const seed = 89
    const random = Random.of(seed, 'hubs')
    const count = 120
    const { brain, pictures } = pairs(random, count, 20, 1.5)
    // Predictions drawn to one direction make the pictures along it hubs.
    const drawn = brain.map((value, at) => value + (at % 20 === 0 ? 2.5 : 0))
    const similarity = cosineMatrix(drawn, pictures, count, count)
    const raw = retrievalFrom(similarity, count, 1).brainToImage.value
    const corrected = retrievalFrom(similarity, count, 1, 1, true)
    expect(corrected.brainToImage.value, `seed ${seed}`).toBeGreaterThan(raw)
    // All items are drawn at once here, so it is the correction over all.
    expect(corrected).toEqual(retrievalFrom(csls(similarity, count), count, 1))
  })

  it('is made among the items of each draw: those that were not drawn are no neighbours', () => {
    const seed = 97
    const random = Random.of(seed, 'drawn hubs')
    const count = 340
    const { brain, pictures } = pairs(random, count, 12, 1.2)
    const similarity = cosineMatrix(brain, pictures, count, count)
    const found = retrievalFrom(similarity, count, seed, 1, true)
    const hits = { brainToImage: 0, imageToBrain: 0 }
    for (let draw = 0; draw < drawCount; draw++) {
      const items = Random.of(seed, 'retrieval draw', draw).sample(count, candidateCount)
      const own = new Float64Array(candidateCount ** 2)
      for (let i = 0; i < candidateCount; i++)
        for (let j = 0; j < candidateCount; j++)
          own[i * candidateCount + j] = similarity[items[i]! * count + items[j]!]!
      const ranks = ranksAmong(csls(own, candidateCount), candidateCount, everyone(candidateCount))
      for (let i = 0; i < candidateCount; i++) {
        if (ranks.brainToImage[i] === 0) hits.brainToImage++
        if (ranks.imageToBrain[i] === 0) hits.imageToBrain++
      }
    }
    const all = drawCount * candidateCount
    expect(found.brainToImage.value, `seed ${seed}`).toBeCloseTo(hits.brainToImage / all, 12)
    expect(found.imageToBrain.value, `seed ${seed}`).toBeCloseTo(hits.imageToBrain / all, 12)
    // The draws matter: corrected over all items it is another number.
    const overAll = retrievalFrom(csls(similarity, count), count, seed)
    expect(found.brainToImage.value).not.toBe(overAll.brainToImage.value)
    expect(found.brainToImage).toMatchObject({ chance: 1 / candidateCount, n: count })
  })
})

describe('nearest items', () => {
  it('agree with the ranks: the right answer stands at its rank, or last where that lies beyond', () => {
    const seed = 67
    const random = Random.of(seed, 'nearest')
    for (let round = 0; round < 30; round++) {
      const count = 1 + random.integer(15)
      const similarity = Float64Array.from({ length: count * count }, () => random.integer(6))
      const ranks = ranksAmong(similarity, count, everyone(count))
      nearestOf(similarity, count, 5).forEach((found, self) => {
        for (const way of ['brainToImage', 'imageToBrain'] as const) {
          const label = `seed ${seed}, round ${round}, item ${self}, ${way}`
          const at = found[way].findIndex(({ item }) => item === self)
          expect(at, label).toBe(Math.min(ranks[way][self]!, 5, found[way].length - 1))
          expect(found[way], label).toHaveLength(Math.min(count, ranks[way][self]! < 5 ? 5 : 6))
          const values = found[way].map((near) => near.similarity)
          expect(values, label).toEqual([...values].sort((a, b) => b - a))
          for (const { item, similarity: value } of found[way])
            expect(value, label).toBe(similarity[way === 'brainToImage' ? self * count + item : item * count + self])
        }
      })
    }
  })
})
