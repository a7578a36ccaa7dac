import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { RecentProjects } from './recent-projects.ts'

const folder = freshFolder()
const project = (n: number) => ({ id: `id-${n}`, name: `Projekt ${n}`, folder: `/daten/${n}` })

describe('recent projects', () => {
  it('come newest first, each once, and are there for the next start', () => {
    const recent = new RecentProjects(join(folder(), 'user data'))
    expect(recent.list()).toEqual([])
    for (const n of [1, 2, 3, 1]) recent.remember(project(n))
    expect(recent.list().map(({ id }) => id)).toEqual(['id-1', 'id-3', 'id-2'])
    expect(new RecentProjects(join(folder(), 'user data')).list()).toEqual(recent.list())
  })

  it('know a project that was moved by its id', () => {
    const recent = new RecentProjects(folder())
    recent.remember(project(1))
    recent.remember({ ...project(1), folder: '/elsewhere' })
    expect(recent.list()).toMatchObject([{ id: 'id-1', folder: '/elsewhere' }])
  })

  it('are forgotten one by one', () => {
    const recent = new RecentProjects(folder())
    for (const n of [1, 2]) recent.remember(project(n))
    recent.forget('id-2')
    recent.forget('never known')
    expect(recent.list().map(({ id }) => id)).toEqual(['id-1'])
  })

  it.each(['', '{', '[{"id": 5}]', '{"not": "a list"}'])('are none where the list is damaged: %s', (text) => {
    writeFileSync(join(folder(), 'recent-projects.json'), text)
    const recent = new RecentProjects(folder())
    expect(recent.list()).toEqual([])
    recent.remember(project(1))
    expect(recent.list()).toHaveLength(1)
    expect(readdirSync(folder())).toEqual(['recent-projects.json'])
  })
})
