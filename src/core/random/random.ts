/**
 * Seeded random numbers. Every draw of the product comes from here, so a run is a pure function of its seed.
 *
 * `Random.of(seed, 'stage1', epoch, 3)` makes an independent stream for that key: batch order, MixCo and dropout are
 * drawn from a stream named by (seed, purpose, epoch, step) and never from a stream that runs through the whole
 * training, which is what makes resuming bit-exact. Generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded by an
 * FNV-1a / murmur finaliser hash of the key. Not for cryptography.
 */
export type StreamKey = number | string

/**
 * Ziggurat of 128 layers under exp(−x²/2), equal in area (Marsaglia and Tsang 2000, layer and position from different bits
 * as Doornik 2005 asks): right edges of the layers, and how much of each lies wholly under the curve.
 */
const ziggurat = (() => {
  const layers = 128
  const tail = 3.442619855899
  const area = 9.91256303526217e-3
  const edge = new Float64Array(layers + 1)
  let height = Math.exp(-0.5 * tail * tail)
  edge[0] = area / height
  edge[1] = tail
  for (let i = 2; i < layers; i++) {
    edge[i] = Math.sqrt(-2 * Math.log(area / edge[i - 1]! + height))
    height = Math.exp(-0.5 * edge[i]! * edge[i]!)
  }
  const inside = Float64Array.from({ length: layers }, (_, i) => edge[i + 1]! / edge[i]!)
  // The same for a position of 24 bits, sign included.
  const core = Int32Array.from(inside, (share) => Math.floor(share * 8388608))
  const step = Float64Array.from(inside, (_, i) => edge[i]! / 8388608)
  return { tail, edge, inside, core, step }
})()

function hashKey(parts: readonly StreamKey[]): [number, number, number, number] {
  const state: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]
  const text = parts.map((part) => (typeof part === 'number' ? `#${part}` : `$${part}`)).join('|')
  for (let lane = 0; lane < 4; lane++) {
    let h = (0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b9)) >>> 0
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    state[lane] = (h ^ (h >>> 16)) >>> 0
  }
  return state
}

export class Random {
  #a: number
  #b: number
  #c: number
  #counter: number
  #spareNormal: number | null = null

  private constructor(state: [number, number, number, number]) {
    this.#a = state[0] | 0
    this.#b = state[1] | 0
    this.#c = state[2] | 0
    this.#counter = state[3] | 0
    for (let i = 0; i < 12; i++) this.#next()
  }

  /** The stream named by this key. Equal keys give equal numbers, on every machine. */
  static of(...key: StreamKey[]): Random {
    return new Random(hashKey(key))
  }

  #next(): number {
    const t = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + t) | 0
    return t >>> 0
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    const high = this.#next() >>> 5
    const low = this.#next() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  /** 32 fair bits, for bulk draws such as dropout. */
  bits(): number {
    return this.#next()
  }

  /** Uniform integer in [0, bound). */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound)
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const value = this.#spareNormal
      this.#spareNormal = null
      return value
    }
    for (;;) {
      const u = 2 * this.uniform() - 1
      const v = 2 * this.uniform() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s)
        this.#spareNormal = v * factor
        return u * factor
      }
    }
  }

  /**
   * Standard normals in bulk (ziggurat, 24 bits each), several times faster than `normal`; a different sequence from it.
   * Fills the first `count` places of `out`.
   */
  fillNormal(out: Float32Array, count = out.length): void {
    const { core, step } = ziggurat
    // The generator's state in local variables: `#next` written out, twice as fast.
    let a = this.#a
    let b = this.#b
    let c = this.#c
    let counter = this.#counter
    for (let i = 0; i < count; i++) {
      const bits = (((a + b) | 0) + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + bits) | 0
      const layer = bits & 127
      const place = bits >> 8
      if (place < core[layer]! && place > -core[layer]!) out[i] = place * step[layer]!
      else {
        this.#a = a
        this.#b = b
        this.#c = c
        this.#counter = counter
        out[i] = this.#outsideLayer(layer, place / 8388608)
        a = this.#a
        b = this.#b
        c = this.#c
        counter = this.#counter
      }
    }
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = counter
  }

  /** The rare part of the ziggurat: a point beside its layer's core, kept if under the curve, else drawn anew. */
  #outsideLayer(firstLayer: number, firstPlace: number): number {
    const { tail, edge, inside } = ziggurat
    let layer = firstLayer
    let place = firstPlace
    for (;;) {
      if (Math.abs(place) < inside[layer]!) return place * edge[layer]!
      if (layer === 0) {
        for (;;) {
          const x = Math.log(1 - this.uniform()) / tail
          if (-2 * Math.log(1 - this.uniform()) > x * x) return place < 0 ? x - tail : tail - x
        }
      }
      const x = place * edge[layer]!
      const low = Math.exp(-0.5 * (edge[layer]! ** 2 - x * x))
      const high = Math.exp(-0.5 * (edge[layer + 1]! ** 2 - x * x))
      if (high + this.uniform() * (low - high) < 1) return x
      const bits = this.#next()
      layer = bits & 127
      place = ((bits | 0) >> 8) / 8388608
    }
  }

  /** Gamma(shape, 1) (Marsaglia and Tsang 2000). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v <= 0) continue
      const u = 1 - this.uniform()
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }

  /** Beta(a, b), in (0, 1). */
  beta(a: number, b: number): number {
    const x = this.gamma(a)
    const y = this.gamma(b)
    // Both can underflow to 0 for small shapes; the limit is then a fair choice of an end.
    return x + y > 0 ? x / (x + y) : this.uniform() < 0.5 ? 0 : 1
  }

  normals(count: number): Float32Array {
    const out = new Float32Array(count)
    for (let i = 0; i < count; i++) out[i] = this.normal()
    return out
  }

  /** A random permutation of 0 … count − 1 (Fisher-Yates). */
  permutation(count: number): Int32Array {
    const out = Int32Array.from({ length: count }, (_, i) => i)
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const kept = out[i]!
      out[i] = out[j]!
      out[j] = kept
    }
    return out
  }

  /** `count` different numbers of 0 … bound − 1, in random order. */
  sample(bound: number, count: number): Int32Array {
    if (count > bound) throw new RangeError(`cannot draw ${count} different numbers below ${bound}`)
    return this.permutation(bound).slice(0, count)
  }
}
