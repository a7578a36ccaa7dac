/** Folders that may not be written to, or not even looked into, are said to be so by their path, and nothing in them changes. */
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ProjectStore } from '../../src/engine/project/project-store.ts'
import { startProgram } from './support/child.ts'
import { freshFolder } from './support/folder.ts'

const folder = freshFolder()
const closed: string[] = []
afterEach(() => {
  for (const path of closed.splice(0)) chmodSync(path, 0o755)
})

/** Root may write anywhere; then the second process is nobody. */
const asSomebodyElse = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []

function close(path: string, mode: number): void {
  chmodSync(path, mode)
  closed.push(path)
}

/** What a second process says when it opens (or with a name, makes) the project. */
async function answer(path: string, name?: string): Promise<{ code?: string; where?: string; message?: string }> {
  const program = startProgram('lock-holder.ts', {
    args: [path, ...(name === undefined ? [] : [name])],
    through: asSomebodyElse,
    cwd: '/',
  })
  const line = await program.line()
  program.process.stdin!.end()
  const { errors } = await program.ended
  expect(errors).toBe('')
  return line?.startsWith('{') ? JSON.parse(line) : { message: line ?? '' }
}

describe('a project', () => {
  it('in a folder that may not be written to', async () => {
    const path = join(folder(), 'fest')
    await (await ProjectStore.create(path, 'Fest')).close()
    chmodSync(folder(), 0o755)
    close(path, 0o555)
    const before = readdirSync(path).map((name) => [name, statSync(join(path, name)).mtimeMs])
    const problem = await answer(path)
    expect(problem).toMatchObject({ code: 'READ_ONLY', where: expect.stringContaining(path) })
    expect(readdirSync(path).map((name) => [name, statSync(join(path, name)).mtimeMs])).toEqual(before)
  })

  it('whose database may not be written to', async () => {
    const path = join(folder(), 'project')
    await (await ProjectStore.create(path, 'Datenbank')).close()
    mkdirSync(join(folder(), 'user data'))
    for (const open of [folder(), path, join(folder(), 'user data')]) chmodSync(open, 0o777)
    close(join(path, 'project.sqlite'), 0o444)
    const request = JSON.stringify({ kind: 'simulate', size: 'tiny', seed: 0 })
    const engine = startProgram('engine-host.ts', { args: [folder(), request], through: asSomebodyElse, cwd: '/' })
    const { lines, errors } = await engine.ended
    expect(errors).toBe('')
    expect(JSON.parse(lines[0]!)).toMatchObject({
      problem: { code: 'READ_ONLY', where: join(path, 'project.sqlite') },
    })
  })

  it('cannot be made where nothing may be written', async () => {
    const parent = join(folder(), 'zu')
    mkdirSync(parent)
    chmodSync(folder(), 0o755)
    close(parent, 0o555)
    const path = join(parent, 'neu')
    expect(await answer(path, 'Neu')).toMatchObject({ code: 'READ_ONLY', where: expect.stringContaining(path) })
    expect(readdirSync(parent)).toEqual([])
  })

  it('in a folder that may not be looked into', async () => {
    const path = join(folder(), 'privat')
    await (await ProjectStore.create(path, 'Privat')).close()
    chmodSync(folder(), 0o755)
    close(path, 0o000)
    const problem = await answer(path)
    expect(problem.code).toMatch(/READ_ONLY|NOT_FOUND/)
    expect(problem.where).toContain(path)
  })
})
