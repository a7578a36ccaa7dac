/** Images on two grids with voxels that lack numbers, from the command line: asked, answered, imported, and said in notes and provenance. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { writeNifti } from '../support/make-nifti.ts'
import { enterHome, troi } from './support/in-process.ts'

const home = enterHome('cli choices ')
const { base } = home
const folder = join(base, 'two grids')
const recipe = join(folder, 'recipe.json')
const answers = ['--choose', 'imageGrid=first-image', '--choose', 'missingVoxels=leave-out']

beforeAll(() => {
  mkdirSync(folder)
  const values = (at: number) => 50 + ((at * 13) % 29)
  const first = [3, 0, 0, -8, 0, 3, 0, -6, 0, 0, 3, -4]
  writeNifti(join(folder, 'run-1.nii'), { shape: [5, 4, 3, 4], type: 'float32', affine: first, values })
  const second = [-2, 0, 0, 5, 0, 2, 0, -6, 0, 0, 2, -4]
  writeNifti(join(folder, 'run-2.nii'), { shape: [6, 6, 5, 4], type: 'int16', affine: second, values })
  const rows = Array.from({ length: 7 }, (_, t) => `${'ab'[t % 2]}\t${1 + Math.floor(t / 4)}\t${t}`)
  writeFileSync(join(folder, 'trials.tsv'), ['label\trun\tvolume', ...rows, ''].join('\n'))
  writeFileSync(
    recipe,
    JSON.stringify({
      ...{ version: 1, subject: 'two', images: [{ path: 'run-1.nii' }, { path: 'run-2.nii' }] },
      table: {
        path: 'trials.tsv',
        rows: 'trials',
        firstVolume: 0,
        columns: { label: 'label', run: 'run', volume: 'volume' },
      },
      trials: { from: 'volumes' },
      split: { rule: 'leave-one-run-out' },
    }),
  )
})
afterAll(home.leave)

describe('an import with choices', () => {
  it('asks one thing after the other, and makes nothing before all is answered', async () => {
    const project = join(base, 'p')
    const first = await troi('import', recipe, '--project', project)
    expect([first.code, first.err]).toEqual([3, expect.stringContaining('--choose imageGrid=first-image')])
    const second = await troi('import', recipe, '--project', project, ...answers.slice(0, 2))
    expect([second.code, second.err]).toEqual([3, expect.stringContaining('--choose missingVoxels=leave-out')])
    expect(existsSync(project)).toBe(false)
  })

  it('says before what would be done, and keeps what belongs to nothing', async () => {
    const list = join(base, 'unmatched.tsv')
    const words = ['import', recipe, ...answers, '--dry-run', '--unmatched', list]
    const { code, out, err } = await troi(...words)
    expect(code).toBe(0)
    expect(out).toContain('1 of 2 images were resampled to the grid of run-1.nii (5 × 4 × 3 voxels of 3 × 3 × 3 mm)')
    expect(out).toMatch(/\d+ voxels without a number in some first volumes are left out, as the recipe says/)
    expect(err).toContain('1 rows that belong to nothing')
    expect(readFileSync(list, 'utf8')).toBe(
      'what\titem\treason\nvolume without row\tvolume 7\tNo row of the table names this volume.\n',
    )
    expect((await troi(...words)).code).toBe(3)
  })

  it('imports, with the sentences in the notes and the counts in the provenance', async () => {
    const project = join(base, 'project')
    const { code, out } = await troi('import', recipe, '--project', project, ...answers, '--json')
    expect(code).toBe(0)
    const { subject } = z
      .object({
        subject: z.object({
          voxels: z.number(),
          notes: z.array(z.string()),
          grid: z.object({ shape: z.array(z.number()) }),
        }),
      })
      .parse(JSON.parse(out))
    expect(subject.grid.shape).toEqual([5, 4, 3])
    const [run] = readdirSync(join(project, 'runs'))
    const provenance = JSON.parse(readFileSync(join(project, 'runs', run!, 'results', 'provenance.json'), 'utf8'))
    expect(provenance).toMatchObject({
      recipe: { resampleImages: { to: 'reference', path: 'run-1.nii' }, missingVoxels: 'leave-out' },
      constantVoxels: 0,
      outsideVoxels: 0,
      missingVoxels: 60 - subject.voxels,
    })
    expect(60 - subject.voxels).toBeGreaterThan(0)
    expect(subject.notes).toContain(
      `${60 - subject.voxels} voxels without a finite number in some volumes left out, as the recipe says.`,
    )
    expect(subject.notes).toContainEqual(expect.stringContaining('1 of 2 images were resampled'))
    expect(provenance.decisions).toEqual(subject.notes)
  })
})
