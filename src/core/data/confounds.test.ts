import { describe, expect, it } from 'vitest'
import { type ConfoundTable, chosenColumns, confoundRegressors, presetColumns } from './confounds.ts'
import { type Event, inOrder, joinEvents, overlaps } from './event.ts'

const table = (columns: Record<string, number[]>): ConfoundTable => ({
  names: Object.keys(columns),
  columns: Object.values(columns).map((values) => Float64Array.from(values)),
})

describe('confounds', () => {
  it('motion-24 is the six parameters, their derivatives, and the squares of both', () => {
    const names = presetColumns('motion-24', [])
    expect(names).toHaveLength(24)
    expect(new Set(names).size).toBe(24)
    expect(names).toContain('rot_y_derivative1_power2')
  })
  it('compcor-5 brings fMRIPrep’s cosines along', () => {
    const available = ['a_comp_cor_00', 'cosine00', 'cosine01', 'cosine_other']
    const { names, missing } = chosenColumns({ presets: ['compcor-5'], columns: ['cosine00'] }, available)
    expect(names).toEqual([
      'a_comp_cor_00',
      'a_comp_cor_01',
      'a_comp_cor_02',
      'a_comp_cor_03',
      'a_comp_cor_04',
      'cosine00',
      'cosine01',
    ])
    expect(missing).toHaveLength(4)
  })
  it('takes the first row of a derivative from the second', () => {
    const found = confoundRegressors(table({ d: [Number.NaN, 2, 4, 6] }), { presets: [], columns: ['d'] }, 'c.tsv')
    if (!found.ok) throw new Error(found.problem.message)
    const column = found.value[0]!
    expect(column[0]).toBe(column[1])
    expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12)
    expect(column.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(4, 12)
  })
  it('stops at a missing column, and at a value that is missing later', () => {
    expect(confoundRegressors(table({ a: [1, 2] }), { presets: ['motion-6'], columns: [] }, 'c.tsv')).toMatchObject({
      ok: false,
      problem: { code: 'BAD_TABLE', where: 'c.tsv', message: expect.stringContaining('"trans_x"') },
    })
    expect(
      confoundRegressors(table({ a: [1, Number.NaN, 3] }), { presets: [], columns: ['a'] }, 'c.tsv'),
    ).toMatchObject({
      ok: false,
      problem: { message: 'The confound "a" has no number in row 2.' },
    })
  })
})

describe('events', () => {
  const event = (onset: number, duration: number, label = 'a'): Event => ({ onset, duration, label, line: 0 })
  it('joins neighbours of one label across a short gap, and not across another label', () => {
    const joined = joinEvents([event(0, 0.5), event(2, 0.5), event(4, 0.5, 'b'), event(6, 0.5), event(20, 1)], 1.5)
    expect(joined.map(({ onset, duration, label }) => [onset, duration, label])).toEqual([
      [0, 2.5, 'a'],
      [4, 0.5, 'b'],
      [6, 0.5, 'a'],
      [20, 1, 'a'],
    ])
  })
  it('tells events at one time from events that begin during another', () => {
    const { together, during } = overlaps(
      inOrder([event(5, 3, 'late'), event(0, 1), event(0, 1, 'twin'), event(6, 1, 'in')]),
    )
    expect(together.map(({ label }) => label)).toEqual(['twin'])
    expect(during.map(({ label }) => label)).toEqual(['in'])
  })
})
