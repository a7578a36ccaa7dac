import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { engineWords, projectFolderOf, projectInWords } from './launch.ts'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'troi-launch-')))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const project = join(home, 'My project')
mkdirSync(project)
for (const name of ['project.sqlite', 'project.troi', 'notes.txt']) writeFileSync(join(project, name), '')
writeFileSync(join(home, 'lonely.troi'), '')
symlinkSync(project, join(home, 'link'))

describe('a path from outside', () => {
  it('means the project whose folder, file or link it is', () => {
    for (const path of [project, join(project, 'project.troi'), join(project, 'project.sqlite'), join(home, 'link')])
      expect(projectFolderOf(path)).toBe(project)
  })

  it('means nothing where there is no project', () => {
    for (const path of [home, join(home, 'lonely.troi'), join(project, 'notes.txt'), join(home, 'gone')])
      expect(projectFolderOf(path)).toBeNull()
  })
})

describe('the words of a start', () => {
  it('name a project bare or by its switch, relative to where it was started', () => {
    expect(projectInWords(['--no-sandbox', '', 'My project'], home)).toBe(project)
    expect(projectInWords(['--project=link'], home)).toBe(project)
    expect(projectInWords([join(project, 'project.troi')], '/')).toBe(project)
    expect(projectInWords(['--allow-file-access-from-files', 'gone', '.'], home)).toBeNull()
  })

  it('hand nothing to the engine but the workspace', () => {
    expect(engineWords(['--workspace=/w', '--host=0.0.0.0', '--project=/p', '--open', 'x'])).toEqual(['--workspace=/w'])
  })
})
