/** A stack of RGB pictures of one size. Row-major, top row first, channels last: pixels[((i · height + y) · width + x) · 3 + c]. */
export interface Pictures {
  readonly count: number
  readonly width: number
  readonly height: number
  readonly channels: 3
  /** 0 … 255 as bytes, 0 … 1 as floats. */
  readonly pixels: Uint8Array | Float32Array
}

/** Numbers in one picture. */
export function pictureLength({ width, height, channels }: Pick<Pictures, 'width' | 'height' | 'channels'>): number {
  return width * height * channels
}

/** Picture `item` as floats from 0 to 1, written to `out` or to a new array. */
export function pictureAt(pictures: Pictures, item: number, out?: Float32Array): Float32Array {
  const length = pictureLength(pictures)
  if (!(item >= 0 && item < pictures.count)) throw new RangeError(`no picture ${item} among ${pictures.count}`)
  const to = out ?? new Float32Array(length)
  const from = pictures.pixels.subarray(item * length, (item + 1) * length)
  const scale = pictures.pixels instanceof Uint8Array ? 1 / 255 : 1
  for (let i = 0; i < length; i++) to[i] = from[i]! * scale
  return to
}
