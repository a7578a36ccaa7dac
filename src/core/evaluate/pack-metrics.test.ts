import { describe, expect, it } from 'vitest'
import { packManifestSchema } from '../contract/pack.ts'
import { publishedNames } from '../packs/published.ts'
import { Random } from '../random/random.ts'
import { correlationDistance, twoWayIdentification } from './identification.ts'
import { mean } from './intervals.ts'
import { compareOutputs, missingMetrics, packMetric } from './pack-metrics.ts'

const [count, columns] = [30, 50]
/** Pictures, and reconstructions that hold a share of them; all share a large common part, as network outputs do. */
function pairs(share: number) {
  const random = Random.of(1, 'pack metrics')
  const common = random.normals(columns)
  const pictures = random.normals(count * columns).map((value, i) => value + 3 * common[i % columns]!)
  const noise = random.normals(count * columns).map((value, i) => value + 3 * common[i % columns]!)
  return { pictures, reconstructions: pictures.map((value, i) => share * value + (1 - share) * noise[i]!) }
}
const compare = (share: number, measure: 'twoWay' | 'correlationDistance') => {
  const { pictures, reconstructions } = pairs(share)
  return compareOutputs(pictures, reconstructions, count, measure, 0)
}

describe('compareOutputs', () => {
  it('is the two-way identification of MindEye2', () => {
    const { pictures, reconstructions } = pairs(0.3)
    const expected = mean(twoWayIdentification(reconstructions, pictures, count))
    const found = compareOutputs(pictures, reconstructions, count, 'twoWay', 0)
    expect(found).toMatchObject({ direction: 'higher', chance: 0.5, n: count })
    expect(found.value).toBeCloseTo(expected, 6)
    expect(found.interval[0]).toBeLessThanOrEqual(found.value)
    expect(found.interval[1]).toBeGreaterThanOrEqual(found.value)
  })

  it('is 1 − Pearson for the distance', () => {
    const { pictures, reconstructions } = pairs(0.3)
    const expected = mean(correlationDistance(reconstructions, pictures, count))
    const found = compareOutputs(pictures, reconstructions, count, 'correlationDistance', 0)
    expect(found).toMatchObject({ direction: 'lower', n: count })
    expect(found.value).toBeCloseTo(expected, 5)
  })

  it('measures chance on wrong pairs, far below 1 where all pictures are alike to the network', () => {
    const nothing = compare(0, 'correlationDistance')
    expect(nothing.chance).toBeLessThan(0.3)
    expect(Math.abs(nothing.value - nothing.chance!)).toBeLessThan(0.03)
    const good = compare(0.8, 'correlationDistance')
    expect(good.value).toBeLessThan(good.chance! - 0.05)
  })

  it('is best for the pictures themselves and at chance for others', () => {
    expect(compare(1, 'twoWay').value).toBe(1)
    expect(compare(1, 'correlationDistance').value).toBeCloseTo(0, 5)
    expect(Math.abs(compare(0, 'twoWay').value - 0.5)).toBeLessThan(0.15)
  })

  it('counts outputs without variance as not right', () => {
    const { pictures } = pairs(1)
    const found = compareOutputs(pictures, new Float32Array(count * columns).fill(2), count, 'twoWay', 0)
    expect(found.value).toBe(0)
  })

  it('says nothing of chance for a single picture', () => {
    const one = Float32Array.of(1, 2, 4)
    expect(compareOutputs(one, one.slice(), 1, 'correlationDistance', 0)).toMatchObject({ chance: null, n: 1 })
  })
})

describe('names', () => {
  const manifest = packManifestSchema.parse({
    ...{ format: 1, name: 'mine', version: '2', title: 'My net', kinds: ['metrics'] },
    licence: { name: 'MIT', file: 'LICENSE' },
    provenance: { source: 'here', trainingData: 'some' },
    files: ['LICENSE', 'a.onnx'].map((path) => ({ path, bytes: 1, sha256: '0'.repeat(64) })),
    networks: [
      {
        ...{ file: 'a.onnx', standIn: true },
        input: { tensor: 'x', layout: 'NCHW', preparation: 'mindeye2-swav' },
        outputs: [
          { name: 'late', shape: [7], standsFor: 'x', metric: { measure: 'correlationDistance', standsInFor: 'SwAV' } },
        ],
      },
    ],
  })
  const metric = compare(0.5, 'correlationDistance')
  const found = packMetric(manifest, 'f'.repeat(64), manifest.networks[0]!.outputs[0]!, metric)

  it('are the network’s own where it stands in for another', () => {
    expect(found).toMatchObject({
      label: 'My net late',
      standsInFor: 'SwAV',
      publishedAs: null,
      pack: 'mine',
      version: '2',
    })
  })

  it('say in words which pack would give a number that is missing', () => {
    const missing = missingMetrics([found])
    expect(missing.map(({ name }) => name)).toEqual([...publishedNames])
    const { words } = missing.find(({ name }) => name === 'SwAV')!
    expect(words).toContain('SwAV ResNet-50')
    expect(words).toContain('preparation "mindeye2-swav"')
    expect(words).toContain('My net late stands in for it')
    expect(missing.find(({ name }) => name === 'CLIP')!.words).not.toContain('stands in')
    expect(missingMetrics([{ ...found, publishedAs: 'SwAV' }]).some(({ name }) => name === 'SwAV')).toBe(false)
  })
})
