/** Generated numbers and pictures for tests of the screens: plausible in form, meaningless in content. */
import type { Evaluation, TableRow } from '../../../src/core/contract/result.ts'
import type { Metric } from '../../../src/core/evaluate/metric.ts'
import { publishedNames } from '../../../src/core/packs/published.ts'

/** Numbers from 0 to 1 that are the same every time. */
export function scatter(seed: number): () => number {
  let state = Math.imul(seed + 1, 2654435761) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const clamp = (value: number) => Math.max(0, Math.min(1, value))

function metric(value: number, spread: number, chance: number | null, n: number): Metric {
  return { value, direction: 'higher', chance, n, interval: [value - spread, value + spread] }
}

const n = 100

/** name, voxels, dice, level of retrieval */
const conditions: readonly (readonly [string, number, number | null, number])[] = [
  ['troi', 320, 0.68, 0.44],
  ['annotated', 1500, 0.31, 0.24],
  ['whole', 14_000, 0.12, 0.11],
  ['random', 320, 0.05, 0.02],
  ['random-in-annotated', 320, 0.2, 0.13],
  ['noise-ceiling+filter', 320, 0.5, 0.37],
  ['encoding+filter', 320, 0.66, 0.44],
  ['ridge+filter', 320, 0.64, 0.42],
  ['instant', 320, 0.69, 0.45],
  ['memory', 320, 0.55, 0.38],
  ['without-filter', 320, 0.4, 0.35],
  ['without-pretraining', 320, 0.6, 0.3],
  ['decoder-ridge:troi', 320, 0.68, 0.36],
  ['decoder-ridge:annotated', 1500, 0.31, 0.22],
  ['true', 320, 1, 0.47],
]

export function tableRows(seeds: readonly number[]): TableRow[] {
  return seeds.flatMap((seed) =>
    conditions.map(([condition, voxels, dice, level], at): TableRow => {
      const random = scatter(97 * seed + at + 3)
      const up = clamp(level + 0.05 * (random() - 0.5))
      const back = clamp(1.2 * level + 0.07 * (random() - 0.5))
      const pixCorr = clamp(0.35 + 0.45 * level + 0.02 * (random() - 0.5))
      const ssim = 0.23 + 0.03 * level
      const twoWay = clamp(0.5 + level)
      return {
        seed,
        condition,
        voxels,
        dice: dice === null ? null : clamp(dice + 0.03 * (random() - 0.5)),
        brainToImage: up,
        imageToBrain: back,
        pixCorr,
        ssim,
        accuracy: null,
        seconds: 4 + 20 * random(),
        metrics: {
          brainToImage: metric(up, 0.06, 1 / n, n),
          imageToBrain: metric(back, 0.07, 1 / n, n),
          pixCorr: metric(pixCorr, 0.02, 0, n),
          ssim: metric(ssim, 0.006, null, n),
          twoWay: metric(twoWay, 0.03, 0.5, n),
        },
      }
    }),
  )
}

/** Rows of an experiment over amounts: four budgets of the method, and the annotated ROI. */
export function budgetRows(seeds: readonly number[]): TableRow[] {
  const like = tableRows(seeds)
  const amounts = [
    ['troi@V/3', 107, 0.7],
    ['troi@2V/3', 213, 0.9],
    ['troi@V', 320, 1],
    ['troi@2V', 640, 0.95],
  ] as const
  return seeds.flatMap((seed) => {
    const row = (name: string) => like.find((one) => one.seed === seed && one.condition === name)!
    const { value, ...about } = row('troi').metrics.brainToImage!
    const [low, high] = about.interval
    return [
      ...amounts.map(([condition, voxels, part]): TableRow => {
        const own = { ...about, value: part * value, interval: [part * low, part * high] as [number, number] }
        return { ...row('troi'), condition, voxels, metrics: { brainToImage: own } }
      }),
      row('annotated'),
    ]
  })
}

export const labels = ['bottle', 'cat', 'chair', 'face', 'house', 'scissors', 'scrambled', 'shoe']

export function labelEvaluation(): Evaluation {
  const random = scatter(11)
  const counts = labels.map((_, i) => {
    const row = labels.map(() => 0)
    for (let trial = 0; trial < 12; trial++) row[random() < 0.62 ? i : Math.floor(random() * labels.length)]!++
    return row
  })
  const right = counts.reduce((sum, row, i) => sum + row[i]!, 0)
  const accuracy = right / (12 * labels.length)
  return {
    metrics: {
      accuracy: metric(accuracy, 0.09, 1 / labels.length, 12 * labels.length),
      balancedAccuracy: metric(accuracy, 0.09, 1 / labels.length, 12 * labels.length),
    },
    confusion: { labels, counts },
    permutation: { observed: accuracy, mean: 0.126, maximum: 0.219, p: 1 / 1001, permutations: 1000 },
  }
}

export function pictureEvaluation(): Evaluation {
  const row = tableRows([0])[0]!
  return {
    metrics: row.metrics,
    packMetrics: [
      {
        ...{ pack: 'small-network', version: '1.0.0', manifest: 'c'.repeat(64), output: 'embedding' },
        label: 'A network with a long name, embedding after the last pooling',
        standsFor: 'a published network of another size, for tests of the screens',
        measure: 'twoWay',
        publishedAs: null,
        standsInFor: publishedNames[0],
        metric: metric(0.71, 0.04, 0.5, n),
      },
    ],
    missingMetrics: [{ name: publishedNames[1], words: 'No installed pack gives this number.' }],
    notes: ['Pictures were reconstructed by the built-in embedding, without a decoder pack.'],
  }
}

export const pictureSize = 48

function paint(
  count: number,
  draw: (item: number, x: number, y: number) => readonly [number, number, number],
): Uint8Array {
  const out = new Uint8Array(count * pictureSize * pictureSize * 3)
  let at = 0
  for (let item = 0; item < count; item++)
    for (let y = 0; y < pictureSize; y++)
      for (let x = 0; x < pictureSize; x++) for (const c of draw(item, x, y)) out[at++] = c
  return out
}

interface Scene {
  readonly sky: readonly [number, number, number]
  readonly ground: readonly [number, number, number]
  readonly horizon: number
  readonly disc: readonly [number, number, number]
  readonly at: readonly [number, number, number]
}

function scene(item: number): Scene {
  const random = scatter(item + 41)
  const colour = () => [60 + 190 * random(), 60 + 190 * random(), 60 + 190 * random()] as const
  return {
    sky: colour(),
    ground: colour(),
    horizon: pictureSize * (0.5 + 0.25 * random()),
    disc: colour(),
    at: [10 + 28 * random(), 22 + 18 * random(), 6 + 7 * random()],
  }
}

function colourAt(of: Scene, x: number, y: number, blur: number): [number, number, number] {
  const sky = 1 / (1 + Math.exp((y - of.horizon) / blur))
  const distance = Math.hypot(x - of.at[0], y - of.at[1])
  const disc = 1 / (1 + Math.exp((distance - of.at[2]) / blur))
  return [0, 1, 2].map((c) => {
    const ground = sky * of.sky[c]! * (0.8 + (0.2 * y) / pictureSize) + (1 - sky) * of.ground[c]!
    return Math.round(disc * of.disc[c]! + (1 - disc) * ground)
  }) as [number, number, number]
}

export function pictures(count: number): { truth: Uint8Array; decoded: Uint8Array; blurred: Uint8Array } {
  const scenes = Array.from({ length: count }, (_, item) => scene(item))
  return {
    blurred: paint(count, (item, x, y) => {
      const [r, g, b] = colourAt(scenes[item]!, x, y, 12)
      return [0.7 * r + 40, 0.7 * g + 40, 0.7 * b + 40]
    }),
    truth: paint(count, (item, x, y) => colourAt(scenes[item]!, x, y, 0.4)),
    decoded: paint(count, (item, x, y) => {
      const [r, g, b] = colourAt(scenes[item]!, x, y, 4 + (item % 5))
      return [0.85 * r + 18, 0.85 * g + 18, 0.85 * b + 18]
    }),
  }
}

/** Five neighbours by similarity with the right answer at its rank, or after them where it comes later. */
function nearestTo(item: number, rank: number, count: number) {
  const others = Array.from({ length: Math.min(5, count) }, (_, at) => (at === rank ? item : (item + 3 + at) % count))
  const found = rank < 5 ? others : [...others, item]
  return found.map((other, at) => ({ item: other, similarity: at < 5 ? 0.7 - 0.03 * at : 0.3 }))
}

export function galleryItems(count: number, other = false) {
  return Array.from({ length: count }, (_, item) => {
    const random = scatter(other ? 13 * item + 5 : item + 7)
    const [up, back] = [random() ** 3 * count, random() ** 3 * count].map(Math.floor) as [number, number]
    return {
      name: `scene_${String(item).padStart(4, '0')}`,
      pixCorr: (other ? 0.8 : 0.95) - 0.55 * random(),
      ssim: 0.3 + 0.3 * random(),
      rankBrainToImage: up,
      rankImageToBrain: back,
      nearest: { brainToImage: nearestTo(item, up, count), imageToBrain: nearestTo(item, back, count) },
    }
  })
}
