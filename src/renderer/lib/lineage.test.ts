/** The tree has every item once, under what it was made from. */
import { describe, expect, it } from 'vitest'
import { head, items } from '../../../test/support/lineage-items.ts'
import type { ListedMask } from '../../core/contract/result.ts'
import { type LineageNode, lineageOf } from './lineage.ts'

const shape = (nodes: readonly LineageNode[]): unknown[] =>
  nodes.map(({ name, children }) => (children.length === 0 ? name : [name, shape(children)]))

describe('the tree of results', () => {
  it('hangs masks under their backbone and decoders under their mask', () => {
    expect(shape(lineageOf(items))).toEqual([
      ['b-01', [['m-01', ['d-01', 'd-02']], 'm-03']],
      ['m-02', ['d-03']],
    ])
  })

  it('keeps what lost its origin as a root', () => {
    const orphan: ListedMask = { ...head(items.masks), backbone: '01960000-0000-7000-8000-0000000000ff' }
    const made = lineageOf({ backbones: items.backbones, masks: [orphan], decoders: items.decoders })
    expect(shape(made)).toEqual(['b-01', ['m-01', ['d-01', 'd-02']], 'd-03'])
  })

  it('leads to the mask that is meant', () => {
    const [backbone] = lineageOf(items)
    expect(backbone!.mask).toBeNull()
    expect(backbone!.children[0]).toMatchObject({ kind: 'mask', mask: items.masks[0]!.id })
    expect(backbone!.children[0]!.children[0]).toMatchObject({ kind: 'decoder', mask: items.masks[0]!.id })
  })
})
