import { describe, expect, it } from 'vitest'
import { decodePng } from '../../../test/support/decode-png.ts'
import { png, pngDataUrl } from './png.ts'

describe('a PNG', () => {
  it('decodes to the same pixels, with right checksums and chunks', () => {
    for (const [width, height] of [
      [1, 1],
      [7, 3],
      [64, 65],
    ] as const) {
      const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 89 + 7) % 256)
      const decoded = decodePng(png(width, height, pixels))
      expect([decoded.width, decoded.height]).toEqual([width, height])
      expect(decoded.chunks).toEqual(['IHDR', 'IDAT', 'IEND'])
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          expect(decoded.pixel(x, y)).toEqual([...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)])
    }
  })

  it('whose bytes change is noticed by the decoder, so that the test above can fail', () => {
    const bytes = png(4, 4, new Uint8Array(48).fill(9))
    bytes[bytes.length - 20]! ^= 1
    expect(() => decodePng(bytes)).toThrow('checksum')
  })

  it('goes into a page as a data address', () => {
    const url = pngDataUrl(2, 1, Uint8Array.of(1, 2, 3, 4, 5, 6))
    expect(url.startsWith('data:image/png;base64,')).toBe(true)
    expect(decodePng(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')).pixel(1, 0)).toEqual([4, 5, 6])
  })
})
