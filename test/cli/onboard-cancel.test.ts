/**
 * Ctrl-C while many subjects are brought in: nothing is half done. A project that was to be made is not there as long as it holds no
 * subject, subjects that are in it are whole, and the same command again goes on with what was begun.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { z } from 'zod'
import { main } from '../../src/cli/main.ts'
import { problemSchema } from '../../src/core/problem.ts'
import { enterHome } from './support/in-process.ts'
import { writeTinyStudy } from './support/tiny-study.ts'

const home = enterHome('onboard cancel ')
afterAll(home.leave)
const study = (name: string) => join(home.base, 'study', name)
writeTinyStudy(study('one'))
for (const name of ['two', 'bad']) {
  cpSync(study('one'), study(name), { recursive: true })
  const path = join(study(name), 'recipe.json')
  const recipe = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')))
  writeFileSync(path, JSON.stringify({ ...recipe, subject: name, ...(name === 'bad' ? { grid: 'gone.nii' } : {}) }))
}
const words = (project: string, names: readonly string[], preset: string) => [
  ...['onboard', ...names.map(study), '--project', project, '--preset', preset, '--budget', '12', '--json'],
]

const answerSchema = z.object({
  problem: problemSchema.optional(),
  subjects: z
    .array(z.object({ subject: z.string().nullable(), mask: z.string().nullable(), decoder: z.string().nullable() }))
    .optional(),
})

/** The command in this process. What listens for Ctrl-C is told as soon as a text is said. */
async function onboard(project: string, names: readonly string[], interruptAt?: RegExp, preset = 'instant') {
  let [out, err, told] = ['', '', interruptAt === undefined]
  const others = new Set(process.listeners('SIGINT'))
  const streams = {
    out: (text: string) => (out += text),
    err(text: string) {
      err += text
      if (told || !interruptAt?.test(text)) return
      told = true
      for (const listener of process.listeners('SIGINT')) if (!others.has(listener)) listener('SIGINT')
    },
    columns: () => null,
  }
  const code = await main(words(project, names, preset), streams)
  expect(told).toBe(true)
  return { code, err, answer: answerSchema.parse(JSON.parse(out)) }
}

const runsIn = (project: string) => readdirSync(join(project, 'runs')).length

it('before the first subject is in: the project and the folders above it are not there', async () => {
  const project = join(home.base, 'new', 'deep', 'project')
  const { code, answer } = await onboard(project, ['one', 'two'], /1 of 2/)
  expect([code, answer.problem?.code]).toEqual([130, 'CANCELLED'])
  expect(existsSync(join(home.base, 'new'))).toBe(false)
  // An empty folder that was there stays, and stays empty.
  const empty = join(home.base, 'empty')
  mkdirSync(empty)
  expect((await onboard(empty, ['one'], /1 of 1/)).code).toBe(130)
  expect(readdirSync(empty)).toEqual([])
})

it('before the second: the first is whole, and the same command again does only what is missing', async () => {
  const project = join(home.base, 'second')
  const first = await onboard(project, ['one', 'two'], /2 of 2/)
  expect([first.code, first.answer.problem?.code]).toEqual([130, 'CANCELLED'])
  expect(runsIn(project)).toBe(3)
  const again = await onboard(project, ['one', 'two'])
  expect(again.code).toBe(0)
  expect(again.answer.subjects).toEqual([
    { subject: 'sub-tiny', mask: 'm-01', decoder: 'd-01' },
    { subject: 'sub-two', mask: 'm-02', decoder: 'd-02' },
  ])
  expect(runsIn(project)).toBe(6)
})

it.each([/i-01/, /m-01/, /d-01/])(
  'while the run %s goes on: the same command again needs no second run',
  async (at) => {
    const project = join(home.base, `while ${at.source}`)
    const first = await onboard(project, ['one'], at)
    expect([first.code, first.answer.problem?.code]).toEqual([
      at.source === 'd-01' ? first.code : 130,
      first.answer.problem?.code,
    ])
    const again = await onboard(project, ['one'])
    expect(again.answer.subjects).toEqual([{ subject: 'sub-tiny', mask: 'm-01', decoder: 'd-01' }])
    expect(runsIn(project)).toBe(3)
  },
)

it('that holds no subject in the end is taken away, where all recipes were bad', async () => {
  const project = join(home.base, 'nothing', 'project')
  const { code, answer } = await onboard(project, ['bad'])
  expect([code, answer.subjects?.[0]?.subject]).toEqual([3, null])
  expect(existsSync(join(home.base, 'nothing'))).toBe(false)
})

it('by a signal from outside: one document, exit 130, and the rest the second time', async () => {
  const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
  const project = join(home.base, 'process')
  const child = spawn(process.execPath, [program, ...words(project, ['one'], 'troi')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  child.stderr.on('data', (text: Buffer) => {
    if (!err.includes('m-01') && text.toString().includes('m-01')) child.kill('SIGINT')
    err += text.toString()
  })
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130)
  expect(answerSchema.parse(JSON.parse(out)).problem?.code).toBe('CANCELLED')
  const again = await onboard(project, ['one'], undefined, 'troi')
  expect(again.code).toBe(0)
  expect(again.answer.subjects).toEqual([{ subject: 'sub-tiny', mask: 'm-01', decoder: 'd-01' }])
  expect(runsIn(project)).toBe(3)
})
