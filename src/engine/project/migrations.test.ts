import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { Database } from './database.ts'
import { databaseVersion, migrate, migrations } from './migrations.ts'
import { ProjectStore } from './project-store.ts'

const folder = freshFolder()
const path = () => join(folder(), 'project.sqlite')

/** Three formats of an imaginary project, each with something to carry over. */
const steps = [
  "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO item (name) VALUES ('old')",
  "ALTER TABLE item ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'",
  'CREATE TABLE colour (name TEXT PRIMARY KEY); INSERT INTO colour SELECT DISTINCT colour FROM item',
]

async function made(version: number): Promise<void> {
  const database = await Database.open(path())
  await migrate(database, path(), steps.slice(0, version))
  await database.close()
}

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

describe('migrations', () => {
  it('take a new database through every step', async () => {
    const database = await Database.open(path())
    await migrate(database, path(), steps)
    expect(await databaseVersion(database)).toBe(3)
    expect(await database.all('SELECT * FROM item')).toEqual([{ id: 1, name: 'old', colour: 'grey' }])
    await database.close()
  })

  it.each([1, 2])('take format %i to the newest with its content, and keep a copy of how it was', async (from) => {
    await made(from)
    const before = hash(path())
    const database = await Database.open(path())
    await migrate(database, path(), steps)
    expect(await databaseVersion(database)).toBe(3)
    expect(await database.all('SELECT name FROM colour')).toEqual([{ name: 'grey' }])
    await database.close()
    const copies = readdirSync(folder()).filter((name) => name.startsWith('project.sqlite.'))
    expect(copies).toHaveLength(1)
    expect(hash(join(folder(), copies[0]!))).toBe(before)
    const copy = await Database.open(join(folder(), copies[0]!))
    expect(await databaseVersion(copy)).toBe(from)
    await copy.close()
  })

  it('do nothing to a database of this version', async () => {
    await made(3)
    const before = hash(path())
    const database = await Database.open(path())
    await migrate(database, path(), steps)
    await database.close()
    expect(hash(path())).toBe(before)
    expect(readdirSync(folder())).toEqual(['project.sqlite'])
  })

  it('leave the last whole format where a step fails', async () => {
    await made(1)
    const database = await Database.open(path())
    const broken = [steps[0]!, 'CREATE TABLE half (x); CREATE TABLE half (x)']
    await expect(migrate(database, path(), broken)).rejects.toThrow(/half/)
    expect(await databaseVersion(database)).toBe(1)
    expect(await database.all("SELECT name FROM sqlite_master WHERE name = 'half'")).toEqual([])
    await database.close()
  })

  it('refuse a database of a newer version and write nothing', async () => {
    await made(3)
    const before = hash(path())
    const database = await Database.open(path())
    await expect(migrate(database, path(), steps.slice(0, 2))).rejects.toMatchObject({
      problem: { code: 'PROJECT_TOO_NEW', where: path() },
    })
    await database.close()
    expect(hash(path())).toBe(before)
    expect(readdirSync(folder())).toEqual(['project.sqlite'])
  })
})

describe('the project’s own formats', () => {
  it('can each be reached from an empty database', async () => {
    for (let version = 1; version <= migrations.length; version++) {
      const file = join(folder(), `format-${version}.sqlite`)
      const database = await Database.open(file)
      await migrate(database, file, migrations.slice(0, version))
      await migrate(database, file)
      expect(await databaseVersion(database)).toBe(migrations.length)
      await database.close()
    }
  })

  it('refuse a project of the future whole: same bytes, no lock left, and it opens again in its own version', async () => {
    const store = await ProjectStore.create(folder(), 'From the future')
    await store.close()
    const database = await Database.open(path())
    await database.run(`PRAGMA user_version = ${migrations.length + 1}`)
    await database.close()
    const before = hash(path())
    const names = readdirSync(folder()).sort()
    await expect(ProjectStore.open(folder())).rejects.toMatchObject({
      problem: { code: 'PROJECT_TOO_NEW', message: expect.stringContaining('newer version') },
    })
    expect(hash(path())).toBe(before)
    expect(readdirSync(folder()).sort()).toEqual(names)
  })
})
