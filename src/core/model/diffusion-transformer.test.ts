import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { tf } from '../tensor/tf.ts'
import { relativeBucket } from './attention.ts'
import { denoiseWithTransformer, transformerSpecs } from './diffusion-transformer.ts'
import { Parameters } from './parameters.ts'
import type { NetworkSettings } from './settings.ts'
import { mindEye2Settings } from './settings.ts'
import { perturbed, relativeError, testBackends } from './test-support.ts'
import type { WeightArrays } from './weights.ts'
import { disposeWeights, initialWeights, toTensors } from './weights.ts'

const settings: NetworkSettings = {
  ...mindEye2Settings,
  tokens: 3,
  width: 8,
  transformer: {
    ...mindEye2Settings.transformer,
    depth: 2,
    heads: 3,
    headWidth: 6,
    feedForward: 2,
    rotary: 4,
    relativeBuckets: 6,
    relativeDistance: 5,
  },
}

/** One row of tokens through the transformer, token by token in double precision: the definition, spelled out. */
function reference(noisy: number[], time: number, brain: number[], arrays: WeightArrays): number[] {
  const { tokens, width, transformer } = settings
  const { heads, headWidth, rotary, attentionScale } = transformer
  const data = (name: string) => Array.from(arrays[`bb.prior.${name}`]!.data)
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  const linear = (x: number[], name: string) => {
    const w = data(`${name}.weight`)
    const bias = arrays[`bb.prior.${name}.bias`]?.data
    return Array.from(
      { length: w.length / x.length },
      (_, o) => dot(w.slice(o * x.length, (o + 1) * x.length), x) + (bias?.[o] ?? 0),
    )
  }
  const norm = (x: number[], name: string) => {
    const mean = x.reduce((a, b) => a + b) / x.length
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length
    return x.map((v, j) => ((v - mean) / Math.sqrt(variance + 1e-5)) * data(`${name}.weight`)[j]!)
  }
  const silu = (v: number) => v / (1 + Math.exp(-v))
  const unit = (x: number[]) => x.map((v) => v / Math.hypot(...x))
  const turned = (x: number[], position: number) =>
    x.map((v, i) => {
      if (i >= rotary) return v
      const angle = position / 10_000 ** ((i - (i % 2)) / rotary)
      const other = i % 2 === 0 ? -x[i + 1]! : x[i - 1]!
      return v * Math.cos(angle) + other * Math.sin(angle)
    })

  const half = width / 2
  const sinusoid = Array.from({ length: width }, (_, i) => {
    const angle = (time - 1) * Math.exp((-Math.log(10_000) * (i % half)) / (half - 1))
    return i < half ? Math.sin(angle) : Math.cos(angle)
  })
  const timeToken = linear(linear(linear(sinusoid, 'time.0').map(silu), 'time.1').map(silu), 'time.2')
  const positions = data('positions')
  const token = (values: number[], t: number) => values.slice(t * width, (t + 1) * width)
  const all = Array.from({ length: tokens }, (_, t) => t)
  let sequence = [
    ...all.map((t) => token(brain, t)),
    timeToken,
    ...all.map((t) => token(noisy, t).map((v, j) => v + token(positions, t)[j]!)),
  ]
  const table = data('relative_bias')
  for (let layer = 0; layer < transformer.depth; layer++) {
    const name = `layers.${layer}.attention`
    const nulls = data(`${name}.null_key_value`)
    const inputs = sequence.map((x) => norm(x, `${name}.norm`))
    const both = inputs.map((x) => linear(x, `${name}.key_value`))
    const keys = [nulls.slice(0, headWidth), ...both.map((kv, p) => turned(kv.slice(0, headWidth), p))].map(unit)
    const values = [nulls.slice(headWidth), ...both.map((kv) => kv.slice(headWidth))]
    sequence = sequence.map((x, query) => {
      const q = linear(inputs[query]!, `${name}.query`)
      const joined = Array.from({ length: heads }, (_, head) => {
        const own = unit(turned(q.slice(head * headWidth, (head + 1) * headWidth), query))
        const scores = keys.map(
          (key, k) => attentionScale * dot(own, key) + table[relativeBucket(query - k, transformer) * heads + head]!,
        )
        const top = Math.max(...scores)
        const shares = scores.map((score) => Math.exp(score - top))
        const total = shares.reduce((a, b) => a + b)
        return Array.from(
          { length: headWidth },
          (_u, d) =>
            dot(
              shares,
              values.map((v) => v[d]!),
            ) / total,
        )
      }).flat()
      const out = norm(linear(joined, `${name}.out`), `${name}.out_norm`)
      return x.map((v, j) => v + out[j]!)
    })
    sequence = sequence.map((x) => {
      const inner = linear(norm(x, `layers.${layer}.feed_forward.norm`), `layers.${layer}.feed_forward.in`)
      const gated = inner.slice(0, inner.length / 2).map((v, j) => v * silu(inner[inner.length / 2 + j]!))
      const out = linear(gated, `layers.${layer}.feed_forward.out`)
      return x.map((v, j) => v + out[j]!)
    })
  }
  return sequence
    .slice(-tokens)
    .map((x) => x.map((v) => v / Math.max(...x)))
    .flatMap((x) => linear(norm(x, 'norm'), 'out'))
}

it('buckets: exact when near, logarithmic when far, later positions together', () => {
  const buckets = [-40, -1, 0, 1, 15, 16, 22, 23, 64, 127, 128, 4000].map((d) =>
    relativeBucket(d, mindEye2Settings.transformer),
  )
  expect(buckets).toEqual([0, 0, 0, 1, 15, 16, 18, 18, 26, 31, 31, 31])
})

describe.each(testBackends)('the transformer denoiser on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })

  const size = settings.tokens * settings.width
  const rows = 2
  const arrays = perturbed(initialWeights(transformerSpecs(settings), 5), Random.of('transformer'))
  const noisy = Random.of('noisy').normals(rows * size)
  const brain = Random.of('brain').normals(rows * size)
  const times = Int32Array.from([3, 97])

  it('equals the definition in double precision, row by row', () => {
    const weights = toTensors(arrays)
    const actual = tf.tidy(() =>
      denoiseWithTransformer(
        tf.tensor2d(noisy, [rows, size]),
        times,
        tf.tensor2d(brain, [rows, size]),
        new Parameters(weights),
        settings,
      ).dataSync<'float32'>(),
    )
    const expected = [0, 1].flatMap((row) => {
      const own = (values: Float32Array) => Array.from(values.subarray(row * size, (row + 1) * size))
      return reference(own(noisy), times[row]!, own(brain), arrays)
    })
    expect(relativeError(actual, expected)).toBeLessThan(1e-4)
    disposeWeights(weights)
  })

  it('replaces tokens by nulls only while it is trained, by whole rows', () => {
    const weights = toTensors(arrays)
    const dropsAll = { ...settings, transformer: { ...settings.transformer, brainDropout: 1, pictureDropout: 1 } }
    const run = (trained: string[], from: Float32Array) =>
      tf.tidy(() =>
        denoiseWithTransformer(
          tf.tensor2d(from, [rows, size]),
          Int32Array.from([3, 3]),
          tf.tensor2d(from, [rows, size]),
          new Parameters(weights, trained),
          dropsAll,
          Random.of(1),
        ).dataSync<'float32'>(),
      )
    const frozen = run([], noisy)
    const dropped = run(['bb.prior.out.weight'], noisy)
    expect(relativeError(dropped, frozen)).toBeGreaterThan(0.01)
    // With everything replaced the input no longer matters, and the two rows are alike.
    expect(relativeError(run(['bb.prior.out.weight'], brain), dropped)).toBeLessThan(1e-6)
    expect(relativeError(dropped.subarray(0, size), dropped.subarray(size))).toBeLessThan(1e-6)
    disposeWeights(weights)
  })
})
