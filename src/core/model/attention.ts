/**
 * Multi-query attention of MindEye2's prior: many query heads, one shared key and value head, plus one learned null key
 * and value that every query may attend to. Queries and keys are L2-normalised (cosine similarity, scale 16), the
 * leading dimensions of each head are rotated by position (rotary embedding), and a learned bias per head depends on the
 * bucketed distance to earlier positions (T5; later positions share bucket 0).
 */
import type { Tensor, Tensor2D, Tensor3D } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'
import { layerNorm } from './operations/layer-norm.ts'
import { linear } from './operations/linear.ts'
import { normalise } from './operations/normalise.ts'
import type { Parameters } from './parameters.ts'
import type { TransformerSettings } from './settings.ts'
import type { ParameterSpec } from './weights.ts'
import { linearSpecs, normSpecs } from './weights.ts'

export function attentionSpecs(name: string, width: number, settings: TransformerSettings): ParameterSpec[] {
  const { heads, headWidth } = settings
  return [
    ...normSpecs(`${name}.norm`, width, false),
    { name: `${name}.null_key_value`, shape: [2, headWidth], initial: { kind: 'normal', scale: 1 } },
    ...linearSpecs(`${name}.query`, width, heads * headWidth, false),
    ...linearSpecs(`${name}.key_value`, width, 2 * headWidth, false),
    ...linearSpecs(`${name}.out`, heads * headWidth, width, false),
    ...normSpecs(`${name}.out_norm`, width, false),
  ]
}

/** T5's bucket of a key `distance` positions before the query: exact when near, logarithmic when far. */
export function relativeBucket(distance: number, settings: TransformerSettings): number {
  const { relativeBuckets, relativeDistance } = settings
  const back = Math.max(distance, 0)
  const exact = relativeBuckets / 2
  if (back < exact) return back
  const far = Math.log(back / exact) / Math.log(relativeDistance / exact)
  return Math.min(exact + Math.floor(far * (relativeBuckets - exact)), relativeBuckets - 1)
}

/** Bias per head, query and key (heads × length × (length + 1)); key 0 is the null key. `table`: buckets × heads. */
export function relativeBias(length: number, table: Tensor2D, settings: TransformerSettings): Tensor3D {
  const keys = length + 1
  const chosen = new Float32Array(length * keys * settings.relativeBuckets)
  for (let query = 0; query < length; query++) {
    for (let key = 0; key < keys; key++) {
      chosen[(query * keys + key) * settings.relativeBuckets + relativeBucket(query - key, settings)] = 1
    }
  }
  // A product with a one-hot matrix: a gather has no gradient on the WebAssembly backend.
  const oneHot = tf.tensor2d(chosen, [length * keys, settings.relativeBuckets])
  const bias = tf.reshape<tf.Rank.R3>(tf.matMul(oneHot, table), [length, keys, settings.heads])
  return tf.transpose(bias, [2, 0, 1])
}

export interface Rotation {
  /** length × headWidth; 1 and 0 in the dimensions that are not rotated. */
  readonly cosine: Tensor2D
  readonly sine: Tensor2D
  /** headWidth × headWidth; x · quarter turns each pair (x₀, x₁) to (−x₁, x₀). */
  readonly quarter: Tensor2D
}

/** Rotary position embedding: pair k turns by position · 10000^(−2k/rotary). */
export function rotation(length: number, settings: TransformerSettings): Rotation {
  const { headWidth } = settings
  const rotary = Math.min(settings.rotary, headWidth - (headWidth % 2))
  const cosine = new Float32Array(length * headWidth).fill(1)
  const sine = new Float32Array(length * headWidth)
  const quarter = new Float32Array(headWidth * headWidth)
  for (let pair = 0; pair < rotary / 2; pair++) {
    const even = 2 * pair
    quarter[(even + 1) * headWidth + even] = -1
    quarter[even * headWidth + even + 1] = 1
    for (let position = 0; position < length; position++) {
      const angle = position * 10_000 ** (-even / rotary)
      for (const column of [even, even + 1]) {
        cosine[position * headWidth + column] = Math.cos(angle)
        sine[position * headWidth + column] = Math.sin(angle)
      }
    }
  }
  const shape: [number, number] = [length, headWidth]
  return {
    cosine: tf.tensor2d(cosine, shape),
    sine: tf.tensor2d(sine, shape),
    quarter: tf.tensor2d(quarter, [headWidth, headWidth]),
  }
}

/** x (… × length × headWidth), rotated by position. */
function rotate<T extends Tensor>(x: T, { cosine, sine, quarter }: Rotation): T {
  const flat = tf.reshape<tf.Rank.R2>(x, [-1, quarter.shape[0]])
  const turned = tf.reshape(tf.matMul(flat, quarter), x.shape)
  return tf.add(tf.mul(x, cosine), tf.mul(turned, sine))
}

export interface AttentionContext {
  readonly rows: number
  /** Tokens per row. */
  readonly length: number
  readonly bias: Tensor3D
  readonly rotation: Rotation
}

/** x (rows·length × width) → rows·length × width. */
export function attention(
  x: Tensor2D,
  name: string,
  context: AttentionContext,
  parameters: Parameters,
  settings: TransformerSettings,
): Tensor2D {
  const { rows, length } = context
  const { heads, headWidth } = settings
  const scale = Math.sqrt(settings.attentionScale)
  const normal = layerNorm(x, parameters.norm(`${name}.norm`))
  const queries = tf.transpose(
    tf.reshape<tf.Rank.R4>(linear(normal, parameters.linear(`${name}.query`)), [rows, length, heads, headWidth]),
    [0, 2, 1, 3],
  )
  const q = tf.mul(normalise(rotate(queries, context.rotation)), scale)

  const both = tf.reshape<tf.Rank.R3>(linear(normal, parameters.linear(`${name}.key_value`)), [
    rows,
    length,
    2 * headWidth,
  ])
  const part = (index: number) => tf.slice(both, [0, 0, index * headWidth], [rows, length, headWidth])
  // Multiplied by ones rather than tiled: the gradient is then a plain sum over the rows.
  const nullRow = (index: number) =>
    tf.mul<Tensor3D>(
      tf.ones([rows, 1, 1]),
      tf.reshape(tf.slice(parameters.matrix(`${name}.null_key_value`), [index, 0], [1, headWidth]), [1, 1, headWidth]),
    )
  const keys = tf.concat([nullRow(0), rotate(part(0), context.rotation)], 1)
  const k = tf.mul<Tensor3D>(normalise(keys), scale)
  const v = tf.concat([nullRow(1), part(1)], 1)

  // One key head for all query heads: the heads are just more rows of the same product.
  const q3 = tf.reshape<tf.Rank.R3>(q, [rows, heads * length, headWidth])
  const similarity = tf.reshape<tf.Rank.R4>(tf.matMul(q3, tf.transpose(k, [0, 2, 1])), [
    rows,
    heads,
    length,
    length + 1,
  ])
  const shares = tf.softmax(tf.add(similarity, context.bias))
  const mixed = tf.matMul(tf.reshape<tf.Rank.R3>(shares, [rows, heads * length, length + 1]), v)
  const perHead = tf.reshape<tf.Rank.R4>(mixed, [rows, heads, length, headWidth])
  const joined = tf.reshape<tf.Rank.R2>(tf.transpose(perHead, [0, 2, 1, 3]), [rows * length, heads * headWidth])
  return layerNorm(linear(joined, parameters.linear(`${name}.out`)), parameters.norm(`${name}.out_norm`))
}
