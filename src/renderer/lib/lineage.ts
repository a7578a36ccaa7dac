/** What was made from what: backbones, the masks found with them, the decoders trained on those, as a tree that a person can open. */
import type { z } from 'zod'
import type { backboneSchema, decoderSchema, ListedMask } from '../../core/contract/result.ts'

export interface LineageNode {
  readonly kind: 'backbone' | 'mask' | 'decoder'
  readonly id: string
  readonly name: string
  /** The run that made it. */
  readonly run: string
  /** The mask to look at: its own, or that of a decoder; null for backbones. */
  readonly mask: string | null
  readonly children: readonly LineageNode[]
}

export interface LineageItems {
  readonly backbones: readonly z.infer<typeof backboneSchema>[]
  readonly masks: readonly ListedMask[]
  readonly decoders: readonly z.infer<typeof decoderSchema>[]
}

/** Roots in the order they were made: backbones first, then what was made without one or whose origin is gone. */
export function lineageOf({ backbones, masks, decoders }: LineageItems): LineageNode[] {
  const decoderNode = ({ id, name, run, mask }: LineageItems['decoders'][number]): LineageNode => ({
    ...{ kind: 'decoder', id, name, run, mask, children: [] },
  })
  const maskNode = ({ id, name, run }: ListedMask): LineageNode => ({
    ...{ kind: 'mask', id, name, run, mask: id },
    children: decoders.filter(({ mask }) => mask === id).map(decoderNode),
  })
  const there = new Set(backbones.map(({ id }) => id))
  const known = new Set(masks.map(({ id }) => id))
  return [
    ...backbones.map(
      ({ id, name, run }): LineageNode => ({
        ...{ kind: 'backbone', id, name, run, mask: null },
        children: masks.filter(({ backbone }) => backbone === id).map(maskNode),
      }),
    ),
    ...masks.filter(({ backbone }) => backbone === null || !there.has(backbone)).map(maskNode),
    ...decoders.filter(({ mask }) => !known.has(mask)).map(decoderNode),
  ]
}
