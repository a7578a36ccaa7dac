/** Several subjects in one command: a bad one is listed, the others are done, and the same command again repeats nothing. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { main } from '../../src/cli/main.ts'
import { evaluationSchema } from '../../src/core/contract/result.ts'
import { problemSchema } from '../../src/core/problem.ts'
import { writeTinyStudy } from './support/tiny-study.ts'

const answerSchema = z.object({
  subjects: z.array(
    z.object({
      recipe: z.string(),
      ...{ subject: z.string().nullable(), mask: z.string().nullable(), decoder: z.string().nullable() },
      voxels: z.number().nullable(),
      metrics: evaluationSchema.shape.metrics.nullable(),
      failedAt: z.string().nullable(),
      problem: problemSchema.nullable(),
    }),
  ),
  failed: z.number(),
})

let base: string
const before = process.env.TROI_USER_DATA
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'onboard-'))
  process.env.TROI_USER_DATA = join(base, 'data')
  writeTinyStudy(join(base, 'study', 'one'))
  const change = (name: string, own: object) => {
    cpSync(join(base, 'study', 'one'), join(base, 'study', name), { recursive: true })
    const path = join(base, 'study', name, 'recipe.json')
    const recipe = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')))
    writeFileSync(path, JSON.stringify({ ...recipe, ...own }))
  }
  change('bad', { subject: 'bad', images: [{ path: 'not-there.nii.gz' }] })
  change('two', { subject: 'two' })
})
afterAll(() => {
  if (before === undefined) delete process.env.TROI_USER_DATA
  else process.env.TROI_USER_DATA = before
  rmSync(base, { recursive: true, force: true })
})

async function onboard(recipes: string[], ...flags: string[]) {
  let out = ''
  const streams = { out: (text: string) => (out += text), err: () => {}, columns: () => null }
  const words = ['onboard', ...recipes, '--json', '--project', join(base, 'project'), '--preset', 'instant', ...flags]
  return { code: await main(words, streams), answer: answerSchema.parse(JSON.parse(out)) }
}

const runs = () => readdirSync(join(base, 'project', 'runs')).length

describe('onboarding', () => {
  it('goes on past a bad subject, lists it, ends with 3, and repeats nothing the second time', async () => {
    const pattern = [join(base, 'study', '*', 'recipe.json')]
    const { code, answer } = await onboard(pattern, '--budget', '12')
    expect(code).toBe(3)
    expect(answer.failed).toBe(1)
    expect(answer.subjects.map(({ subject, mask, voxels, failedAt }) => [subject, mask, voxels, failedAt])).toEqual([
      [null, null, null, 'import'],
      ['sub-tiny', 'm-01', 12, null],
      ['sub-two', 'm-02', 12, null],
    ])
    expect(answer.subjects[0]?.problem).toMatchObject({
      code: 'NOT_FOUND',
      where: expect.stringContaining('not-there'),
    })
    expect(answer.subjects[2]?.metrics?.accuracy).toMatchObject({ direction: 'higher', chance: 0.5, n: 6 })
    const made = runs()
    expect(made).toBe(6)
    const again = await onboard(pattern, '--budget', '12')
    expect(again.answer.subjects.slice(1)).toEqual(answer.subjects.slice(1))
    expect(runs()).toBe(made)
  })

  it('lists a budget that a subject cannot have, a name that is taken, and a recipe that is not there', async () => {
    const taken = join(base, 'study', 'taken')
    cpSync(join(base, 'study', 'two'), taken, { recursive: true })
    const { code, answer } = await onboard(
      [join(base, 'study', 'two'), taken, join(base, 'no-*.json')],
      '--budget',
      '5000',
    )
    expect(code).toBe(3)
    expect(answer.subjects.map(({ failedAt, problem }) => [failedAt, problem?.code])).toEqual([
      ['mask', 'BAD_PARAMETER'],
      ['import', 'ALREADY_EXISTS'],
      ['import', 'NOT_FOUND'],
    ])
  })
})
