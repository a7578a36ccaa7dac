import { describe, expect, it } from 'vitest'
import { thumbnailsOf } from './film.tsx'

describe('the strip of a film', () => {
  it('holds the first and the newest picture, and never more than fit', () => {
    for (const pictures of [1, 2, 5, 6, 7, 64]) {
      const shown = thumbnailsOf(pictures)
      expect(shown[0]).toBe(0)
      expect(shown.at(-1)).toBe(pictures - 1)
      expect(shown.length).toBe(Math.min(pictures, 6))
      expect([...shown]).toEqual([...shown].sort((a, b) => a - b))
    }
  })

  it('is empty without pictures', () => {
    expect(thumbnailsOf(0)).toEqual([])
  })
})
