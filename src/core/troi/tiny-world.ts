/**
 * A very small world for tests: voxels on a grid, some of which carry a linear code of a picture embedding, the same code
 * up to a random map in every subject. Small enough for every stage to run in a fraction of a second.
 */
import type { SubjectData, Targets, TrialSet } from '../data/subject-data.ts'
import { Random } from '../random/random.ts'

export interface TinyOptions {
  readonly trials?: number
  readonly signal?: number
}

export const tinyDimensions = 8
const shape = [7, 6, 6] as const

/** Embeddings of `count` pictures, or of labels. The first half counts as pixel part. */
export function tinyTargets(count: number, seed: number, kind: Targets['kind'] = 'pictures'): Targets {
  return {
    kind,
    dimensions: tinyDimensions,
    vectors: Random.of(seed, 'tiny embeddings', kind).normals(count * tinyDimensions),
    names: Array.from({ length: count }, (_, i) => `${kind === 'pictures' ? 'picture' : 'label'} ${i}`),
    semanticStart: tinyDimensions / 2,
  }
}

/** A subject with a ball of true voxels, an annotated ROI around most of it, four runs, and one test trial per picture. */
export function tinySubject(name: string, targets: Targets, seed: number, options: TinyOptions = {}): SubjectData {
  const { trials = 120, signal = 2 } = options
  const [nx, ny, nz] = shape
  const inside: number[] = []
  const truth: number[] = []
  const annotated: number[] = []
  for (let flat = 0; flat < nx * ny * nz; flat++) {
    const [x, y, z] = [Math.floor(flat / (ny * nz)), Math.floor(flat / nz) % ny, flat % nz] as const
    if ((x - 3) ** 2 / 12 + (y - 2.5) ** 2 / 8 + (z - 2.5) ** 2 / 8 > 1) continue
    inside.push(flat)
    const distance = (x - 3) ** 2 + (y - 2) ** 2 + (z - 3) ** 2
    truth.push(distance <= 2 ? 1 : 0)
    annotated.push(distance <= 6 && x <= 4 ? 1 : 0)
  }
  const tuning = Random.of(seed, name, 'tuning').normals(inside.length * tinyDimensions)
  const make = (set: string, rows: Int32Array, noise: number): TrialSet => {
    const random = Random.of(seed, name, set)
    const betas = new Float32Array(rows.length * inside.length)
    rows.forEach((item, row) => {
      for (let v = 0; v < inside.length; v++) {
        let value = noise * random.normal()
        if (truth[v]) {
          for (let d = 0; d < tinyDimensions; d++) {
            value +=
              (signal / Math.sqrt(tinyDimensions)) *
              tuning[v * tinyDimensions + d]! *
              targets.vectors[item * tinyDimensions + d]!
          }
        }
        betas[row * inside.length + v] = value
      }
    })
    const run = Int32Array.from(rows, (_, row) => Math.floor((4 * row) / rows.length))
    return { trials: rows.length, betas, target: rows, session: new Int32Array(rows.length), run }
  }
  const { train, test } = shownItems(targets, trials, Random.of(seed, name, 'items'))
  return {
    name,
    space: {
      grid: { shape, affine: [2, 0, 0, -7, 0, 2, 0, -6, 0, 0, 2, -6, 0, 0, 0, 1] },
      index: Int32Array.from(inside),
    },
    train: make('train', train, 1),
    test: make('test', test, 0.5),
    annotated: Uint8Array.from(annotated),
    truth: Uint8Array.from(truth),
  }
}

/** Training: the first three quarters of the pictures, each at most once or twice; test: the others, once each. */
function shownItems(targets: Targets, trials: number, random: Random): { train: Int32Array; test: Int32Array } {
  const items = targets.names.length
  if (targets.kind === 'labels') {
    const repeated = (count: number) => Int32Array.from({ length: count }, (_, i) => i % items)
    return { train: repeated(trials), test: repeated(2 * items) }
  }
  const seen = Math.floor(items * 0.75)
  const order = [...random.permutation(seen), ...random.permutation(seen)]
  return {
    train: Int32Array.from(order.slice(0, trials)),
    test: Int32Array.from({ length: items - seen }, (_, i) => seen + i),
  }
}
