// Dense float32 matrix product, C (+)= A · B, by packing into panels and a 4 × 8 register tile. Element (i, p) of A lies at
// a + 4 (i · aRow + p · aColumn), element (p, j) of B at b + 4 (row(p) · bRow + j · bColumn), where row(p) is p, or list[p] if a
// list of rows is given; any transposition is a choice of strides. The order of additions depends on k only, so a
// product split over rows or columns gives the same bits as a whole one.
//
// The tile is as large as 16 registers allow: eight sums, two of B, one of A, one product. A 6 × 8 tile spills and is slower.

const TILE_ROWS: i32 = 4
const TILE_COLUMNS: i32 = 8
const BLOCK_ROWS: i32 = 96
const BLOCK_COLUMNS: i32 = 1024
const BLOCK_DEPTH: i32 = 128
/** Bytes of a panel of B beyond its numbers: without them equal places of all panels would fall into one set of the cache. */
const PANEL_GAP: usize = 64

const PACKED_A: usize = 4 * BLOCK_ROWS * BLOCK_DEPTH
const PACKED_B: usize = <usize>(BLOCK_COLUMNS / TILE_COLUMNS) * (4 * TILE_COLUMNS * BLOCK_DEPTH + PANEL_GAP)

/** Bytes of scratch memory that `gemm` needs, 16-byte aligned. */
export function gemmScratchBytes(): i32 {
  return <i32>(PACKED_A + PACKED_B) + 4 * TILE_ROWS * TILE_COLUMNS
}

/** Four rows of four numbers, turned: the first `to` gets the first number of each row; `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function storeTurned(r0: v128, r1: v128, r2: v128, r3: v128, to: usize, stride: usize): void {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2))
  v128.store(to + stride, v128.shuffle<f64>(low01, low23, 1, 3))
  v128.store(to + 2 * stride, v128.shuffle<f64>(high01, high23, 0, 2))
  v128.store(to + 3 * stride, v128.shuffle<f64>(high01, high23, 1, 3))
}

/** Rows i0 … into panels of four rows: per panel, depth × 4. */
function packA(a: usize, aRow: i32, aColumn: i32, i0: i32, rows: i32, p0: i32, depth: i32, to: usize): void {
  const row = <usize>aRow << 2, column = <usize>aColumn << 2
  let out = to
  for (let i = 0; i < rows; i += TILE_ROWS) {
    const height = min(TILE_ROWS, rows - i)
    let from = a + <usize>(i0 + i) * row + <usize>p0 * column
    let p = 0
    if (height == TILE_ROWS) {
      if (aRow == 1) {
        for (; p < depth; p++) {
          v128.store(out, v128.load(from))
          from += column
          out += 16
        }
      } else if (aColumn == 1) {
        for (; p + 4 <= depth; p += 4) {
          storeTurned(v128.load(from), v128.load(from + row), v128.load(from + 2 * row), v128.load(from + 3 * row), out, 16)
          from += 16
          out += 64
        }
      }
    }
    for (; p < depth; p++) {
      for (let r = 0; r < height; r++) f32.store(out + (<usize>r << 2), f32.load(from + <usize>r * row))
      for (let r = height; r < TILE_ROWS; r++) f32.store(out + (<usize>r << 2), 0)
      from += column
      out += 16
    }
  }
}

/** Columns j0 … into panels of eight columns: per panel, depth × 8, then the gap. */
function packB(b: usize, bRow: i32, bColumn: i32, list: usize, p0: i32, depth: i32, j0: i32, columns: i32, to: usize): void {
  const row = <usize>bRow << 2, column = <usize>bColumn << 2
  const panel = (<usize>depth << 5) + PANEL_GAP
  const whole = columns & ~(TILE_COLUMNS - 1)
  let p = 0
  if (bColumn != 1 && list == 0 && bRow == 1) {
    for (; p + 4 <= depth; p += 4) {
      let from = b + (<usize>(p0 + p) << 2) + <usize>j0 * column
      let out = to + (<usize>p << 5)
      for (let j = 0; j < whole; j += TILE_COLUMNS) {
        storeTurned(v128.load(from), v128.load(from + column), v128.load(from + 2 * column), v128.load(from + 3 * column), out, 32)
        from += 4 * column
        storeTurned(v128.load(from), v128.load(from + column), v128.load(from + 2 * column), v128.load(from + 3 * column), out + 16, 32)
        from += 4 * column
        out += panel
      }
    }
    packColumns(b, row, column, list, p0, 0, p, j0, whole, columns, to, panel)
    packColumns(b, row, column, list, p0, p, depth, j0, 0, columns, to, panel)
    return
  }
  if (bColumn == 1) {
    for (; p < depth; p++) {
      const at = list != 0 ? i32.load(list + (<usize>(p0 + p) << 2)) : p0 + p
      let from = b + <usize>at * row + (<usize>j0 << 2)
      let out = to + (<usize>p << 5)
      for (let j = 0; j < whole; j += TILE_COLUMNS) {
        v128.store(out, v128.load(from))
        v128.store(out, v128.load(from, 16), 16)
        from += 32
        out += panel
      }
    }
    packColumns(b, row, column, list, p0, 0, depth, j0, whole, columns, to, panel)
    return
  }
  packColumns(b, row, column, list, p0, 0, depth, j0, 0, columns, to, panel)
}

/** The general case of `packB`, for rows [first, last) and columns from `start` (a multiple of eight) on. */
function packColumns(
  b: usize, row: usize, column: usize, list: usize, p0: i32, first: i32, last: i32, j0: i32, start: i32, columns: i32,
  to: usize, panel: usize,
): void {
  for (let j = start; j < columns; j += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, columns - j)
    let out = to + <usize>(j / TILE_COLUMNS) * panel + (<usize>first << 5)
    for (let p = first; p < last; p++) {
      const at = list != 0 ? i32.load(list + (<usize>(p0 + p) << 2)) : p0 + p
      const from = b + <usize>at * row + <usize>(j0 + j) * column
      for (let c = 0; c < width; c++) f32.store(out + (<usize>c << 2), f32.load(from + <usize>c * column))
      for (let c = width; c < TILE_COLUMNS; c++) f32.store(out + (<usize>c << 2), 0)
      out += 32
    }
  }
}

// One 4 × 8 tile over `depth`; stores into C directly when whole, else through `edge`.
// @ts-ignore: decorator
@inline
function tile(ap: usize, bp: usize, depth: i32, c: usize, cRow: i32, height: i32, width: i32, add: bool, edge: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  const end = ap + (<usize>depth << 4)
  while (ap < end) {
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
    ap += 16
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
  const bp = scratch + PACKED_A
  const edge = bp + PACKED_B
  if (k == 0 && !add) for (let i = 0; i < m; i++) memory.fill(c + ((<usize>i * <usize>cRow) << 2), 0, <usize>n << 2)
  for (let j0 = 0; j0 < n; j0 += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j0)
    for (let p0 = 0; p0 < k; p0 += BLOCK_DEPTH) {
      const depth = min(BLOCK_DEPTH, k - p0)
      const panel = (<usize>depth << 5) + PANEL_GAP
      packB(b, bRow, bColumn, list, p0, depth, j0, columns, bp)
      for (let i0 = 0; i0 < m; i0 += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i0)
        packA(a, aRow, aColumn, i0, rows, p0, depth, ap)
        let from = bp
        for (let j = 0; j < columns; j += TILE_COLUMNS) {
          for (let i = 0; i < rows; i += TILE_ROWS) {
            const to = c + ((<usize>(i0 + i) * <usize>cRow + <usize>(j0 + j)) << 2)
            tile(
              ap + <usize>(i * depth * 4), from, depth, to, cRow,
              min(TILE_ROWS, rows - i), min(TILE_COLUMNS, columns - j), add || p0 > 0, edge,
            )
          }
          from += panel
        }
      }
    }
  }
}
