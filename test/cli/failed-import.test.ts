/**
 * An import that comes to nothing leaves nothing: no project that was not there before, and nothing taken away that was. The bad inputs
 * that no other test sends through the whole command.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'

import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { NewProject } from '../../src/cli/new-project.ts'
import { writeNifti } from '../support/make-nifti.ts'
import { enterHome, troi as run } from './support/in-process.ts'

const home = enterHome('cli bäd ')
const { base } = home
afterAll(home.leave)

async function troi(...args: string[]) {
  const { code, out } = await run(...args, '--json')
  return { code, problem: JSON.parse(out).problem as { code: string; where?: string } | undefined }
}

/** A study of 8 trials in a folder with blanks and an accent; `bad` gives the number of one voxel of one volume. */
function study(name: string, bad?: number, table?: readonly string[]): string {
  const folder = join(base, `étude ${name}`)
  mkdirSync(folder)
  writeNifti(join(folder, 'bétas 1.nii'), {
    shape: [3, 2, 2, 8],
    type: 'float32',
    values: (i) => (i === 43 && bad !== undefined ? bad : 100 + ((i * 7) % 11)),
  })
  const rows = table ?? Array.from({ length: 8 }, (_, t) => `${'ab'[t % 2]}\t${1 + Math.floor(t / 4)}\t${t + 1}`)
  writeFileSync(join(folder, 'trials.tsv'), ['label\trun\tvolume', ...rows].join('\n'))
  writeFileSync(
    join(folder, 'recipe.json'),
    JSON.stringify({
      ...{ version: 1, subject: name, images: [{ path: 'bétas 1.nii' }], trials: { from: 'volumes' } },
      table: {
        ...{ path: 'trials.tsv', rows: 'trials', firstVolume: 1 },
        columns: { label: 'label', run: 'run', volume: 'volume' },
      },
      split: { rule: 'leave-one-run-out' },
    }),
  )
  return folder
}

describe('a failed import', () => {
  it.each([
    ['nan', Number.NaN, 'NOT_FINITE'],
    ['infinity', Number.POSITIVE_INFINITY, 'NOT_FINITE'],
  ])('of %s in one volume removes the project and the folders that it made', async (name, bad, code) => {
    const found = await troi('import', study(name, bad), '--project', join(base, `new ${name}`, 'deep', 'project'))
    expect([found.code, found.problem?.code]).toEqual([3, code])
    expect(existsSync(join(base, `new ${name}`))).toBe(false)
  })

  it('keeps an empty folder that was there, and a project that was there with all that is in it', async () => {
    const empty = join(base, 'empty')
    mkdirSync(empty)
    expect((await troi('import', study('one', Number.NaN), '--project', empty)).problem?.code).toBe('NOT_FINITE')
    expect(readdirSync(empty)).toEqual([])
    const sound = study('sound')
    expect((await troi('import', sound, '--project', empty)).code).toBe(0)
    expect((await troi('import', study('two', Number.NaN), '--project', empty)).problem?.code).toBe('NOT_FINITE')
    expect(existsSync(join(empty, 'project.sqlite'))).toBe(true)
    // The sound subject is still there: its name is taken.
    expect((await troi('import', sound, '--project', empty)).problem?.code).toBe('ALREADY_EXISTS')
  })

  it('of a trial that is in the table twice makes no project', async () => {
    const rows = ['a\t1\t1', 'b\t1\t2', 'a\t2\t1', 'b\t2\t4']
    const found = await troi('import', study('twice', undefined, rows), '--project', join(base, 'never'))
    expect([found.code, found.problem?.code]).toEqual([3, 'BAD_TABLE'])
    expect(existsSync(join(base, 'never'))).toBe(false)
  })
})

describe('taking a new project away', () => {
  it('leaves what is not the project’s own', () => {
    const folder = join(base, 'shared', 'project')
    const made = new NewProject(folder)
    mkdirSync(join(folder, 'runs', 'one'), { recursive: true })
    writeFileSync(join(folder, 'project.sqlite'), '')
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    made.remove()
    expect(readdirSync(folder)).toEqual(['notes.txt'])
    expect(new NewProject(folder).isNew).toBe(false)
  })
})
