import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { testRandom } from '../../../test/reliability/support/seeds.ts'
import { Database } from './database.ts'

const folder = freshFolder()

async function opened(): Promise<Database> {
  const database = await Database.open(join(folder(), 'test.sqlite'))
  await database.run('CREATE TABLE IF NOT EXISTS number (value INTEGER PRIMARY KEY)')
  return database
}

async function values(database: Database): Promise<number[]> {
  return (await database.all('SELECT value FROM number ORDER BY value')).map((row) => Number(row.value))
}

describe('the database', () => {
  it('is in WAL mode, forces every commit to the disk and checks references', async () => {
    const database = await opened()
    const pragma = async (name: string) => Object.values((await database.all(`PRAGMA ${name}`))[0]!)[0]
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    expect(Number(await pragma('busy_timeout'))).toBeGreaterThan(0)
    await database.close()
  })

  it('does all of a transaction or nothing', async () => {
    const database = await opened()
    await expect(
      database.transaction(async () => {
        await database.run('INSERT INTO number VALUES (1)')
        await database.run('INSERT INTO number VALUES (1)')
      }),
    ).rejects.toThrow(/UNIQUE/)
    expect(await values(database)).toEqual([])
    await database.close()
  })

  it('goes on after a failed transaction', async () => {
    const database = await opened()
    const failing = database.transaction(async () => {
      throw new Error('on purpose')
    })
    const following = database.transaction(() => database.run('INSERT INTO number VALUES (2)'))
    await expect(failing).rejects.toThrow('on purpose')
    await following
    expect(await values(database)).toEqual([2])
    await database.close()
  })

  it('keeps what was acknowledged while a transaction ran that failed', async () => {
    const database = await opened()
    let reached = () => {}
    const inside = new Promise<void>((resolve) => (reached = resolve))
    const failing = database
      .transaction(async () => {
        await database.run('INSERT INTO number VALUES (1)')
        reached()
        for (let i = 0; i < 5; i++) await database.all('SELECT 1')
        throw new Error('on purpose')
      })
      .catch(() => {})
    await inside
    const alone = database.run('INSERT INTO number VALUES (7)')
    await Promise.all([failing, alone])
    expect(await values(database)).toEqual([7])
    await database.close()
  })

  it('loses nothing acknowledged and keeps nothing refused, whatever runs at the same time', async () => {
    const random = testRandom('database')
    const database = await opened()
    const expected: number[] = []
    const work: Promise<unknown>[] = []
    for (let i = 0; i < 120; i++) {
      const [inTransaction, fails] = [random.uniform() < 0.5, random.uniform() < 0.4]
      if (inTransaction) {
        if (!fails) expected.push(i, 1000 + i)
        const whole = database.transaction(async () => {
          await database.run('INSERT INTO number VALUES (?)', [i])
          if (fails) throw new Error('on purpose')
          await database.run('INSERT INTO number VALUES (?)', [1000 + i])
        })
        work.push(whole.catch(() => {}))
      } else {
        expected.push(i)
        work.push(database.run('INSERT INTO number VALUES (?)', [i]))
      }
      // Now and then some of it gets done, so that the rest meets it half-way.
      if (random.uniform() < 0.3) await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(work)
    expect(await values(database)).toEqual(expected.sort((a, b) => a - b))
    await database.close()
  })

  it('says that a file is no database, naming it', async () => {
    const path = join(folder(), 'no database')
    writeFileSync(path, 'this is a text file, and long enough to be looked at as a database'.repeat(100))
    await expect(Database.open(path)).rejects.toMatchObject({ problem: { code: 'CHECKSUM', where: path } })
  })

  it('says that a folder is missing, naming the file', async () => {
    const path = join(folder(), 'nowhere', 'x.sqlite')
    await expect(Database.open(path)).rejects.toMatchObject({
      problem: { code: expect.stringMatching(/NOT_FOUND|READ_ONLY/), where: path },
    })
  })
})
