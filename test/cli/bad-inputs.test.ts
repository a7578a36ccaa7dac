/**
 * Bad inputs as a user meets them: through the command line, and through the contract as the window asks. docs/bad-inputs.md is the
 * table; every row of it is made, imported, and compared word for word. Afterwards everything is as it was before.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Problem, problemSchema, unwrap } from '../../src/core/problem.ts'
import { inProcessClient } from '../../src/core/transport/in-process.ts'
import { problemOf } from '../../src/core/transport/problem-of.ts'
import { openEngine } from '../../src/engine/open-engine.ts'
import { everywhere } from '../../src/engine/places.ts'
import { badInputs } from './support/bad-inputs.ts'
import { pageRows } from './support/bad-inputs-page.ts'
import { eventStudy, hdf5Study, labelStudy, pictureStudy } from './support/bad-study.ts'
import { enterHome, troi } from './support/in-process.ts'

const home = enterHome('bad ïnputs ')
const temporary = join(home.base, 'temporary')
const before = process.env.TMPDIR
mkdirSync(temporary)
process.env.TMPDIR = temporary
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  home.leave()
})

const sound = join(home.base, 'projet à garder')

/** Every file below a folder with its hash; links and pipes by name. */
function contentOf(folder: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    const kind = lstatSync(path)
    files.set(name, kind.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'no file')
  }
  return files
}

/** What a client sees of the project: its subjects, and the runs with their ends. */
async function seen() {
  const places = everywhere([sound])
  const { engine, router } = openEngine({ places })
  try {
    const client = inProcessClient(router)
    const project = await client.projects.open({ place: unwrap(places.locate(sound)) })
    const subjects = await client.data.subjects({ project: project.id })
    return { subjects, runs: await client.runs.list({ project: project.id }) }
  } finally {
    await engine.close()
  }
}

async function refusal(...words: string[]) {
  const { code, out } = await troi('import', ...words, '--json')
  return { exit: code, problem: problemSchema.parse((JSON.parse(out) as { problem: unknown }).problem) }
}

const rows = pageRows()
const rowOf = (input: string) => rows.get(input) ?? expect.fail(`docs/bad-inputs.md has no row "${input}"`)

describe('sound input', () => {
  it.each([
    ['labels', labelStudy],
    ['pictures', pictureStudy],
    ['events', eventStudy],
    ['hdf5', hdf5Study],
  ])('with %s is imported, blanks and accents in every path', async (name, make) => {
    const folder = join(home.base, `étude saine ${name} ß 日本`)
    await make(folder)
    expect((await troi('import', folder, '--project', sound, '--subject', name)).code).toBe(0)
  })
})

describe('bad input', () => {
  let count = 0
  it.each(badInputs)('$input', async ({ input, make, damage, where }) => {
    const row = rowOf(input)
    const folder = join(home.base, `étude ${++count}`)
    const study = await make(folder)
    damage(study)
    const given = contentOf(folder)
    const kept = contentOf(sound)

    const made = join(home.base, 'not there', `project ${count}`)
    const found = await refusal(folder, '--project', made)
    expect({ ...row, exit: found.exit }).toEqual({
      ...{ input, foundBy: row.foundBy, exit: 3 },
      ...{ code: found.problem.code, message: found.problem.message, fix: found.problem.fix },
    })
    expect(found.problem.where).toContain(where === '' ? folder : where)
    expect(existsSync(join(home.base, 'not there'))).toBe(false)

    // The preview tells what it can tell, in the same words.
    const dry = await troi('import', folder, '--dry-run', '--json')
    if (row.foundBy === 'preview') expect(JSON.parse(dry.out)).toEqual({ problem: found.problem })
    else expect(dry.code).toBe(0)

    if (row.foundBy === 'preview') {
      expect((await refusal(folder, '--project', sound)).problem).toEqual(found.problem)
      expect(contentOf(sound)).toEqual(kept)
    }
    expect(contentOf(folder)).toEqual(given)
    expect(readdirSync(temporary)).toEqual([])
  })

  it('is all in the page, and the page has nothing else of this kind', () => {
    const own = [...rows.values()].filter(({ foundBy }) => foundBy !== 'running').map(({ input }) => input)
    expect(badInputs.map(({ input }) => input).sort()).toEqual(own.sort())
  })
})

describe('bad input found while reading', () => {
  it('leaves a project that was there with its subjects, and one failed run that says why', async () => {
    const case_ = badInputs.find(({ input }) => input === 'image: NaN inside the brain')!
    const folder = join(home.base, 'étude tardive')
    case_.damage(await case_.make(folder))
    const [kept, earlier] = [contentOf(sound), await seen()]
    const { problem } = await refusal(folder, '--project', sound)
    const later = await seen()
    expect(later.subjects).toEqual(earlier.subjects)
    expect(later.runs.slice(0, -1)).toEqual(earlier.runs)
    const failed = later.runs.at(-1)!
    expect(failed).toMatchObject({ kind: 'import', status: 'failed', problem })
    const added = [...contentOf(sound)].filter(([name, hash]) => kept.get(name) !== hash).map(([name]) => name)
    expect(added.filter((name) => !name.startsWith('project.sqlite')).sort()).toEqual(
      ['', '/checkpoints', '/log.txt', '/results', '/run.json'].map((name) => `runs/${failed.id}${name}`),
    )
    expect([...kept.keys()].filter((name) => !contentOf(sound).has(name))).toEqual([])
  })
})

describe('the contract', () => {
  /** What `data.preview` says is wrong first, and how an import ends that did not ask it before. */
  let place: (path: string) => { root: string; path: string }
  let opened: ReturnType<typeof openEngine>
  let project: string
  beforeAll(async () => {
    const places = everywhere([home.base])
    opened = openEngine({ places })
    place = (path) => unwrap(places.locate(path))
    const client = inProcessClient(opened.router)
    project = (await client.projects.create({ place: place(join(home.base, 'contract')), name: 'Contract' })).id
  })
  afterAll(() => opened.engine.close())

  it.each([
    'image: numbers cut off',
    'image: a pipe',
    'image: NaN inside the brain',
    'table: a trial twice',
    'pictures: one missing',
    'pictures: one cut off',
    'events: one without an onset',
    'HDF5: cut off',
  ])('says the same of %s in its preview, and in an import without one', async (input) => {
    const { make, damage } = badInputs.find((one) => one.input === input)!
    const folder = join(home.base, `contract ${input.replace(':', '')}`)
    const study = await make(folder)
    damage(study)
    const client = inProcessClient(opened.router)
    const { recipe, preview } = await client.data.preview({ place: place(folder) })
    const stop = preview.problems.find(({ level }) => level !== 'note')?.problem
    const { foundBy, code, message } = rowOf(input)
    expect(stop === undefined).toBe(foundBy === 'reading')
    const run = await client.data.import({ project, place: place(folder), recipe })
    for await (const _ of await client.runs.watch({ project, run: run.id }));
    const ended = await client.runs.get({ project, run: run.id })
    expect(ended).toMatchObject({ status: 'failed', problem: { code, message, where: expect.any(String) } })
    if (stop !== undefined) expect(withoutChoices(ended.problem!)).toEqual(withoutChoices(stop))
    expect(await client.data.subjects({ project })).toEqual([])
  })

  it('answers with the same problem where there is no recipe to preview', async () => {
    const { make, damage } = badInputs.find((one) => one.input === 'recipe: cut off')!
    const folder = join(home.base, 'contract recipe')
    damage(await make(folder))
    const answer = inProcessClient(opened.router).data.preview({ place: place(folder) })
    const problem = await answer.then(() => null, problemOf)
    const { code, message, fix } = rowOf('recipe: cut off')
    expect(problem).toMatchObject({ code, message, fix, where: join(folder, 'recipe.json') })
  })
})

/** The command line adds the choices that it offers to the advice. */
const withoutChoices = ({ fix, ...problem }: Problem) => ({ ...problem, fix: fix?.replace(/ Here: .*$/, '') })
