/** A BIDS dataset from the command line: what is asked, how it is answered, the recipe that is kept, the import itself. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recipeSchema } from '../../src/core/contract/recipe.ts'
import { boldOf, eventsOf, tableText, writeText } from '../support/event-study.ts'
import { writeNifti } from '../support/make-nifti.ts'
import { enterHome, troi } from './support/in-process.ts'

const home = enterHome('cli bids ')
const { base } = home
const dataset = join(base, 'my dataset')
beforeAll(() => {
  for (const subject of ['1', '2'])
    for (const run of [1, 2, 3]) {
      const name = join(dataset, `sub-${subject}/func/sub-${subject}_task-faces_run-${run}`)
      writeText(`${name}_events.tsv`, tableText(eventsOf(run)).replaceAll('\t', '  '))
      writeNifti(`${name}_bold.nii`, boldOf(run))
    }
})
afterAll(home.leave)
const answers = z.object({
  recipe: recipeSchema,
  preview: z.object({ trials: z.number(), steps: z.array(z.string()) }),
})

describe('a BIDS dataset', () => {
  it('is asked about one thing after the other, and nothing is made', async () => {
    const words = ['import', dataset, '--project', join(base, 'p'), '--dry-run']
    const first = await troi(...words)
    expect(first.code).toBe(3)
    expect(first.out).toContain('--choose subject=2: sub-2')
    expect(first.err).toContain('Here: --choose subject=1 or --choose subject=2.')
    const second = await troi(...words, '--subject', '2')
    expect([second.code, second.out]).toEqual([
      3,
      expect.stringContaining('--choose separator=space: Read the columns'),
    ])
    const third = await troi(...words, '--subject', 'sub-2', '--choose', 'separator=space')
    expect(third.code).toBe(0)
    expect(third.out).toContain('Subject 2\n')
    expect(third.out).toContain('240 volumes, 24 trials, 3 folds')
    expect(third.out).toContain('one model per trial with all other trials as one regressor; no label enters.')
    expect(third.out).not.toContain('[BAD_PARAMETER]')
    expect(readdirSync(base)).not.toContain('p')
  })

  it('needs a project only for the import itself', async () => {
    const words = ['import', dataset, '--subject', '2', '--choose', 'separator=space']
    expect((await troi(...words, '--dry-run')).code).toBe(0)
    const { code, err } = await troi(...words)
    expect([code, err]).toEqual([2, expect.stringContaining('--project is needed')])
    const inside = await troi('import', join(dataset, 'sub-1'), '--dry-run')
    expect([inside.code, inside.err]).toEqual([3, expect.stringContaining('not the root of a BIDS dataset')])
  })

  it('refuses a subject that is not there, and choices that are none', async () => {
    const words = ['import', dataset, '--project', join(base, 'p'), '--dry-run', '--json']
    const absent = await troi(...words, '--subject', '7')
    expect(absent.code).toBe(3)
    expect(JSON.parse(absent.out).problem).toMatchObject({ code: 'NOT_FOUND', expected: 'one of: 1, 2' })
    expect((await troi(...words, '--choose', 'space')).code).toBe(2)
    const strange = await troi(...words, '--subject', '1', '--choose', 'separator=space', '--choose', 'trials=median')
    expect(JSON.parse(strange.out).problem).toMatchObject({
      code: 'BAD_PARAMETER',
      expected: 'one of: glm, window, volume',
    })
  })

  it('gives a recipe that can be kept elsewhere, leads to the same subject, and overwrites nothing', async () => {
    mkdirSync(join(base, 'recipes'))
    const file = join(base, 'recipes', 'sub-1.json')
    const words = ['import', dataset, '--project', join(base, 'p'), '--subject', '1', '--dry-run', '--json']
    await troi(...words, '--save', file)
    expect(existsSync(file)).toBe(false)
    const kept = await troi(...words, '--choose', 'separator=space', '--save', file)
    const proposed = answers.parse(JSON.parse(kept.out))
    const recipe = recipeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    expect(recipe.images[0]!.path).toBe('../my dataset/sub-1/func/sub-1_task-faces_run-1_bold.nii')
    const again = answers.parse(
      JSON.parse((await troi('import', file, '--project', join(base, 'p'), '--dry-run', '--json')).out),
    )
    expect(again.preview).toEqual(proposed.preview)
    const twice = await troi(...words, '--choose', 'separator=space', '--save', file)
    expect([twice.code, JSON.parse(twice.out).problem.code]).toEqual([3, 'ALREADY_EXISTS'])
  })

  it('is imported, with what was done to it in the subject’s notes', async () => {
    const project = join(base, 'project')
    const { code, out, err } = await troi(
      ...['import', dataset, '--project', project, '--subject', '2', '--choose', 'separator=space', '--json'],
    )
    expect([code, err.includes('raw images')]).toEqual([0, true])
    const { subject } = z
      .object({ subject: z.object({ name: z.string(), labels: z.array(z.string()), notes: z.array(z.string()) }) })
      .parse(JSON.parse(out))
    expect(subject).toMatchObject({ name: 'sub-2', labels: ['face', 'house'] })
    expect(subject.notes).toEqual(
      expect.arrayContaining([
        'Repetition time: 2 s.',
        'Each run in percent of its mean over all volumes, without cosines slower than 128 s (2 per run).',
      ]),
    )
  })
})
