/** A backbone, three masks and three decoders that were made from one another. */
import type { ListedMask } from '../../src/core/contract/result.ts'
import type { LineageItems } from '../../src/renderer/lib/lineage.ts'
import { maskItem } from './mask-item.ts'

const id = (number: number) => `01960000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
const { mask } = maskItem()

function listed(number: number, name: string, backbone: string | null): ListedMask {
  return { ...mask, id: id(number), run: id(number + 0x100), name, backbone, sha256: 'a'.repeat(64), verdict: null }
}
const decoder = (number: number, name: string, of: string) => ({
  ...{ id: id(number), run: id(number + 0x100), name, mask: of, subject: mask.subject, restart: 'scratch' },
})

export const items: LineageItems = {
  backbones: [{ id: id(1), run: id(0x101), name: 'b-01', subjects: ['sub-01'], epochs: 10 }],
  masks: [listed(2, 'm-01', id(1)), listed(3, 'm-02', null), listed(4, 'm-03', id(1))],
  decoders: [decoder(5, 'd-01', id(2)), decoder(6, 'd-02', id(2)), decoder(7, 'd-03', id(3))],
}

export function head<T>(list: readonly T[]): T {
  return list[0]!
}
