/**
 * All eigenvalues and eigenvectors of a symmetric matrix in double precision, as EISPACK's tred2 and tql2 do it:
 * Householder reflections to tridiagonal form, then QL steps with implicit shifts. Two things differ: reflectors are
 * applied after the QL steps instead of before, and vectors are kept as rows, so that every inner loop runs along memory.
 * About 6 n³ multiplications: 1000 × 1000 takes a few seconds.
 */

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array
  /** Row i is the unit eigenvector of value i; its entry of largest magnitude is positive, which makes it unique. */
  readonly vectors: Float64Array
}

/** `a`: n × n, row-major; only its lower half is read, and it is not changed. Throws RangeError if a value is not finite. */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  if (a.length !== n * n) throw new RangeError(`expected ${n} × ${n} numbers, got ${a.length}`)
  if (!a.every(Number.isFinite)) throw new RangeError('the matrix has entries that are not finite')
  const reflectors = a.slice()
  const { diagonal, below, scales } = tridiagonalise(reflectors, n)
  const vectors = new Float64Array(n * n)
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1
  diagonalise(diagonal, below, vectors, n)
  reflectBack(reflectors, scales, vectors, n)
  return sorted(diagonal, vectors, n)
}

interface Tridiagonal {
  readonly diagonal: Float64Array
  /** below[i] couples i − 1 and i. */
  readonly below: Float64Array
  /** uᵀu / 2 of the reflector kept in row i, 0 where there is none. */
  readonly scales: Float64Array
}

/** Householder from the last row up: row i of `a` below its diagonal becomes the reflector u with H = I − u uᵀ / scale. */
function tridiagonalise(a: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n)
  const below = new Float64Array(n)
  const scales = new Float64Array(n)
  const p = new Float64Array(n)
  for (let i = n - 1; i >= 1; i--) {
    const u = a.subarray(i * n, i * n + i)
    let norm = 0
    for (let k = 0; k < i - 1; k++) norm += Math.abs(u[k]!)
    if (norm === 0) {
      below[i] = u[i - 1]!
      continue
    }
    norm += Math.abs(u[i - 1]!)
    let h = 0
    for (let k = 0; k < i; k++) {
      u[k]! /= norm
      h += u[k]! * u[k]!
    }
    const last = u[i - 1]!
    const g = last > 0 ? -Math.sqrt(h) : Math.sqrt(h)
    below[i] = norm * g
    h -= last * g
    u[i - 1] = last - g
    scales[i] = h
    rankTwoUpdate(a, n, i, u, h, p)
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i]!
  return { diagonal, below, scales }
}

/** A ← H A H on the leading m × m block, lower half: A − u qᵀ − q uᵀ with q = A u / h − u (uᵀ A u) / 2h². */
function rankTwoUpdate(a: Float64Array, n: number, m: number, u: Float64Array, h: number, q: Float64Array): void {
  q.fill(0, 0, m)
  for (let j = 0; j < m; j++) {
    const row = a.subarray(j * n, j * n + j)
    const own = u[j]!
    let sum = a[j * n + j]! * own
    for (let k = 0; k < j; k++) {
      const value = row[k]!
      sum += value * u[k]!
      q[k]! += value * own
    }
    q[j]! += sum
  }
  let projection = 0
  for (let j = 0; j < m; j++) {
    q[j]! /= h
    projection += q[j]! * u[j]!
  }
  const half = projection / (2 * h)
  for (let j = 0; j < m; j++) q[j]! -= half * u[j]!
  for (let j = 0; j < m; j++) {
    const row = a.subarray(j * n, j * n + j + 1)
    const uj = u[j]!
    const qj = q[j]!
    for (let k = 0; k <= j; k++) row[k]! -= uj * q[k]! + qj * u[k]!
  }
}

/** QL with implicit shifts; rotations are applied to the rows of `z`. On return `d` holds the eigenvalues. */
function diagonalise(d: Float64Array, below: Float64Array, z: Float64Array, n: number): void {
  const e = new Float64Array(n)
  for (let i = 1; i < n; i++) e[i - 1] = below[i]!
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l
      while (m < n - 1) {
        const size = Math.abs(d[m]!) + Math.abs(d[m + 1]!)
        if (Math.abs(e[m]!) <= Number.EPSILON * size) break
        m++
      }
      if (m === l) break
      if (step === 60) throw new RangeError('the eigenvalue iteration did not converge')
      qlStep(d, e, z, n, l, m)
    }
  }
}

function qlStep(d: Float64Array, e: Float64Array, z: Float64Array, n: number, l: number, m: number): void {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!)
  const root = Math.hypot(half, 1)
  let g = d[m]! - d[l]! + e[l]! / (half + (half >= 0 ? root : -root))
  let [s, c, p] = [1, 1, 0]
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!
    const b = c * e[i]!
    const r = Math.hypot(f, g)
    e[i + 1] = r
    if (r === 0) {
      d[i + 1]! -= p
      e[m] = 0
      return
    }
    s = f / r
    c = g / r
    g = d[i + 1]! - p
    const t = (d[i]! - g) * s + 2 * c * b
    p = s * t
    d[i + 1] = g + p
    g = c * t - b
    rotate(z, n, i, c, s)
  }
  d[l]! -= p
  e[l] = g
  e[m] = 0
}

/** Rows i and i + 1 turned by the angle with cosine c and sine s. */
function rotate(z: Float64Array, n: number, i: number, c: number, s: number): void {
  const upper = z.subarray(i * n, (i + 1) * n)
  const lower = z.subarray((i + 1) * n, (i + 2) * n)
  for (let k = 0; k < n; k++) {
    const a = upper[k]!
    const b = lower[k]!
    lower[k] = s * a + c * b
    upper[k] = c * a - s * b
  }
}

/** Eigenvectors of the tridiagonal matrix to those of the original: all reflectors, first the one made last. */
function reflectBack(a: Float64Array, scales: Float64Array, z: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    const v = z.subarray(row * n, (row + 1) * n)
    for (let i = 1; i < n; i++) {
      const h = scales[i]!
      if (h === 0) continue
      const u = a.subarray(i * n, i * n + i)
      let sum = 0
      for (let k = 0; k < i; k++) sum += u[k]! * v[k]!
      const factor = sum / h
      for (let k = 0; k < i; k++) v[k]! -= factor * u[k]!
    }
  }
}

function sorted(values: Float64Array, vectors: Float64Array, n: number): SymmetricEigen {
  const order = Array.from(values.keys()).sort((i, j) => values[j]! - values[i]! || i - j)
  const out = new Float64Array(n * n)
  order.forEach((from, to) => {
    const v = vectors.subarray(from * n, (from + 1) * n)
    let largest = 0
    for (let k = 1; k < n; k++) if (Math.abs(v[k]!) > Math.abs(v[largest]!)) largest = k
    const sign = v[largest]! < 0 ? -1 : 1
    for (let k = 0; k < n; k++) out[to * n + k] = sign * v[k]!
  })
  return { values: Float64Array.from(order, (i) => values[i]!), vectors: out }
}
