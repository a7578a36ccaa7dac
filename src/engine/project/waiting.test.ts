/** What waits in a project, also in one that is not open: it is read without leaving anything behind. */
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { projectWithMask } from '../../../test/support/project-with-mask.ts'
import { nextStep, peekState } from './waiting.ts'

const folder = freshFolder()
const place = () => join(folder(), 'lab 50 % #1?')

describe('the next step', () => {
  const mask = (name: string, reviewed = false) => ({ name, reviewed })
  const run = (name: string, status: 'done' | 'interrupted' | 'running') => ({ name, status })
  it.each([
    ['Import data', [], []],
    ['Find a mask', [run('i-01', 'done')], []],
    ['m-02 waits for a verdict', [run('m-02', 'done')], [mask('m-01', true), mask('m-02')]],
    ['2 masks wait for a verdict', [run('m-02', 'done')], [mask('m-01'), mask('m-02')]],
    ['m-03 is running', [run('m-03', 'running')], [mask('m-01')]],
    ['d-01 was interrupted and can be resumed', [run('m-03', 'running'), run('d-01', 'interrupted')], [mask('m-01')]],
    [null, [run('m-01', 'done')], [mask('m-01', true)]],
  ])('is "%s"', (said, runs, masks) => {
    expect(nextStep({ runs, masks })).toBe(said)
  })
})

describe('a project that is not open', () => {
  it('says that a mask waits for a verdict, and nothing appears in its folder', async () => {
    const { store } = await projectWithMask(place())
    await store.close()
    const before = readdirSync(place()).sort()
    expect(await peekState(place())).toEqual({
      runs: [{ name: 'm-01', status: 'done' }],
      masks: [{ name: 'm-01', reviewed: false }],
    })
    expect(readdirSync(place()).sort()).toEqual(before)
  })

  it('whose engine was killed says that its run was interrupted', async () => {
    const { store, run } = await projectWithMask(place())
    await store.updateRun(run, { status: 'running' })
    expect((await peekState(place()))?.runs).toEqual([{ name: 'm-01', status: 'running' }])
    // What a kill leaves: the database with its log, and no owner of the lock.
    const left = join(folder(), 'left')
    cpSync(place(), left, { recursive: true })
    rmSync(join(left, 'project.lock'))
    expect(readdirSync(left)).toContain('project.sqlite-wal')
    expect((await peekState(left))?.runs).toEqual([{ name: 'm-01', status: 'interrupted' }])
    await store.close()
  })

  it('that is damaged or not there says nothing', async () => {
    expect(await peekState(place())).toBeNull()
    writeFileSync(join(folder(), 'project.sqlite'), 'no database')
    expect(await peekState(folder())).toBeNull()
  })
})
