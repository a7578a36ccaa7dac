import { describe, expect, it } from 'vitest'
import { codesOf, partAt } from './strip-parts.ts'

describe('a strip of trials', () => {
  it('calls names by as few letters as tell them apart', () => {
    expect(codesOf(['face', 'house', 'cat'])).toEqual(['f', 'h', 'c'])
    expect(codesOf(['shoe', 'scissors', 'cat'])).toEqual(['sh', 'sc', 'ca'])
    expect(codesOf(['face 1', 'face 2'])).toEqual(['1', '2'])
    expect(codesOf(['é', 'e', '😀 a', '😀 b'])).toEqual(['é', 'e', '😀 a', '😀 b'])
  })

  it('says what a fold does with each trial', () => {
    expect([0, 1, 2].map((at) => partAt('012', at))).toEqual(['trains', 'held', 'left'])
    expect(partAt(null, 0)).toBe('unsplit')
  })
})
