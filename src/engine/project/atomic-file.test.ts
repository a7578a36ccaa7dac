import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProgram } from '../../../test/reliability/support/child.ts'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { ProblemError } from '../../core/problem.ts'
import { sweepUnfinished, writeAll, writeAtomically } from './atomic-file.ts'

const folder = freshFolder()

function problemOf(work: () => void) {
  try {
    work()
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  return null
}

describe('an atomic write', () => {
  it('writes all parts, text and bytes, one after the other', () => {
    const path = join(folder(), 'parts')
    writeAtomically(path, 'é', new Uint8Array([1, 2, 3]), '')
    expect([...readFileSync(path)]).toEqual([0xc3, 0xa9, 1, 2, 3])
  })

  it('writes every byte of a large array, not as many bytes as it has numbers', () => {
    const numbers = Float32Array.from({ length: 2_000_000 }, (_, i) => i)
    const path = join(folder(), 'numbers')
    writeAtomically(path, new Uint8Array(numbers.buffer))
    const bytes = readFileSync(path)
    expect(bytes.length).toBe(8_000_000)
    expect(bytes.readFloatLE(7_999_996)).toBe(1_999_999)
  })

  it('keeps the old file and leaves nothing else where it fails', () => {
    const path = join(folder(), 'kept')
    writeAtomically(path, 'old')
    const broken = {
      get byteLength(): number {
        throw new Error('the second part cannot be had')
      },
    } as unknown as Uint8Array
    expect(() => writeAtomically(path, 'new', broken)).toThrow('the second part')
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder())).toEqual(['kept'])
  })

  it('names the path where the folder is missing, or a file stands in its way', () => {
    const missing = join(folder(), 'nowhere', 'file')
    expect(problemOf(() => writeAtomically(missing, 'x'))).toMatchObject({ code: 'NOT_FOUND', where: missing })
    writeFileSync(join(folder(), 'file'), '')
    const below = join(folder(), 'file', 'below')
    expect(problemOf(() => writeAtomically(below, 'x'))).toMatchObject({ code: 'NOT_FOUND', where: below })
  })

  it('never replaces a folder', () => {
    const path = join(folder(), 'a folder')
    mkdirSync(join(path, 'with things'), { recursive: true })
    expect(() => writeAtomically(path, 'x')).toThrow()
    expect(existsSync(join(path, 'with things'))).toBe(true)
    expect(readdirSync(folder())).toEqual(['a folder'])
  })

  it('lets a reader in another process see whole versions only', async () => {
    const path = join(folder(), 'swapped')
    const length = 300_000
    const version = (i: number) => new Uint8Array(length).fill(i % 256)
    writeAtomically(path, version(0))
    const reader = startProgram('swap-reader.ts', { args: [path, String(length)] })
    expect(await reader.line()).toBe('ready')
    for (let i = 1; i <= 600; i++) {
      writeAtomically(path, version(i).subarray(0, 100_000), version(i).subarray(100_000))
      // The reader shares this machine's few cores: let it have a turn.
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    rmSync(path)
    const { lines, errors } = await reader.ended
    expect(errors).toBe('')
    const { reads, mixed, versions } = JSON.parse(lines.at(-1)!) as { reads: number; mixed: number; versions: number }
    expect(mixed).toBe(0)
    expect(reads).toBeGreaterThan(20)
    expect(versions).toBeGreaterThan(5)
  })
})

describe('what a killed process leaves', () => {
  it('is swept, and nothing else is', () => {
    for (const name of ['.troi-writing-1-abcd-x', 'x', '.hidden']) writeFileSync(join(folder(), name), name)
    sweepUnfinished(folder())
    expect(readdirSync(folder()).sort()).toEqual(['.hidden', 'x'])
  })

  it('can be made and swept by real processes', async () => {
    const path = join(folder(), 'target')
    const writer = startProgram('endless-writer.ts', { args: [path] })
    for (let i = 0; i < 5; i++) expect(await writer.line()).toMatch(/^wrote \d+$/)
    writer.process.kill('SIGKILL')
    const { lines } = await writer.ended
    const acknowledged = Number(lines.at(-1)!.slice('wrote '.length))
    const content = new Uint32Array(new Uint8Array(readFileSync(path)).buffer)
    expect(content.length).toBe(1_000_000)
    expect(content.every((value) => value === content[0])).toBe(true)
    expect(content[0]).toBeGreaterThanOrEqual(acknowledged)
    sweepUnfinished(folder())
    expect(readdirSync(folder())).toEqual(['target'])
  })
})

it('writes on where a call took only part of the bytes', () => {
  const path = join(folder(), 'all')
  const file = openSync(path, 'w')
  writeAll(file, new Uint8Array(3_000_001).fill(7))
  closeSync(file)
  expect(readFileSync(path).length).toBe(3_000_001)
})
