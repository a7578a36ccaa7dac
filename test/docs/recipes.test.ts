/** Every recipe shown in docs/recipes.md is one, and every field of a recipe is explained there. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { recipeSchema } from '../../src/core/contract/recipe.ts'
import { confoundPresets, confoundsSchema, timingSchema, trialsSchema } from '../../src/core/contract/trials.ts'
import { checkRecipe } from '../../src/engine/import/check-recipe.ts'

const page = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text!))

describe('docs/recipes.md', () => {
  it('shows recipes that are understood as a whole', () => {
    expect(blocks.length).toBeGreaterThan(3)
    for (const block of blocks) {
      const recipe = recipeSchema.parse(block)
      expect(recipe).toMatchObject(block)
      expect(() => checkRecipe(recipe, '.')).not.toThrow()
    }
  })

  it('explains every field of trials, timing, confounds and the table', () => {
    const fields = {
      trials: trialsSchema.shape,
      timing: timingSchema.shape,
      confounds: confoundsSchema.shape,
      table: recipeSchema.shape.table.shape,
    }
    for (const [part, shape] of Object.entries(fields))
      for (const name of Object.keys(shape)) {
        if (part === 'table' && (name === 'path' || name === 'header')) continue
        expect(page, `${part}.${name}`).toContain(`\`${part}.${name}\``)
      }
    for (const preset of confoundPresets) expect(page).toContain(`\`${preset}\``)
    for (const way of trialsSchema.shape.from.options) expect(page).toContain(`\`${way}\``)
  })
})
