// The update of the subject layer over one range of voxels, four voxels at a time: their gradient xᵀdh (four rows of hidden
// numbers, which stay in the nearest cache), then one pass along each voxel's weights for the mask gradient
// rowsum(W ∘ xᵀdh) and AdamW. The gradient of all of W is never stored.
//
// x: rows × voxels, rows `xRow` apart, unmasked. dh: packed by `packHidden` into panels of eight hidden units.
// W and its moments: voxel-major, `hidden` (a multiple of 8) numbers per voxel.

/** dh (rows × hidden) into panels: for each eight hidden units, rows × 8. */
export function packHidden(dh: usize, rows: i32, hidden: i32, to: usize): void {
  for (let j = 0; j < hidden; j += 8) {
    for (let r = 0; r < rows; r++) {
      const from = dh + (<usize>(r * hidden + j) << 2)
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
      to += 32
    }
  }
}

/** Bytes of scratch memory that `layerUpdate` needs, 16-byte aligned. */
export function updateScratchBytes(rows: i32, hidden: i32): i32 {
  return 16 * rows + 4 * gradientStride(hidden)
}

/** Bytes between the gradients of two voxels. The extra line keeps equal places of the four out of one set of the cache. */
// @ts-ignore: decorator
@inline
function gradientStride(hidden: i32): i32 {
  return 4 * hidden + 64
}

/** to (4 × hidden) = groupᵀ · dh, where group holds four voxels of every row. */
function outerProduct(group: usize, rows: i32, panels: usize, hidden: i32, to: usize): void {
  const stride = <usize>gradientStride(hidden)
  const groupEnd = group + (<usize>rows << 4)
  let dh = panels
  const end = to + (<usize>hidden << 2)
  while (to < end) {
    let g00 = f32x4.splat(0), g01 = g00, g10 = g00, g11 = g00, g20 = g00, g21 = g00, g30 = g00, g31 = g00
    let from = group
    while (from < groupEnd) {
      const d0 = v128.load(dh)
      const d1 = v128.load(dh, 16)
      let x = v128.load32_splat(from)
      g00 = f32x4.add(g00, f32x4.mul(x, d0))
      g01 = f32x4.add(g01, f32x4.mul(x, d1))
      x = v128.load32_splat(from, 4)
      g10 = f32x4.add(g10, f32x4.mul(x, d0))
      g11 = f32x4.add(g11, f32x4.mul(x, d1))
      x = v128.load32_splat(from, 8)
      g20 = f32x4.add(g20, f32x4.mul(x, d0))
      g21 = f32x4.add(g21, f32x4.mul(x, d1))
      x = v128.load32_splat(from, 12)
      g30 = f32x4.add(g30, f32x4.mul(x, d0))
      g31 = f32x4.add(g31, f32x4.mul(x, d1))
      from += 16
      dh += 32
    }
    v128.store(to, g00)
    v128.store(to, g01, 16)
    v128.store(to + stride, g10)
    v128.store(to + stride, g11, 16)
    v128.store(to + 2 * stride, g20)
    v128.store(to + 2 * stride, g21, 16)
    v128.store(to + 3 * stride, g30)
    v128.store(to + 3 * stride, g31, 16)
    to += 32
  }
}

// @ts-ignore: decorator
@inline
function sum4(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
}

/** Σ w · gradient over one voxel's hidden units. */
function dot(w: usize, gradient: usize, bytes: usize): f32 {
  let low = f32x4.splat(0), high = low
  const end = w + bytes
  while (w < end) {
    low = f32x4.add(low, f32x4.mul(v128.load(gradient), v128.load(w)))
    high = f32x4.add(high, f32x4.mul(v128.load(gradient, 16), v128.load(w, 16)))
    w += 32
    gradient += 32
  }
  return sum4(f32x4.add(low, high))
}

/** AdamW along one voxel's weights, whose gradient is `gradient` times its mask entry. Returns Σ w · gradient of before. */
function adamW(
  w: usize, m1: usize, m2: usize, gradient: usize, bytes: usize, maskEntry: f32,
  keep: f32, size: f32, secondScale: f32, epsilon: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32,
): f32 {
  const vKeep = f32x4.splat(keep), vSize = f32x4.splat(size), scale = f32x4.splat(secondScale), eps = f32x4.splat(epsilon)
  const b1 = f32x4.splat(beta1), n1 = f32x4.splat(rest1 * maskEntry), b2 = f32x4.splat(beta2)
  const n2 = f32x4.splat(rest2 * maskEntry * maskEntry)
  let sum = f32x4.splat(0)
  const end = w + bytes
  while (w < end) {
    const g = v128.load(gradient)
    const weight = v128.load(w)
    const first = f32x4.add(f32x4.mul(b1, v128.load(m1)), f32x4.mul(n1, g))
    const second = f32x4.add(f32x4.mul(b2, v128.load(m2)), f32x4.mul(n2, f32x4.mul(g, g)))
    sum = f32x4.add(sum, f32x4.mul(g, weight))
    v128.store(m1, first)
    v128.store(m2, second)
    const step = f32x4.div(f32x4.mul(vSize, first), f32x4.add(f32x4.mul(f32x4.sqrt(second), scale), eps))
    v128.store(w, f32x4.sub(f32x4.mul(weight, vKeep), step))
    w += 16
    m1 += 16
    m2 += 16
    gradient += 16
  }
  return sum4(sum)
}

/**
 * Updates the voxels listed (positions in this range; `count` is a multiple of 4, padded with a spare voxel). Writes dL/dm of
 * each listed voxel to maskGradient. `train`: apply AdamW to W, else only the mask gradient is computed.
 */
export function layerUpdate(
  list: usize, count: i32, x: usize, xRow: i32, rows: i32, mask: usize, dh: usize, hidden: i32,
  w: usize, m1: usize, m2: usize, maskGradient: usize, scratch: usize, train: bool,
  learningRate: f32, size: f32, secondScale: f32, epsilon: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, weightDecay: f32,
): void {
  const keep: f32 = 1 - learningRate * weightDecay
  const bytes: usize = <usize>hidden << 2
  const row = <usize>xRow << 2
  const gradients = scratch + (<usize>rows << 4)
  const stride = <usize>gradientStride(hidden)
  for (let i = 0; i < count; i += 4) {
    const voxels = list + (<usize>i << 2)
    const v0 = <usize>i32.load(voxels) << 2, v1 = <usize>i32.load(voxels, 4) << 2
    const v2 = <usize>i32.load(voxels, 8) << 2, v3 = <usize>i32.load(voxels, 12) << 2
    let from = x
    for (let to = scratch; to < gradients; to += 16) {
      f32.store(to, f32.load(from + v0))
      f32.store(to, f32.load(from + v1), 4)
      f32.store(to, f32.load(from + v2), 8)
      f32.store(to, f32.load(from + v3), 12)
      from += row
    }
    outerProduct(scratch, rows, dh, hidden, gradients)
    for (let k: usize = 0; k < 4; k++) {
      const voxel = <usize>i32.load(voxels + (k << 2))
      const at = voxel * bytes
      const gradient = gradients + k * stride
      const sum = train
        ? adamW(
            w + at, m1 + at, m2 + at, gradient, bytes, f32.load(mask + (voxel << 2)),
            keep, size, secondScale, epsilon, beta1, rest1, beta2, rest2,
          )
        : dot(w + at, gradient, bytes)
      f32.store(maskGradient + (voxel << 2), sum)
    }
  }
}

/** to (rows × count) = x at the listed voxels times their mask. */
export function gatherMasked(x: usize, xRow: i32, rows: i32, mask: usize, list: usize, count: i32, to: usize): void {
  for (let r = 0; r < rows; r++) {
    const row = x + ((<usize>r * <usize>xRow) << 2)
    const out = to + ((<usize>r * <usize>count) << 2)
    for (let i = 0; i < count; i++) {
      const v = <usize>i32.load(list + (<usize>i << 2)) << 2
      f32.store(out + (<usize>i << 2), f32.load(row + v) * f32.load(mask + v))
    }
  }
}
