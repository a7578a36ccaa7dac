import { describe, expect, it } from 'vitest'
import { catalogue } from './catalogue.ts'
import { holderOf, type KeyPress, keysFor, keysOf, readBindings } from './keys.ts'

const press = (key: string, own: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...own,
})

describe('keys', () => {
  it.each([
    [press('m'), 'M'],
    [press('M', { shiftKey: true }), 'Shift+M'],
    [press('k', { ctrlKey: true }), 'Ctrl+K'],
    [press('k', { metaKey: true }), 'Ctrl+K'],
    [press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z'],
    [press('?', { shiftKey: true }), '?'],
    [press('[', { altKey: false }), '['],
    [press(' ', { shiftKey: true }), 'Shift+Space'],
    [press('PageUp'), 'PageUp'],
    [press('ö'), 'Ö'],
    [press('Shift', { shiftKey: true }), null],
  ])('%j is %s', (event, text) => {
    expect(keysOf(event)).toBe(text)
  })

  it('are read from what was stored, and anything damaged is no choice', () => {
    expect(readBindings('{"mask.peek":["H"]}')).toEqual({ 'mask.peek': ['H'] })
    expect(readBindings('{"mask.peek":["Tab","H"]}')).toEqual({ 'mask.peek': ['H'] })
    for (const bad of [undefined, '', '{', '[]x', '{"a":1}', '{"a":[2]}']) expect(readBindings(bad)).toEqual({})
  })

  it('of a user count instead of the usual ones, also when there are none', () => {
    const peek = catalogue.find(({ id }) => id === 'mask.peek')!
    expect(keysFor(peek, {})).toEqual(['M'])
    expect(keysFor(peek, { 'mask.peek': ['H'] })).toEqual(['H'])
    expect(keysFor(peek, { 'mask.peek': [] })).toEqual([])
  })
})

describe('the usual keys', () => {
  it('name every action once, and give no two the same keys where both would answer', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
    const clashes = catalogue.flatMap((action) =>
      action.keys.flatMap((keys) => {
        const holder = holderOf(keys, action, catalogue, {})
        return holder === null ? [] : [[keys, action.id, holder.id].join(' ')]
      }),
    )
    // While pictures are rated, 1 to 5 are grades and not steps; the page says so.
    const graded = clashes.filter((clash) => !/^[1-5] (rate\.\d go\.\w+|go\.\w+ rate\.\d)$/.test(clash))
    expect(graded).toEqual([])
  })

  it('turn, mirror or delete nothing', () => {
    for (const { id } of catalogue) expect(id).not.toMatch(/flip|mirror|rotate|delete|discard|remove/)
  })
})
