/** Ways to hold trials out. Pure functions of their arguments, so a resumed run sees the same folds. */
import { Random } from '../random/random.ts'

/** Fold of each trial, 0 … folds − 1; all trials of a picture share one, and folds hold about equally many pictures. */
export function foldsByTarget(target: Int32Array, folds: number, seed: number): Int32Array {
  const pictures = [...new Set(target)].sort((a, b) => a - b)
  const order = Random.of(seed, 'folds', folds).permutation(pictures.length)
  const foldOf = new Map<number, number>()
  for (let i = 0; i < pictures.length; i++) foldOf.set(pictures[order[i]!]!, i % folds)
  return Int32Array.from(target, (picture) => foldOf.get(picture)!)
}
