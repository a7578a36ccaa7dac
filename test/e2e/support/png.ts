/**
 * Screenshots as numbers and back: a reader for 8-bit RGB(A) PNG and a writer with a palette of at most 256 colours (PNG
 * specification, sections 9 and 11), so that the pictures of the documentation stay small.
 */
import { deflateSync, inflateSync } from 'node:zlib'
import { pngChunk, pngSignature } from '../../../src/engine/report/png.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** width × height × 3 */
  readonly pixels: Uint8Array
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

export function decodePng(bytes: Buffer): Picture {
  if (!bytes.subarray(0, 8).equals(pngSignature)) throw new Error('not a PNG')
  const data: Buffer[] = []
  let [width, height, channels] = [0, 0, 0]
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') {
      width = body.readUInt32BE(0)
      height = body.readUInt32BE(4)
      if (body[8] !== 8 || (body[9] !== 2 && body[9] !== 6) || body[12] !== 0) throw new Error('not 8-bit RGB or RGBA')
      channels = body[9] === 2 ? 3 : 4
    }
    if (type === 'IDAT') data.push(body)
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(data))
  const stride = width * channels
  const line = new Uint8Array(stride)
  const before = new Uint8Array(stride)
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!
    for (let x = 0; x < stride; x++) {
      const value = raw[y * (stride + 1) + 1 + x]!
      const a = x >= channels ? line[x - channels]! : 0
      const b = before[x]!
      const c = x >= channels ? before[x - channels]! : 0
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter]!
      line[x] = value + guess
    }
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = line[x * channels + c]!
    before.set(line)
  }
  return { width, height, pixels }
}

/** Colour of one pixel. */
export function pixelAt({ width, pixels }: Picture, x: number, y: number): [number, number, number] {
  const at = (Math.round(y) * width + Math.round(x)) * 3
  return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!]
}

/** At most 256 colours by median cut over 5 bits per channel; a picture with fewer keeps its own. */
function palette(pixels: Uint8Array): { colours: number[]; of: (r: number, g: number, b: number) => number } {
  const counts = new Map<number, number>()
  for (let i = 0; i < pixels.length; i += 3) {
    const key = (pixels[i]! << 16) | (pixels[i + 1]! << 8) | pixels[i + 2]!
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  // Colours that cover much of the interface are kept exactly; the rest share what is left.
  const sorted = [...counts.entries()].sort((a, b) => b[1] - a[1])
  const colours = sorted.slice(0, 128).map(([key]) => key)
  let boxes = [sorted.slice(128)].filter((box) => box.length > 0)
  const channel = (key: number, c: number) => (key >> (16 - 8 * c)) & 255
  while (boxes.length > 0 && boxes.length < 256 - colours.length) {
    const spread = (box: [number, number][]) =>
      [0, 1, 2].map((c) => {
        const values = box.map(([key]) => channel(key, c))
        return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b))
      })
    let widest = -1
    let most = 0
    boxes.forEach((box, at) => {
      const score = Math.max(...spread(box)) * Math.sqrt(box.reduce((sum, [, n]) => sum + n, 0))
      if (box.length > 1 && score > most) [widest, most] = [at, score]
    })
    if (widest < 0) break
    const box = boxes[widest]!
    const c = spread(box).reduce((best, value, at, all) => (value > all[best]! ? at : best), 0)
    box.sort((a, b) => channel(a[0], c) - channel(b[0], c))
    const half = box.length >> 1
    boxes = [...boxes.slice(0, widest), box.slice(0, half), box.slice(half), ...boxes.slice(widest + 1)]
  }
  for (const box of boxes) {
    const mass = box.reduce((sum, [, n]) => sum + n, 0)
    const mean = [0, 1, 2].map((c) => Math.round(box.reduce((sum, [key, n]) => sum + n * channel(key, c), 0) / mass))
    colours.push((mean[0]! << 16) | (mean[1]! << 8) | mean[2]!)
  }
  const known = new Map<number, number>()
  colours.forEach((key, at) => {
    known.set(key, at)
  })
  const nearest = (key: number) => {
    let [best, least] = [0, Number.POSITIVE_INFINITY]
    colours.forEach((candidate, at) => {
      const d = [0, 1, 2].reduce((sum, c) => sum + (channel(candidate, c) - channel(key, c)) ** 2, 0)
      if (d < least) [best, least] = [at, d]
    })
    return best
  }
  return {
    colours,
    of(r, g, b) {
      const key = (r << 16) | (g << 8) | b
      let found = known.get(key)
      if (found === undefined) {
        found = nearest(key)
        known.set(key, found)
      }
      return found
    },
  }
}

export function encodePalettePng({ width, height, pixels }: Picture): Buffer {
  const { colours, of } = palette(pixels)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      rows[y * (width + 1) + 1 + x] = of(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!)
    }
  const table = Buffer.from(colours.flatMap((key) => [(key >> 16) & 255, (key >> 8) & 255, key & 255]))
  return Buffer.concat([
    pngSignature,
    pngChunk('IHDR', header),
    pngChunk('PLTE', table),
    pngChunk('IDAT', deflateSync(rows, { level: 9 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}
