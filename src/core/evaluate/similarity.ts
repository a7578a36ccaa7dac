/** Similarities between rows: cosine for retrieval, Pearson for identification. Rows of zeros or without variance give 0. */

function unitRows(values: Float32Array, rows: number, columns: number, centre: boolean): Float64Array {
  const out = new Float64Array(values)
  for (let r = 0; r < rows; r++) {
    const row = out.subarray(r * columns, (r + 1) * columns)
    if (centre) {
      let sum = 0
      for (const value of row) sum += value
      const average = sum / columns
      for (let c = 0; c < columns; c++) row[c]! -= average
    }
    let square = 0
    for (const value of row) square += value * value
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0
    for (let c = 0; c < columns; c++) row[c]! *= scale
  }
  return out
}

function products(a: Float64Array, b: Float64Array, rowsA: number, rowsB: number, columns: number): Float64Array {
  const out = new Float64Array(rowsA * rowsB)
  for (let i = 0; i < rowsA; i++) {
    for (let j = 0; j < rowsB; j++) {
      let sum = 0
      for (let c = 0; c < columns; c++) sum += a[i * columns + c]! * b[j * columns + c]!
      out[i * rowsB + j] = sum
    }
  }
  return out
}

function similarities(a: Float32Array, b: Float32Array, rowsA: number, rowsB: number, centre: boolean): Float64Array {
  if (rowsA === 0 || rowsB === 0) return new Float64Array(0)
  const columns = a.length / rowsA
  if (!Number.isInteger(columns) || b.length !== rowsB * columns)
    throw new RangeError(`${a.length} values in ${rowsA} rows do not compare with ${b.length} values in ${rowsB} rows`)
  return products(unitRows(a, rowsA, columns, centre), unitRows(b, rowsB, columns, centre), rowsA, rowsB, columns)
}

/** rowsA × rowsB cosines. A RangeError unless the rows of both have the same length. */
export function cosineMatrix(a: Float32Array, b: Float32Array, rowsA: number, rowsB: number): Float64Array {
  return similarities(a, b, rowsA, rowsB, false)
}

/** rowsA × rowsB Pearson correlations. A RangeError unless the rows of both have the same length. */
export function correlationMatrix(a: Float32Array, b: Float32Array, rowsA: number, rowsB: number): Float64Array {
  return similarities(a, b, rowsA, rowsB, true)
}
