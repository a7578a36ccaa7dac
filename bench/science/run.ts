/**
 * Does the method do on simulated cohorts what it should? Runs the demo's conditions on fresh cohorts and prints, per
 * condition, mean and standard deviation over the seeds.
 *
 *   node bench/science/run.ts [--size small] [--seeds 0,1,2] [--world standard] [--only troi,annotated,true] [--pictures]
 *
 * Without --pictures, PixCorr and SSIM are left out. Figures go to bench/results/science-<size>.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { TableRow } from '../../src/core/contract/result.ts'
import { runExperiment } from '../../src/core/experiment/run-experiment.ts'
import { pictureSource, pictureWorld } from '../../src/core/experiment/world.ts'
import { silentContext } from '../../src/core/pipeline/run-context.ts'
import { simulateCohort } from '../../src/core/simulate/cohort.ts'
import {
  type CohortSize,
  cohortSizeNames,
  sizeSettings,
  type WorldName,
  worldNames,
} from '../../src/core/simulate/settings.ts'
import { pretrain } from '../../src/core/troi/pretrain.ts'
import { defaultDecoderSettings, defaultPretrainSettings, maskPresets } from '../../src/core/troi/settings.ts'
import { openCompute } from '../../src/engine/tensor/compute.ts'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'small' },
    seeds: { type: 'string', default: '0,1,2' },
    world: { type: 'string', default: 'standard' },
    only: { type: 'string' },
    pictures: { type: 'boolean', default: false },
    threads: { type: 'string' },
  },
})

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new Error(`--${name} must be one of ${allowed.join(', ')}, not ${value}`)
  return found
}

const size: CohortSize = oneOf('size', values.size, cohortSizeNames)
const worldName: WorldName = oneOf('world', values.world, worldNames)
const seeds = values.seeds.split(',').map(Number)
const budget = sizeSettings[size].trueVoxels
const { compute, threads, close } = await openCompute(values.threads ? { threads: Number(values.threads) } : {})

const rows = await runExperiment(
  {
    experiment: 'demo',
    seeds,
    mask: { ...maskPresets.troi, budget },
    decoder: defaultDecoderSettings,
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
  },
  {
    compute,
    now: () => performance.now(),
    rowsSoFar: [],
    async rowDone(row) {
      console.error(`seed ${row.seed}  ${line(row.condition, [row])}`)
    },
    async world(seed, context) {
      const start = performance.now()
      const cohort = simulateCohort({ size, seed, world: worldName }, { matmul: compute.kernels.matmul })
      const simulated = performance.now()
      const [subject, ...others] = cohort.subjects
      const inputs = others.map((other) => ({ subject: other, targets: cohort.targets }))
      const backbone = await pretrain(inputs, { ...defaultPretrainSettings, seed }, compute, context)
      const times = [simulated - start, performance.now() - simulated].map((ms) => (ms / 1000).toFixed(1))
      console.error(
        `seed ${seed}: ${subject!.space.index.length} voxels; simulated ${times[0]} s, pretrained ${times[1]} s`,
      )
      const pictures = values.pictures ? pictureSource(cohort.pictures, cohort.embedding) : null
      return pictureWorld(subject!, cohort.targets, backbone, pictures)
    },
  },
  silentContext(),
)
await close()

function statistics(numbers: readonly (number | null)[], factor: number, digits: number): string {
  const known = numbers.filter((value) => value !== null).map((value) => value * factor)
  if (known.length === 0) return '–'
  const mean = known.reduce((sum, value) => sum + value / known.length, 0)
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length - 1)
  return known.length > 1 ? `${mean.toFixed(digits)}±${Math.sqrt(variance).toFixed(digits)}` : mean.toFixed(digits)
}

function line(condition: string, own: readonly TableRow[]): string {
  const cells = [
    statistics(
      own.map((row) => row.voxels),
      1,
      0,
    ),
    statistics(
      own.map((row) => row.dice),
      1,
      3,
    ),
    statistics(
      own.map((row) => row.brainToImage),
      100,
      1,
    ),
    statistics(
      own.map((row) => row.imageToBrain),
      100,
      1,
    ),
    statistics(
      own.map((row) => row.metrics.twoWay?.value ?? null),
      100,
      1,
    ),
    statistics(
      own.map((row) => row.metrics.embeddingR2?.value ?? null),
      1,
      3,
    ),
    statistics(
      own.map((row) => row.pixCorr),
      1,
      3,
    ),
    statistics(
      own.map((row) => row.ssim),
      1,
      3,
    ),
    statistics(
      own.map((row) => row.seconds),
      1,
      1,
    ),
  ]
  return condition.padEnd(32) + cells.map((cell) => cell.padStart(13)).join('')
}

const conditions = [...new Set(rows.map((row) => row.condition))]
const titles = ['voxels', 'Dice', 'brain→image', 'image→brain', 'two-way', 'R²', 'PixCorr', 'SSIM', 'seconds']
console.log(`\n${size} ${worldName}, V = ${budget}, seeds ${seeds.join(', ')}, ${threads} threads`)
console.log('condition'.padEnd(32) + titles.map((title) => title.padStart(13)).join(''))
for (const condition of conditions)
  console.log(
    line(
      condition,
      rows.filter((row) => row.condition === condition),
    ),
  )
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)

const folder = join(import.meta.dirname, '..', 'results')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, `science-${size}.json`),
  JSON.stringify({ size, world: worldName, budget, seeds, rows }, null, 1),
)
