/**
 * Reconstructions compared with pictures by what a network says of both. Chance is measured, not assumed: networks say similar
 * things of all pictures, so even a wrong reconstruction has a correlation distance far below 1.
 */
import type { PackManifest, PackNetwork, PackOutput } from '../contract/pack.ts'
import type { PackMetric } from '../contract/result.ts'
import { type Matmul, plainMatmul } from '../linear/product.ts'
import { type Measure, publishedMetrics, publishedNames } from '../packs/published.ts'
import { meanMetric } from './intervals.ts'
import type { Metric } from './metric.ts'

/** Rows less their mean and of length 1, in place; rows without variance become 0. */
function unitRows(values: Float32Array, rows: number): void {
  const columns = values.length / rows
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * columns, (r + 1) * columns)
    let sum = 0
    for (const value of row) sum += value
    const average = sum / columns
    let square = 0
    for (const value of row) square += (value - average) ** 2
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0
    for (let c = 0; c < columns; c++) row[c] = (row[c]! - average) * scale
  }
}

/**
 * One metric from a network's output for pictures and reconstructions, both count × numbers, item i belonging to item i. Both arrays
 * are overwritten, because maps of a few hundred pictures fill gigabytes. twoWay: for each reconstruction, the share of other
 * pictures that correlate with it less than its own does. correlationDistance: 1 − Pearson; chance is the mean over all wrong pairs.
 */
export function compareOutputs(
  pictures: Float32Array,
  reconstructions: Float32Array,
  count: number,
  measure: Measure,
  seed: number,
  matmul: Matmul = plainMatmul,
): Metric {
  if (pictures.length !== reconstructions.length || !Number.isInteger(pictures.length / count))
    throw new RangeError(`${pictures.length} and ${reconstructions.length} numbers do not compare as ${count} items`)
  unitRows(pictures, count)
  unitRows(reconstructions, count)
  // r[i × count + j]: picture i with reconstruction j.
  const r = matmul(pictures, reconstructions, count, pictures.length / count, count, { transposeB: true })
  const own = (j: number) => r[j * count + j]!
  if (measure === 'twoWay') {
    const shares = Float64Array.from({ length: count }, (_, j) => {
      let less = 0
      for (let i = 0; i < count; i++) if (i !== j && r[i * count + j]! < own(j)) less++
      return count > 1 ? less / (count - 1) : 0
    })
    return meanMetric(shares, 'higher', 0.5, seed)
  }
  const distances = Float64Array.from({ length: count }, (_, j) => 1 - own(j))
  let wrong = 0
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) if (i !== j) wrong += 1 - r[i * count + j]!
  const chance = count > 1 ? wrong / (count * (count - 1)) : null
  return meanMetric(distances, 'lower', chance, seed)
}

/** A metric under the network's own name; only a network that is the published one carries the published name. */
export function packMetric(
  manifest: PackManifest,
  manifestSha256: string,
  output: PackOutput,
  metric: Metric,
): PackMetric {
  const about = output.metric
  if (about === null) throw new RangeError(`${manifest.name}/${output.name} is no metric`)
  return {
    pack: manifest.name,
    version: manifest.version,
    manifest: manifestSha256,
    output: output.name,
    label: about.publishedAs ?? `${manifest.title} ${output.name}`,
    standsFor: output.standsFor,
    measure: about.measure,
    publishedAs: about.publishedAs,
    standsInFor: about.standsInFor,
    metric,
  }
}

/** The outputs of a network that are metrics. */
export function metricOutputs(network: PackNetwork): PackOutput[] {
  return network.outputs.filter(({ metric }) => metric !== null)
}

/** The published numbers that are not among these metrics, each with the pack that would give it, in words. */
export function missingMetrics(found: readonly PackMetric[]): { name: string; words: string }[] {
  return publishedNames
    .filter((name) => !found.some(({ publishedAs }) => publishedAs === name))
    .map((name) => {
      const { network, output, measure, preparation } = publishedMetrics[name]
      const standIns = found.filter(({ standsInFor }) => standsInFor === name).map(({ label }) => label)
      const how = measure === 'twoWay' ? 'two-way identification' : 'correlation distance'
      const needs = `It needs a pack with ${network}, output ${output}, preparation "${preparation}", compared by ${how}.`
      const instead =
        standIns.length > 0
          ? ` ${standIns.join(', ')} stands in for it; its numbers do not compare with published ones.`
          : ''
      return { name, words: `${name} is not given by any installed pack. ${needs}${instead}` }
    })
}
