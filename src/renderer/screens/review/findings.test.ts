import { describe, expect, it } from 'vitest'
import type { Summary } from '../../components/result-table.tsx'
import { compare, findingsOf } from './findings.ts'

const metric = (value: number, spread: number, direction: 'higher' | 'lower' = 'higher') => ({
  value,
  low: value - spread,
  high: value + spread,
  chance: 0.01,
  n: 100,
  direction,
})

const summary = (condition: string, up: number, back: number): Summary => ({
  condition,
  seeds: 3,
  voxels: condition === 'annotated' ? 1500 : 300,
  dice: null,
  metrics: { brainToImage: metric(up, 0.03), imageToBrain: metric(back, 0.03) },
})

describe('findings in words', () => {
  it('calls overlapping bars no clear difference', () => {
    expect(compare(metric(0.5, 0.03), metric(0.55, 0.03))).toBe('unclear')
    expect(compare(metric(0.5, 0.03), metric(0.6, 0.03))).toBe('worse')
    expect(compare(metric(0.5, 0.03), metric(0.4, 0.03))).toBe('better')
  })

  it('turns round where lower is better', () => {
    expect(compare(metric(0.5, 0.03, 'lower'), metric(0.4, 0.03, 'lower'))).toBe('worse')
  })

  it('says that the method loses where it loses', () => {
    const [annotated, instant, random] = findingsOf(
      [
        summary('troi', 0.4, 0.5),
        summary('annotated', 0.2, 0.2),
        summary('instant', 0.5, 0.6),
        summary('random', 0.41, 0.1),
      ],
      'troi',
    )
    expect(annotated!.title).toBe('TROI does better than Annotated ROI')
    expect(annotated!.text).toContain('300 voxels against 1,500')
    expect(instant!.title).toBe('Instant mask, closed form does better than TROI')
    expect(random!.title).toBe('TROI does better than Random voxels, same count, image → brain only')
    expect(random!.text).toContain('(bars overlap)')
  })

  it('says so where each is ahead in one direction', () => {
    const [found] = findingsOf([summary('troi', 0.4, 0.5), summary('annotated', 0.2, 0.8)], 'troi')
    expect(found!.title).toBe('TROI and Annotated ROI: each is ahead in one direction')
  })

  it('says nothing without the method', () => {
    expect(findingsOf([summary('annotated', 0.2, 0.2)], 'troi')).toEqual([])
  })
})
