/** Recipes of images whose volumes are cats and dogs in turn, one run after the other. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Recipe, recipeSchema } from '../../src/core/contract/recipe.ts'

/** Writes the table of `volumes` trials per run beside the images; `rest` adds to the recipe or replaces. */
export function twoLabels(folder: string, images: readonly string[], volumes: number, rest: object = {}): Recipe {
  const rows = Array.from(
    { length: images.length * volumes },
    (_, t) => `${t % 2 ? 'cat' : 'dog'}\t${1 + Math.floor(t / volumes)}`,
  )
  writeFileSync(join(folder, 'trials.tsv'), ['label\trun', ...rows, ''].join('\n'))
  return recipeSchema.parse({
    version: 1,
    subject: '01',
    images: images.map((path) => ({ path })),
    table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' },
    trials: { from: 'volumes' },
    split: { rule: 'leave-one-run-out' },
    ...rest,
  })
}
