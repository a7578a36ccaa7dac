// The update of the subject layer over one range of voxels, in one pass over W: gradient of four voxels × eight hidden
// units, mask gradient rowsum(W ∘ xᵀdh), AdamW on W. The gradient of W is never stored.
//
// x: rows × (voxels), rows `xRow` apart, unmasked. dh: packed by `packHidden` into panels of eight hidden units.
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

// @ts-ignore: decorator
@inline
function adam4(at: usize, moment1: usize, moment2: usize, g: v128, keep: v128, size: v128, scale: v128, eps: v128, b1: v128, n1: v128, b2: v128, n2: v128): void {
  const first = f32x4.add(f32x4.mul(b1, v128.load(moment1)), f32x4.mul(n1, g))
  const second = f32x4.add(f32x4.mul(b2, v128.load(moment2)), f32x4.mul(n2, f32x4.mul(g, g)))
  v128.store(moment1, first)
  v128.store(moment2, second)
  const step = f32x4.div(f32x4.mul(size, first), f32x4.add(f32x4.mul(f32x4.sqrt(second), scale), eps))
  v128.store(at, f32x4.sub(f32x4.mul(v128.load(at), keep), step))
}

// @ts-ignore: decorator
@inline
function sum4(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
}

/**
 * Updates the voxels listed (positions in this range; `count` is a multiple of 4, padded with a spare voxel). xt holds the
 * four columns of x of each group as rows × 4. Writes dL/dm of each listed voxel to maskGradient.
 * `train`: apply AdamW to W; `wantMask`: compute the mask gradient.
 */
export function layerUpdate(
  list: usize, count: i32, x: usize, xRow: i32, rows: i32, mask: usize, dh: usize, hidden: i32,
  w: usize, m1: usize, m2: usize, maskGradient: usize, group: usize, train: bool, wantMask: bool,
  learningRate: f32, size: f32, secondScale: f32, epsilon: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, weightDecay: f32,
): void {
  const keep = f32x4.splat(1 - learningRate * weightDecay)
  const vSize = f32x4.splat(size), scale = f32x4.splat(secondScale), eps = f32x4.splat(epsilon)
  const b1 = f32x4.splat(beta1), n1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2), n2 = f32x4.splat(rest2)
  const bytes: usize = <usize>hidden << 2
  for (let i = 0; i < count; i += 4) {
    const v0 = i32.load(list + (<usize>i << 2)), v1 = i32.load(list + (<usize>i << 2), 4)
    const v2 = i32.load(list + (<usize>i << 2), 8), v3 = i32.load(list + (<usize>i << 2), 12)
    for (let r = 0; r < rows; r++) {
      const row = x + ((<usize>r * <usize>xRow) << 2)
      const to = group + (<usize>r << 4)
      f32.store(to, f32.load(row + (<usize>v0 << 2)))
      f32.store(to, f32.load(row + (<usize>v1 << 2)), 4)
      f32.store(to, f32.load(row + (<usize>v2 << 2)), 8)
      f32.store(to, f32.load(row + (<usize>v3 << 2)), 12)
    }
    const k0 = f32x4.splat(f32.load(mask + (<usize>v0 << 2))), k1 = f32x4.splat(f32.load(mask + (<usize>v1 << 2)))
    const k2 = f32x4.splat(f32.load(mask + (<usize>v2 << 2))), k3 = f32x4.splat(f32.load(mask + (<usize>v3 << 2)))
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0
    const o0 = <usize>v0 * bytes, o1 = <usize>v1 * bytes, o2 = <usize>v2 * bytes, o3 = <usize>v3 * bytes
    let panel = dh
    for (let j: usize = 0; j < bytes; j += 32) {
      let g00 = f32x4.splat(0), g01 = g00, g10 = g00, g11 = g00, g20 = g00, g21 = g00, g30 = g00, g31 = g00
      let from = group
      for (let r = 0; r < rows; r++) {
        const d0 = v128.load(panel), d1 = v128.load(panel, 16)
        let a = v128.load32_splat(from)
        g00 = f32x4.add(g00, f32x4.mul(a, d0))
        g01 = f32x4.add(g01, f32x4.mul(a, d1))
        a = v128.load32_splat(from, 4)
        g10 = f32x4.add(g10, f32x4.mul(a, d0))
        g11 = f32x4.add(g11, f32x4.mul(a, d1))
        a = v128.load32_splat(from, 8)
        g20 = f32x4.add(g20, f32x4.mul(a, d0))
        g21 = f32x4.add(g21, f32x4.mul(a, d1))
        a = v128.load32_splat(from, 12)
        g30 = f32x4.add(g30, f32x4.mul(a, d0))
        g31 = f32x4.add(g31, f32x4.mul(a, d1))
        panel += 32
        from += 16
      }
      if (wantMask) {
        s0 = f32x4.add(s0, f32x4.add(f32x4.mul(g00, v128.load(w + o0 + j)), f32x4.mul(g01, v128.load(w + o0 + j, 16))))
        s1 = f32x4.add(s1, f32x4.add(f32x4.mul(g10, v128.load(w + o1 + j)), f32x4.mul(g11, v128.load(w + o1 + j, 16))))
        s2 = f32x4.add(s2, f32x4.add(f32x4.mul(g20, v128.load(w + o2 + j)), f32x4.mul(g21, v128.load(w + o2 + j, 16))))
        s3 = f32x4.add(s3, f32x4.add(f32x4.mul(g30, v128.load(w + o3 + j)), f32x4.mul(g31, v128.load(w + o3 + j, 16))))
      }
      if (train) {
        adam4(w + o0 + j, m1 + o0 + j, m2 + o0 + j, f32x4.mul(g00, k0), keep, vSize, scale, eps, b1, n1, b2, n2)
        adam4(w + o0 + j + 16, m1 + o0 + j + 16, m2 + o0 + j + 16, f32x4.mul(g01, k0), keep, vSize, scale, eps, b1, n1, b2, n2)
        adam4(w + o1 + j, m1 + o1 + j, m2 + o1 + j, f32x4.mul(g10, k1), keep, vSize, scale, eps, b1, n1, b2, n2)
        adam4(w + o1 + j + 16, m1 + o1 + j + 16, m2 + o1 + j + 16, f32x4.mul(g11, k1), keep, vSize, scale, eps, b1, n1, b2, n2)
        adam4(w + o2 + j, m1 + o2 + j, m2 + o2 + j, f32x4.mul(g20, k2), keep, vSize, scale, eps, b1, n1, b2, n2)
        adam4(w + o2 + j + 16, m1 + o2 + j + 16, m2 + o2 + j + 16, f32x4.mul(g21, k2), keep, vSize, scale, eps, b1, n1, b2, n2)
        adam4(w + o3 + j, m1 + o3 + j, m2 + o3 + j, f32x4.mul(g30, k3), keep, vSize, scale, eps, b1, n1, b2, n2)
        adam4(w + o3 + j + 16, m1 + o3 + j + 16, m2 + o3 + j + 16, f32x4.mul(g31, k3), keep, vSize, scale, eps, b1, n1, b2, n2)
      }
    }
    f32.store(maskGradient + (<usize>v0 << 2), sum4(s0))
    f32.store(maskGradient + (<usize>v1 << 2), sum4(s1))
    f32.store(maskGradient + (<usize>v2 << 2), sum4(s2))
    f32.store(maskGradient + (<usize>v3 << 2), sum4(s3))
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
