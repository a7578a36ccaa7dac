/**
 * Real scans (the shipped slice of Haxby et al. 2001) by two ways that must lead to the same trials: a table of volumes, averaged over
 * blocks, and the same blocks as events, one image per run, averaged over a window.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tableText, writeText } from '../../../test/support/event-study.ts'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { importSubject } from './import-subject.ts'
import { forEachVolume, openNifti } from './nifti-volumes.ts'
import { readRecipe } from './recipe-file.ts'

const silent = { progress: () => {}, breathe: async () => {} }
const example = decodeURIComponent(new URL('../../../resources/examples/haxby2001', import.meta.url).pathname)
const runs = 12
const repetition = 2.5
let folder: string

/** The example cut into its runs, each block of equal labels an event. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'troi haxby '))
  const rows = readFileSync(join(example, 'attributes_literal.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const opened = await openNifti(join(example, 'bold.nii.gz'))
  if (!opened.ok) throw new Error(opened.problem.message)
  const { header } = opened.value
  const volumes: Float32Array[] = []
  const read = await forEachVolume(opened.value, (values) => void volumes.push(values.slice()))
  if (!read.ok) throw new Error(read.problem.message)
  const size = volumes[0]!.length
  for (let run = 0; run < runs; run++) {
    const own = [...rows.keys()].filter((row) => Number(rows[row]![1]) === run)
    writeNifti(join(folder, `run-${run}.nii`), {
      shape: [...header.shape.slice(0, 3), own.length],
      type: 'float32',
      affine: header.sform!.slice(0, 12),
      repetition,
      values: (index) => volumes[own[Math.floor(index / size)]!]![index % size]!,
    })
    const events = own.flatMap((row, t) => {
      const [label] = rows[row]!
      if (label === 'rest' || rows[row - 1]?.[0] === label) return []
      const length = own.slice(t).findIndex((other) => rows[other]![0] !== label)
      return [{ onset: t * repetition, duration: length * repetition, label: label! }]
    })
    writeText(join(folder, `run-${run}.tsv`), tableText(events))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function recipeOf(trials: object) {
  return recipeSchema.parse({
    version: 1,
    subject: 'haxby1',
    images: Array.from({ length: runs }, (_, run) => ({ path: `run-${run}.nii`, run, table: `run-${run}.tsv` })),
    table: { columns: { label: 'trial_type' }, rows: 'events' },
    brainMask: join(example, 'mask.nii.gz'),
    trials,
    split: { rule: 'leave-one-run-out' },
  })
}

async function trialsOf(recipe: ReturnType<typeof recipeOf>, from: string) {
  const imported = await importSubject(recipe, from, silent)
  if (!imported.ok) throw new Error(imported.problem.message)
  return imported.value.trials
}

describe('the slice of Haxby et al. 2001', () => {
  it('gives the same trials from events as from a table of volumes', async () => {
    const file = await readRecipe(join(example, 'recipe.json'))
    if (!file.ok) throw new Error(file.problem.message)
    const blocks = await trialsOf(file.value.recipe, example)
    const events = await trialsOf(recipeOf({ from: 'event-window', windowSeconds: [0, 20] }), folder)
    expect(events.labels).toEqual(blocks.labels)
    expect(events.label).toEqual(blocks.label)
    expect(events.index).toEqual(blocks.index)
    const largest = Math.max(...blocks.betas.map(Math.abs))
    const worst = Math.max(...events.betas.map((value, at) => Math.abs(value - blocks.betas[at]!)))
    expect(worst).toBeLessThan(1e-4 * largest)
  })

  it('gives trials of a response model that resemble the means of their blocks', async () => {
    const means = await trialsOf(recipeOf({ from: 'event-window', windowSeconds: [5, 25] }), folder)
    const model = await trialsOf(recipeOf({ from: 'event-glm', otherTrials: 'one-each' }), folder)
    expect(model.label).toEqual(means.label)
    const voxels = means.index.length
    const correlations = Array.from({ length: means.label.length }, (_, row) =>
      correlation(
        means.betas.subarray(row * voxels, (row + 1) * voxels),
        model.betas.subarray(row * voxels, (row + 1) * voxels),
      ),
    ).sort((a, b) => a - b)
    // Not identical, since one is a mean and the other a fit; but no trial may be of another run, label or place.
    expect(correlations[Math.floor(correlations.length / 2)]).toBeGreaterThan(0.7)
  })
})

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (x: Float32Array) => x.reduce((sum, value) => sum + value, 0) / x.length
  const [ma, mb] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (const [at, value] of a.entries()) {
    ab += (value - ma) * (b[at]! - mb)
    aa += (value - ma) ** 2
    bb += (b[at]! - mb) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}
