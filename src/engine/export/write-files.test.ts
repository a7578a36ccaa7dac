import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { writeFiles } from './write-files.ts'

const folder = freshFolder()

function problemOf(work: () => unknown): Problem | null {
  try {
    work()
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  return null
}

const everything = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort()

describe('writing', () => {
  it('never replaces a file with other content, and writes nothing at all then', () => {
    const path = join(folder(), 'b.txt')
    writeFileSync(path, 'mine')
    const problem = problemOf(() =>
      writeFiles(folder(), [
        ['a.txt', Buffer.from('a')],
        ['b.txt', Buffer.from('ours')],
      ]),
    )
    expect(problem).toMatchObject({ code: 'ALREADY_EXISTS', where: path })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    expect(everything(folder())).toEqual(['b.txt'])
  })

  it('takes a folder in the place of a file, and a file in the place of a folder, as being there already', () => {
    mkdirSync(join(folder(), 'one', 'x.txt'), { recursive: true })
    writeFileSync(join(folder(), 'two'), '')
    const files = [
      ['first.txt', Buffer.from('1')],
      ['x.txt', Buffer.from('2')],
    ] as const
    expect(problemOf(() => writeFiles(join(folder(), 'one'), files))).toMatchObject({ code: 'ALREADY_EXISTS' })
    const below = [['first.txt', Buffer.from('1')] as const, ['two/x.txt', Buffer.from('2')] as const]
    expect(problemOf(() => writeFiles(folder(), below))).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(everything(folder())).toEqual(['two'])
  })

  it('says READ_ONLY where the folder may not be written to, and leaves nothing', () => {
    const closed = join(folder(), 'closed')
    mkdirSync(closed)
    chmodSync(folder(), 0o755)
    chmodSync(closed, 0o555)
    // Root may write anywhere, so the work is done as nobody.
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid?.(65534)
    let problems: (Problem | null)[]
    try {
      problems = [
        problemOf(() => writeFiles(closed, [['sub-01/func/b.txt', Buffer.from('b')]])),
        problemOf(() => writeFiles(closed, [['a.txt', Buffer.from('a')]])),
      ]
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
    for (const problem of problems)
      expect(problem).toMatchObject({
        code: 'READ_ONLY',
        where: expect.stringContaining(closed),
        fix: expect.any(String),
      })
    chmodSync(closed, 0o755)
    expect(everything(closed)).toEqual([])
    expect(existsSync(join(closed, 'sub-01'))).toBe(false)
  })
})
