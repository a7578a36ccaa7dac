// Dense float32 matrix product, C (+)= A · B, by packing into panels and a 6 × 8 register tile. Element (i, p) of A lies at
// a + 4 (i · aRow + p · aColumn), element (p, j) of B at b + 4 (row(p) · bRow + j · bColumn), where row(p) is p, or list[p] if a
// list of rows is given; any transposition is a choice of strides. The order of additions depends on k only, so a
// product split over rows or columns gives the same bits as a whole one.

const TILE_ROWS: i32 = 6
const TILE_COLUMNS: i32 = 8
const BLOCK_ROWS: i32 = 96
const BLOCK_COLUMNS: i32 = 512
const BLOCK_DEPTH: i32 = 256

/** Bytes of scratch memory that `gemm` needs, 16-byte aligned. */
export function gemmScratchBytes(): i32 {
  return 4 * (BLOCK_ROWS * BLOCK_DEPTH + BLOCK_DEPTH * BLOCK_COLUMNS + TILE_ROWS * TILE_COLUMNS)
}

// @ts-ignore: decorator
@inline
function packA(a: usize, aRow: i32, aColumn: i32, i0: i32, rows: i32, p0: i32, depth: i32, to: usize): void {
  let out = to
  for (let i = 0; i < rows; i += TILE_ROWS) {
    const height = min(TILE_ROWS, rows - i)
    for (let p = 0; p < depth; p++) {
      const from = a + ((<usize>(i0 + i) * <usize>aRow + <usize>(p0 + p) * <usize>aColumn) << 2)
      for (let r = 0; r < height; r++) f32.store(out + (<usize>r << 2), f32.load(from + ((<usize>r * <usize>aRow) << 2)))
      for (let r = height; r < TILE_ROWS; r++) f32.store(out + (<usize>r << 2), 0)
      out += TILE_ROWS * 4
    }
  }
}

// @ts-ignore: decorator
@inline
function packB(b: usize, bRow: i32, bColumn: i32, list: usize, p0: i32, depth: i32, j0: i32, columns: i32, to: usize): void {
  let out = to
  for (let j = 0; j < columns; j += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, columns - j)
    for (let p = 0; p < depth; p++) {
      const row = list != 0 ? i32.load(list + (<usize>(p0 + p) << 2)) : p0 + p
      const from = b + ((<usize>row * <usize>bRow + <usize>(j0 + j) * <usize>bColumn) << 2)
      if (width == TILE_COLUMNS && bColumn == 1) {
        v128.store(out, v128.load(from))
        v128.store(out, v128.load(from, 16), 16)
      } else {
        for (let c = 0; c < width; c++) f32.store(out + (<usize>c << 2), f32.load(from + ((<usize>c * <usize>bColumn) << 2)))
        for (let c = width; c < TILE_COLUMNS; c++) f32.store(out + (<usize>c << 2), 0)
      }
      out += TILE_COLUMNS * 4
    }
  }
}

// One 6 × 8 tile over `depth`; stores into C directly when whole, else through `edge`.
// @ts-ignore: decorator
@inline
function tile(ap: usize, bp: usize, depth: i32, c: usize, cRow: i32, height: i32, width: i32, add: bool, edge: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(bp)
    const b1 = v128.load(bp, 16)
    let x = v128.load32_splat(ap)
    c00 = f32x4.add(c00, f32x4.mul(x, b0))
    c01 = f32x4.add(c01, f32x4.mul(x, b1))
    x = v128.load32_splat(ap, 4)
    c10 = f32x4.add(c10, f32x4.mul(x, b0))
    c11 = f32x4.add(c11, f32x4.mul(x, b1))
    x = v128.load32_splat(ap, 8)
    c20 = f32x4.add(c20, f32x4.mul(x, b0))
    c21 = f32x4.add(c21, f32x4.mul(x, b1))
    x = v128.load32_splat(ap, 12)
    c30 = f32x4.add(c30, f32x4.mul(x, b0))
    c31 = f32x4.add(c31, f32x4.mul(x, b1))
    x = v128.load32_splat(ap, 16)
    c40 = f32x4.add(c40, f32x4.mul(x, b0))
    c41 = f32x4.add(c41, f32x4.mul(x, b1))
    x = v128.load32_splat(ap, 20)
    c50 = f32x4.add(c50, f32x4.mul(x, b0))
    c51 = f32x4.add(c51, f32x4.mul(x, b1))
    ap += 24
    bp += 32
  }
  const whole = height == TILE_ROWS && width == TILE_COLUMNS
  const to = whole ? c : edge
  const stride: usize = whole ? <usize>cRow << 2 : 32
  const accumulate = whole && add
  storeRow(to, c00, c01, accumulate)
  storeRow(to + stride, c10, c11, accumulate)
  storeRow(to + 2 * stride, c20, c21, accumulate)
  storeRow(to + 3 * stride, c30, c31, accumulate)
  storeRow(to + 4 * stride, c40, c41, accumulate)
  storeRow(to + 5 * stride, c50, c51, accumulate)
  if (!whole) {
    for (let r = 0; r < height; r++) {
      for (let k = 0; k < width; k++) {
        const at = c + ((<usize>r * <usize>cRow + <usize>k) << 2)
        const value = f32.load(edge + (<usize>(r * 8 + k) << 2))
        f32.store(at, add ? f32.load(at) + value : value)
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function storeRow(to: usize, low: v128, high: v128, add: bool): void {
  if (add) {
    v128.store(to, f32x4.add(v128.load(to), low))
    v128.store(to, f32x4.add(v128.load(to, 16), high), 16)
  } else {
    v128.store(to, low)
    v128.store(to, high, 16)
  }
}

/** C (m × n, rows cRow apart) = A · B over k, plus the old C if `add`. */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32, list: usize,
  c: usize, cRow: i32, add: bool, scratch: usize,
): void {
  const ap = scratch
  const bp = scratch + 4 * BLOCK_ROWS * BLOCK_DEPTH
  const edge = bp + 4 * BLOCK_DEPTH * BLOCK_COLUMNS
  if (k == 0 && !add) for (let i = 0; i < m; i++) memory.fill(c + ((<usize>i * <usize>cRow) << 2), 0, <usize>n << 2)
  for (let j0 = 0; j0 < n; j0 += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j0)
    for (let p0 = 0; p0 < k; p0 += BLOCK_DEPTH) {
      const depth = min(BLOCK_DEPTH, k - p0)
      packB(b, bRow, bColumn, list, p0, depth, j0, columns, bp)
      for (let i0 = 0; i0 < m; i0 += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i0)
        packA(a, aRow, aColumn, i0, rows, p0, depth, ap)
        for (let j = 0; j < columns; j += TILE_COLUMNS) {
          for (let i = 0; i < rows; i += TILE_ROWS) {
            const to = c + ((<usize>(i0 + i) * <usize>cRow + <usize>(j0 + j)) << 2)
            tile(
              ap + <usize>(i * depth * 4), bp + <usize>(j * depth * 4), depth, to, cRow,
              min(TILE_ROWS, rows - i), min(TILE_COLUMNS, columns - j), add || p0 > 0, edge,
            )
          }
        }
      }
    }
  }
}
