/** A decoder of the simplest PNG kind (8-bit RGB, no filter), from the PNG specification and apart from the product's writer. */
import { inflateSync } from 'node:zlib'

export interface DecodedPng {
  readonly width: number
  readonly height: number
  readonly chunks: readonly string[]
  /** Red, green, blue of the pixel in column x and row y from the top. */
  pixel(x: number, y: number): readonly [number, number, number]
}

/** CRC-32 bit by bit (PNG specification, annex D), without a table. */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (value ^ 0xffffffff) >>> 0
}

/** Throws an Error that names what is wrong. */
export function decodePng(bytes: Buffer): DecodedPng {
  if (bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new Error('no PNG signature')
  const chunks: string[] = []
  const data: Buffer[] = []
  let header: Buffer | null = null
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (bytes.readUInt32BE(at + 8 + length) !== crc(bytes.subarray(at + 4, at + 8 + length)))
      throw new Error(`the checksum of ${type} is wrong`)
    chunks.push(type)
    if (type === 'IHDR') header = body
    if (type === 'IDAT') data.push(body)
    at += 12 + length
  }
  if (header === null || header.length !== 13) throw new Error('no header')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  if (header.toString('hex', 8) !== '0802000000') throw new Error('not 8-bit RGB without interlace')
  const rows = inflateSync(Buffer.concat(data))
  const stride = 1 + 3 * width
  if (rows.length !== stride * height) throw new Error(`${rows.length} bytes for ${width} × ${height}`)
  for (let y = 0; y < height; y++) if (rows[y * stride] !== 0) throw new Error('a filtered row')
  return {
    ...{ width, height, chunks },
    pixel: (x, y) => [...rows.subarray(y * stride + 1 + 3 * x, y * stride + 4 + 3 * x)] as [number, number, number],
  }
}
