/**
 * The method on the shipped real scans (Haxby et al. 2001, one slice, eight categories): mask and decoder are made anew with
 * every run held out in turn, so no held-out trial is ever seen. Prints accuracy with its interval for every condition.
 *
 *   node bench/science/labels.ts [--budgets 50,100,200] [--seeds 0]
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { labelEmbedding } from '../../src/core/embedding/label-embedding.ts'
import { runExperiment } from '../../src/core/experiment/run-experiment.ts'
import { labelWorld } from '../../src/core/experiment/world.ts'
import { silentContext } from '../../src/core/pipeline/run-context.ts'
import { unwrap } from '../../src/core/problem.ts'
import { defaultDecoderSettings, maskPresets, type PresetName, presetNames } from '../../src/core/troi/settings.ts'
import { importSubject } from '../../src/engine/import/import-subject.ts'
import { readRecipe } from '../../src/engine/import/recipe-file.ts'
import { openCompute } from '../../src/engine/tensor/compute.ts'

const { values } = parseArgs({
  options: {
    budgets: { type: 'string', default: '50,100,200' },
    seeds: { type: 'string', default: '0' },
    preset: { type: 'string', default: 'troi' },
    only: { type: 'string' },
  },
})
const preset = presetNames.find((name): name is PresetName => name === values.preset)
if (preset === undefined) throw new Error(`--preset must be one of ${presetNames.join(', ')}`)

const example = join(import.meta.dirname, '..', '..', 'resources', 'examples', 'haxby2001', 'recipe.json')
const { recipe, folder } = unwrap(await readRecipe(example))
const { trials } = unwrap(await importSubject(recipe, folder, { progress() {}, async breathe() {} }))
const targets = unwrap(labelEmbedding(trials.labels))
console.log(`${trials.label.length} trials of ${trials.labels.length} labels, ${trials.index.length} voxels`)

const { compute, close } = await openCompute({})
for (const budget of values.budgets.split(',').map(Number)) {
  const rows = await runExperiment(
    {
      experiment: 'cross-validation',
      seeds: values.seeds.split(',').map(Number),
      mask: { ...maskPresets[preset], budget },
      decoder: defaultDecoderSettings,
      ...(values.only === undefined ? {} : { only: values.only.split(',') }),
    },
    {
      compute,
      now: () => performance.now(),
      world: async () => labelWorld(trials, targets, null),
      rowsSoFar: [],
      async rowDone({ seed, condition, voxels, metrics, seconds }) {
        const { value, interval, n } = metrics.accuracy!
        const [low, high] = interval.map((share) => (100 * share).toFixed(1))
        const accuracy = `${(100 * value).toFixed(1)} % [${low}, ${high}]`
        console.log(
          `V ${budget}  seed ${seed}  ${condition.padEnd(26)}${String(voxels).padStart(6)}  ${accuracy}  n ${n}  ${seconds.toFixed(1)} s`,
        )
      },
    },
    silentContext(),
  )
  if (rows.length === 0) throw new Error('no condition by that name')
}
await close()
