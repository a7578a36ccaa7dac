/** Response, drift, design and single-trial coefficients beside nilearn's numbers (test/fixtures/trials). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { cosineCount, cosineDrift } from './drift.ts'
import { canonicalHrf, responseAt } from './hrf.ts'
import { dot, nuisanceBasis, withoutNuisance } from './nuisance.ts'
import { centreRun, meanOverSpans } from './time-series.ts'
import { applyWeights, regressor, responseInside, separateWeights, spanWeights } from './trial-weights.ts'

const numbers = z.array(z.number())
const times = { volumes: z.number(), repetition: z.number() }
const golden = z
  .object({
    hrf: z.object({ seconds: numbers, shape: numbers }),
    drift: z.object({ ...times, cutoff: z.number(), count: z.number(), columns: numbers }),
    orders: z.array(z.object({ ...times, cutoff: z.number(), count: z.number() })),
    times: z.object({ ...times, start: z.number() }),
    cutoff: z.number(),
    events: z.array(z.object({ onset: z.number(), duration: z.number(), label: z.string() })),
    confounds: z.array(numbers),
    design: z.record(z.string(), numbers),
    series: numbers,
    voxels: z.number(),
    betas: z.object({ together: numbers, 'by-label': numbers, 'one-each': numbers }),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../../test/fixtures/trials/nilearn-trials.json', import.meta.url), 'utf8')),
  )

const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs))
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  expect(actual.length).toBe(expected.length)
  const worst = Math.max(...Array.from(actual, (value, at) => Math.abs(value - expected[at]!)))
  expect(worst).toBeLessThan(tolerance * largest(expected))
}
const events = golden.events.map((event, at) => ({ ...event, line: at + 2 }))
const { volumes } = golden.times
const basis = nuisanceBasis({
  volumes,
  line: false,
  highPass: { repetitionSeconds: golden.times.repetition, cutoffSeconds: golden.cutoff },
  others: golden.confounds.map((column) => Float64Array.from(column)),
})
const series = () => ({ volumes, voxels: golden.voxels, values: Float32Array.from(golden.series) })

describe('the response', () => {
  it('has the shape of SPM’s', () => {
    expectClose(golden.hrf.seconds.map(canonicalHrf), golden.hrf.shape, 1e-3)
  })
  it('integrates to 1, so that a long event reaches 1', () => {
    expect(responseAt(100, 200)).toBeCloseTo(1, 6)
    expect(responseAt(300, 0)).toBeCloseTo(0, 12)
    expect(responseAt(-1, 5)).toBe(0)
  })
  it('of a short event is that of an impulse times its duration', () => {
    expect(responseAt(5, 1e-3) / 1e-3).toBeCloseTo(canonicalHrf(5), 4)
  })
  it('gives the regressors of nilearn’s design', () => {
    for (const [label, column] of Object.entries(golden.design)) {
      const sum = new Float64Array(volumes)
      for (const event of events.filter((other) => other.label === label))
        for (const [t, value] of regressor(event, golden.times).entries()) sum[t]! += value
      expectClose(sum, column, 1e-3)
    }
  })
})

describe('drift', () => {
  it('has nilearn’s cosines', () => {
    const { volumes, repetition, cutoff, count, columns } = golden.drift
    expect(cosineCount(volumes, repetition, cutoff)).toBe(count)
    expectClose(
      cosineDrift(volumes, count).flatMap((column) => [...column]),
      columns,
      1e-6,
    )
  })
  it('has as many cosines', () => {
    for (const { volumes, repetition, cutoff, count } of golden.orders)
      expect(cosineCount(volumes, repetition, cutoff)).toBe(count)
  })
  it('and confounds leave nothing of themselves behind, repeated ones included', () => {
    const repeated = nuisanceBasis({
      volumes,
      line: true,
      highPass: null,
      others: [...golden.confounds, golden.confounds[0]!.map((value) => 3 * value - 7)].map((c) =>
        Float64Array.from(c),
      ),
    })
    expect(repeated.dropped).toBe(1)
    for (const confound of golden.confounds) {
      const rest = withoutNuisance(Float64Array.from(confound), repeated)
      expect(Math.sqrt(dot(rest, rest))).toBeLessThan(1e-9 * largest(confound))
    }
  })
})

describe('least squares separate', () => {
  for (const others of ['together', 'by-label', 'one-each'] as const)
    it(`has nilearn’s coefficients, other trials ${others}`, () => {
      const { weights, ownShare } = separateWeights(events, golden.times, basis, others)
      expect(Math.min(...ownShare)).toBeGreaterThan(0.05)
      const trials = applyWeights(series(), weights)
      // nilearn's are in the units of the series, ours in percent of a voxel's mean.
      const inUnits = trials.map((value, at) => {
        const v = at % golden.voxels
        let mean = 0
        for (let t = 0; t < volumes; t++) mean += golden.series[t * golden.voxels + v]! / volumes
        return (value * mean) / 100
      })
      expectClose(inUnits, golden.betas[others], 1e-3)
    })
  it('gives the same trials whatever they are called, if the others are taken together', () => {
    const renamed = events.map((event, at) => ({ ...event, label: at % 2 === 0 ? 'a' : 'b' }))
    const once = separateWeights(events, golden.times, basis, 'together').weights.values
    expect(separateWeights(renamed, golden.times, basis, 'together').weights.values).toEqual(once)
    expect(separateWeights(renamed, golden.times, basis, 'by-label').weights.values).not.toEqual(once)
  })
  it('says that a trial cannot be told from another at the same time', () => {
    const twins = [...events, { ...events[3]!, label: 'twin' }].toSorted((a, b) => a.onset - b.onset)
    const { ownShare } = separateWeights(twins, golden.times, basis, 'by-label')
    expect([...ownShare].filter((share) => share === 0)).toHaveLength(1)
  })
})

describe('means of volumes', () => {
  const spans = [
    { label: 'a', first: 3, last: 6 },
    { label: 'b', first: 40, last: 40 },
  ]
  it('are those of a run without its straight line', () => {
    const line = nuisanceBasis({ volumes, line: true, highPass: null, others: [] })
    const centred = series()
    centreRun(centred, true)
    expectClose(applyWeights(series(), spanWeights(spans, line)), meanOverSpans(centred, spans), 1e-4)
  })
  it('do not see what the nuisance basis holds', () => {
    const weights = spanWeights(spans, basis)
    const changed = series()
    for (let t = 0; t < volumes; t++)
      for (let v = 0; v < golden.voxels; v++)
        changed.values[t * golden.voxels + v]! += 2 * golden.confounds[0]![t]! - centre(golden.confounds[0]!) * 2
    expectClose(applyWeights(changed, weights), applyWeights(series(), weights), 2e-3)
  })
})

function centre(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

it('a response past the end of the run is seen', () => {
  const times = { volumes: 100, repetition: 2, start: 0 }
  expect(responseInside({ onset: 50, duration: 2 }, times)).toBeCloseTo(1, 5)
  expect(responseInside({ onset: 196, duration: 2 }, times)).toBeLessThan(0.2)
  expect(responseInside({ onset: 250, duration: 2 }, times)).toBe(0)
})
