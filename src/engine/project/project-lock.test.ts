import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Program, startProgram } from '../../../test/reliability/support/child.ts'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { ProblemError } from '../../core/problem.ts'
import { ProjectLock } from './project-lock.ts'
import { ProjectStore } from './project-store.ts'

const folder = freshFolder()
const lockFile = () => join(folder(), 'project.lock')

function refused(): ProblemError['problem'] | null {
  try {
    ProjectLock.take(folder()).release()
    return null
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
}

async function holder(name?: string): Promise<{ program: Program; answer: string }> {
  const program = startProgram('lock-holder.ts', { args: [folder(), ...(name === undefined ? [] : [name])] })
  return { program, answer: (await program.line()) ?? '' }
}

describe('the lock of a project', () => {
  it('is a file while the project is open, and gone afterwards', () => {
    const lock = ProjectLock.take(folder())
    expect(existsSync(lockFile())).toBe(true)
    lock.release()
    expect(readdirSync(folder())).toEqual([])
  })

  it('names a second process that has it, and is free when that closes', async () => {
    const { program, answer } = await holder('Shared')
    expect(answer).toMatch(/^open /)
    const problem = refused()
    expect(problem).toMatchObject({ code: 'PROJECT_IN_USE', where: folder() })
    expect(problem?.message).toContain(String(program.process.pid))
    expect(problem?.message).toContain(hostname())
    program.process.stdin!.end()
    expect((await program.ended).lines.at(-1)).toBe('closed')
    expect(refused()).toBeNull()
  })

  it('lets a second process be told who has it', async () => {
    const store = await ProjectStore.create(folder(), 'Ours')
    const { program, answer } = await holder()
    expect(JSON.parse(answer)).toMatchObject({ code: 'PROJECT_IN_USE' })
    expect(answer).toContain(String(process.pid))
    await program.ended
    await store.close()
  })

  it('of a killed process is taken over', async () => {
    const { program, answer } = await holder('Killed')
    program.process.kill('SIGKILL')
    await program.ended
    expect(existsSync(lockFile())).toBe(true)
    const store = await ProjectStore.open(folder())
    expect(`open ${store.id}`).toBe(answer)
    await store.close()
    expect(existsSync(lockFile())).toBe(false)
  })

  it('is not believed only because another process has the same number now', () => {
    // This very process lives, but it did not start at the time the lock says: the number was used before.
    const lock = ProjectLock.take(folder())
    const written = JSON.parse(readFileSync(lockFile(), 'utf8')) as Record<string, unknown>
    lock.release()
    const earlier = Object.fromEntries(
      Object.entries(written).map(([name, value]) => [
        name,
        name.startsWith('start') ? '2001-01-01T00:00:00.000Z' : value,
      ]),
    )
    writeFileSync(lockFile(), JSON.stringify(earlier))
    expect(refused()).toBeNull()
  })

  it('of another computer is respected, for nothing can be asked about its processes', () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: 'another-computer', started: '2026-01-01T00:00:00.000Z' }))
    expect(refused()).toMatchObject({ code: 'PROJECT_IN_USE', message: expect.stringContaining('another-computer') })
  })

  it.each(['', '{', 'not a lock', '{"pid": "x"}'])('that is damaged does not lock anyone out: %s', (text) => {
    writeFileSync(lockFile(), text)
    expect(refused()).toBeNull()
  })

  it('goes to exactly one of many that want it at once', async () => {
    await (await ProjectStore.create(folder(), 'Wanted')).close()
    for (const stale of [false, true]) {
      if (stale)
        writeFileSync(lockFile(), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '2026-01-01' }))
      const holders = await Promise.all([1, 2, 3, 4].map(() => holder()))
      const got = holders.filter(({ answer }) => answer.startsWith('open '))
      expect(got, `stale: ${stale}`).toHaveLength(1)
      for (const { program, answer } of holders) {
        if (!answer.startsWith('open ')) expect(JSON.parse(answer)).toMatchObject({ code: 'PROJECT_IN_USE' })
        program.process.stdin!.end()
      }
      await Promise.all(holders.map(({ program }) => program.ended))
    }
  })

  it('never lets two in, however hard they try', async () => {
    const rounds = 4000
    const programs = [1, 2, 3].map(() => startProgram('lock-stress.ts', { args: [folder(), String(rounds)] }))
    let got = 0
    for (const { ended } of programs) {
      const { lines, errors } = await ended
      expect(errors).toBe('')
      const result = JSON.parse(lines.at(-1)!) as { got: number; together: number }
      expect(result.together).toBe(0)
      got += result.got
    }
    expect(got).toBeGreaterThan(100)
  })
})
