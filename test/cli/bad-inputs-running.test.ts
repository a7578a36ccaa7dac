/**
 * What goes wrong with files and disks while an import is on its way, through the command line: the rows "running" of
 * docs/bad-inputs.md. Files go at a moment that the command itself tells of, a full disk is a limit on the size of files or a small
 * disk, and a file that may not be read is asked for by nobody.
 */
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../src/cli/exit-codes.ts'
import { main } from '../../src/cli/main.ts'
import { recipeSchema } from '../../src/core/contract/recipe.ts'
import { type Problem, problemSchema } from '../../src/core/problem.ts'
import { importSubject } from '../../src/engine/import/import-subject.ts'
import { smallDisk } from '../reliability/support/small-disk.ts'
import { writeNifti } from '../support/make-nifti.ts'
import { pageRows } from './support/bad-inputs-page.ts'
import { type BadStudy, eventStudy, labelStudy, pictureStudy, runs } from './support/bad-study.ts'
import { enterHome, troi } from './support/in-process.ts'

const home = enterHome('bad rünning ')
const rows = pageRows()
const checked = new Set<string>()
afterAll(home.leave)

interface Ended {
  readonly exit: number | null
  readonly problem: Problem
}

const problemIn = (out: string) => problemSchema.parse((JSON.parse(out) as { problem: unknown }).problem)

/** Holds what was said against the row of the page; `where` must be part of the place that is named. */
function expectRow(input: string, { exit, problem }: Ended, where: string): void {
  const said = `| ${input} | running | ${problem.code} | ${problem.message} | ${problem.fix} |`
  const row = rows.get(input) ?? expect.fail(`docs/bad-inputs.md lacks\n${said}`)
  checked.add(input)
  expect({ code: problem.code, message: problem.message, fix: problem.fix, foundBy: 'running', input }).toEqual(row)
  expect(problem.where).toContain(where)
  expect(exit).toBe(problem.code === 'DISK_FULL' ? 4 : 3)
}

/** Imports, and does something as soon as the first remark is said: the preview is over then, and nothing is started. */
async function importAnd(study: BadStudy, project: string, atRemark: () => void): Promise<Ended> {
  let [out, remarks] = ['', 0]
  const streams = {
    out: (text: string) => (out += text),
    err: () => remarks++ === 0 && atRemark(),
    columns: () => null,
  }
  const exit = await main(['import', study.folder, '--project', project, '--json'], streams)
  expect(remarks).toBeGreaterThan(0)
  return { exit, problem: problemIn(out) }
}

/** The command as a process of its own, started through another program. */
function asProcess(through: readonly string[], words: readonly string[]): Promise<Ended> {
  const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
  const all = [...through, process.execPath, program, ...words, '--json']
  const child = spawn(all[0]!, all.slice(1), { cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] })
  let out = ''
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) => resolve({ exit, problem: problemIn(out) }))
  })
}

describe('a file that goes after the preview', () => {
  /** A label that one run lacks makes the preview say a remark. */
  const uneven = ['a\t1', 'b\t1', 'a\t1', 'b\t1', 'b\t2', 'a\t2', 'b\t2', 'c\t2']
  it.each<[string, (folder: string) => Promise<BadStudy> | BadStudy, string]>([
    ['image: removed after the preview', labelStudy, runs[1]],
    ['events: removed after the preview', eventStudy, 'événements 2.tsv'],
    ['pictures: one removed after the preview', pictureStudy, 'vues/bild 02 é.png'],
  ])('%s', async (input, make, name) => {
    const study = await make(join(home.base, input.replace(':', '')))
    if (make === labelStudy) study.rows(uneven)
    if (make === eventStudy)
      study.write('événements 1.tsv', 'onset\tduration\ttrial_type\n2\t2\ta\n10\t2\tc\n18\t2\ta\n26\t2\tb\n')
    if (make === pictureStudy) study.write('vues/bild 09 é.png', study.read('vues/bild 01 é.png'))
    const project = join(home.base, 'gone', 'project')
    const ended = await importAnd(study, project, () => rmSync(study.path(name)))
    expectRow(input, ended, make === pictureStudy ? 'vues' : name)
    expect(existsSync(join(home.base, 'gone'))).toBe(false)
  })
})

describe('a file that goes or changes while it is read', () => {
  /** The import without its process, so that it can be told when. */
  async function importWhile(study: BadStudy, progress: (part: string) => void): Promise<Ended> {
    const recipe = recipeSchema.parse(JSON.parse(study.read('recipe.json').toString()))
    const result = await importSubject(recipe, study.folder, { progress, breathe: async () => {} })
    if (result.ok) return expect.fail('the import went through')
    return { exit: exitCodeOf(result.problem.code), problem: result.problem }
  }

  it.each<[string, (study: BadStudy) => void]>([
    ['image: removed while it is read', (study) => rmSync(study.path(runs[0]))],
    ['image: changed while it is read', (study) => study.write(runs[0], study.read(runs[1]))],
  ])('%s', async (input, damage) => {
    const study = labelStudy(join(home.base, input.replace(':', '')))
    const ended = await importWhile(study, (part) => part === 'Form trials' && damage(study))
    expectRow(input, ended, runs[0])
  })

  it('a picture', async () => {
    const study = await pictureStudy(join(home.base, 'étude vue'))
    let breaths = 0
    const recipe = recipeSchema.parse(JSON.parse(study.read('recipe.json').toString()))
    const hooks = {
      progress: () => {},
      // The first file is being hashed; no picture has been opened.
      breathe: async () => void (breaths++ === 0 && rmSync(study.path('vues/bild 03 é.png'))),
    }
    const result = await importSubject(recipe, study.folder, hooks)
    if (result.ok) return expect.fail('the import went through')
    const ended = { exit: exitCodeOf(result.problem.code), problem: result.problem }
    expectRow('pictures: one removed while they are read', ended, 'bild 03 é.png')
  })
})

describe('a disk that is full', () => {
  it('while the subject is written: a limit on the size of files', async () => {
    const study = labelStudy(join(home.base, 'étude large'))
    // 60,000 voxels, so that the subject is far larger than the database.
    const wide = (run: number) => ({
      shape: [60, 50, 20, 4],
      type: 'float32' as const,
      values: (i: number) => 100 + ((i * 7 + run) % 11),
    })
    for (const [at, name] of runs.entries()) writeNifti(study.path(name), wide(at))
    study.recipe({ brainMask: null })
    const project = join(home.base, 'full', 'project')
    const limited = ['bash', '-c', 'ulimit -f 1000; exec "$@"', 'limited']
    const ended = await asProcess(limited, ['import', study.folder, '--project', project])
    expectRow('project: disk full while the subject is written', ended, project)
    expect(existsSync(join(home.base, 'full'))).toBe(false)
  })

  const disk = smallDisk(8)
  afterAll(() => disk?.remove())
  it.runIf(disk !== null)('before the project is made: a small disk', async () => {
    const study = labelStudy(join(home.base, 'étude disque'))
    disk!.fill(0)
    const kept = readdirSync(disk!.path)
    const project = join(disk!.path, 'project')
    const { code, out } = await troi('import', study.folder, '--project', project, '--json')
    expectRow('project: disk full', { exit: code, problem: problemIn(out) }, disk!.path)
    expect(readdirSync(disk!.path)).toEqual(kept)
  })
})

describe('files and folders of somebody else', () => {
  /** Root may read and write anywhere; then the command is run by nobody. */
  const asSomebodyElse = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  const open = (folder: string) => {
    chmodSync(home.base, 0o755)
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o777)
    return folder
  }

  it('an image that this user may not read', async () => {
    const study = labelStudy(join(home.base, 'étude fermée'))
    const place = open(join(home.base, 'open'))
    chmodSync(study.path(runs[0]), 0)
    const words = ['import', study.folder, '--project', join(place, 'project')]
    const env = ['env', `TROI_USER_DATA=${place}/data`, `TROI_WORKSPACE=${place}/workspace`]
    expectRow('image: closed to this user', await asProcess([...asSomebodyElse, ...env], words), runs[0])
    expect(existsSync(join(place, 'project'))).toBe(false)
  })

  it('a folder that this user may not write to', async () => {
    const study = labelStudy(join(home.base, 'étude ouverte'))
    const place = open(join(home.base, 'also open'))
    const closed = join(home.base, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o555)
    const words = ['import', study.folder, '--project', join(closed, 'project')]
    const env = ['env', `TROI_USER_DATA=${place}/data`, `TROI_WORKSPACE=${place}/workspace`]
    const ended = await asProcess([...asSomebodyElse, ...env], words)
    expectRow('project: a folder that this user may not write to', ended, closed)
    expect(readdirSync(closed)).toEqual([])
  })

  it('a folder that holds something else, and a file', async () => {
    const study = labelStudy(join(home.base, 'étude ailleurs'))
    const other = join(home.base, 'fremd')
    mkdirSync(other)
    writeFileSync(join(other, 'notes.txt'), 'mine')
    const into = async (project: string) => {
      const { code, out } = await troi('import', study.folder, '--project', project, '--json')
      return { exit: code, problem: problemIn(out) }
    }
    expectRow('project: a folder that holds something else', await into(other), 'fremd')
    expectRow('project: a file', await into(join(other, 'notes.txt')), 'notes.txt')
    expect(readdirSync(other)).toEqual(['notes.txt'])
  })

  it('a name that a subject of the project has', async () => {
    const study = labelStudy(join(home.base, 'étude double'))
    const project = join(home.base, 'double')
    const words = ['import', study.folder, '--project', project, '--json']
    expect((await troi(...words)).code).toBe(0)
    const copy = join(home.base, 'double before')
    cpSync(project, copy, { recursive: true })
    const { code, out } = await troi(...words)
    expectRow('project: a subject of this name', { exit: code, problem: problemIn(out) }, 'double')
    expect(readdirSync(project, { recursive: true }).sort()).toEqual(readdirSync(copy, { recursive: true }).sort())
  })
})

it('every row of this kind in the page was tried', () => {
  const missing = [...rows.values()].filter(({ foundBy, input }) => foundBy === 'running' && !checked.has(input))
  expect(missing.map(({ input }) => input)).toEqual(disklessRows())
})

/** Without a small disk one row cannot be tried. */
const disklessRows = () => (checked.has('project: disk full') ? [] : ['project: disk full'])
