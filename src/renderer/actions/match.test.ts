import { describe, expect, it } from 'vitest'
import { matches } from './match.ts'

const lines = [
  { title: 'Reset window and level', group: 'Mask' },
  { title: 'Window: wide', group: 'Mask' },
  { title: 'Mask', group: 'Go to' },
  { title: 'Show m-07', group: 'Go to' },
]
const titles = (text: string) => matches(lines, text).map(({ title }) => title)

describe('finding an action', () => {
  it('puts titles that begin with the text first', () => {
    expect(titles('win')).toEqual(['Window: wide', 'Reset window and level'])
    expect(titles('mask')[0]).toBe('Mask')
  })

  it('needs every typed word, anywhere in the title or its group', () => {
    expect(titles('level res')).toEqual(['Reset window and level'])
    expect(titles('go m-07')).toEqual(['Show m-07'])
    expect(titles('window m-07')).toEqual([])
  })

  it('lists everything in order for an empty text', () => {
    expect(titles('  ')).toEqual(lines.map(({ title }) => title))
  })
})
