import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { testRandom } from '../../../test/reliability/support/seeds.ts'
import type { Random } from '../../core/random/random.ts'
import { type DataContent, readDataFile, writeDataFile } from './data-file.ts'

const folder = freshFolder()

const sample: DataContent = {
  values: {
    stage: 'stage 2',
    epoch: 3,
    done: false,
    counts: [5, 4, 3],
    'names é': '["a","b"]',
    tiny: 5e-324,
  },
  arrays: {
    weights: Float32Array.from({ length: 701 }, (_, i) => Math.fround(Math.sin(i))),
    moments: Float64Array.from({ length: 33 }, (_, i) => Math.exp(-i)),
    index: Int32Array.from([-2147483648, 0, 2147483647]),
    alive: Uint8Array.from({ length: 13 }, (_, i) => i % 2),
    empty: new Float32Array(0),
  },
}

function written(content: DataContent = sample): { path: string; bytes: Buffer } {
  const path = join(folder(), 'state.data')
  writeDataFile(path, content)
  return { path, bytes: readFileSync(path) }
}

function codeOf(path: string): string {
  const result = readDataFile(path)
  return result.ok ? 'ok' : result.problem.code
}

describe('a data file', () => {
  it('gives back the same types, names, values and bits', () => {
    const result = readDataFile(written().path)
    expect(result).toEqual({ ok: true, value: sample })
  })

  it('keeps the bits of numbers that are no ordinary numbers', () => {
    const bits = Uint32Array.from([0x7fc00001, 0xffc00000, 0x7f800000, 0xff800000, 0x80000000, 1, 0x00800000])
    const { path } = written({ values: {}, arrays: { strange: new Float32Array(bits.buffer) } })
    const result = readDataFile(path)
    if (!result.ok) throw new Error(result.problem.message)
    const array = result.value.arrays.strange!
    expect([...new Uint32Array(array.buffer, array.byteOffset, array.length)]).toEqual([...bits])
  })

  it('writes a view’s own numbers, not the memory around it', () => {
    const around = Float32Array.from({ length: 100 }, (_, i) => i)
    const { path } = written({ values: {}, arrays: { view: around.subarray(40, 43) } })
    expect(readDataFile(path)).toEqual({
      ok: true,
      value: { values: {}, arrays: { view: Float32Array.from([40, 41, 42]) } },
    })
  })

  it('is readable without this program: magic line, header length, JSON, raw numbers', () => {
    const { bytes } = written()
    const [magic, length] = bytes.toString('latin1', 0, 60).split('\n')
    expect(magic).toBe('TROI-DATA 1')
    const start = magic!.length + 1 + length!.length + 1
    const header = JSON.parse(bytes.toString('utf8', start, start + Number.parseInt(length!, 16)))
    const entry = header.arrays.find((array: { name: string }) => array.name === 'weights')
    expect(entry).toMatchObject({ dtype: 'float32', length: 701 })
    const at = start + Number.parseInt(length!, 16) + entry.offset + 4 * 700
    expect(bytes.readFloatLE(at)).toBe(Math.fround(Math.sin(700)))
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, [1, Number.NEGATIVE_INFINITY]])(
    'refuses the value %s, which JSON would turn into null, and writes nothing',
    (value) => {
      const path = join(folder(), 'refused')
      expect(() => writeDataFile(path, { values: { loss: value }, arrays: {} })).toThrow('loss')
      expect(existsSync(path)).toBe(false)
    },
  )

  it('gives back whatever it was given', () => {
    const random = testRandom('data files')
    for (let round = 0; round < 60; round++) {
      const content = arbitrary(random)
      expect(readDataFile(written(content).path)).toEqual({ ok: true, value: content })
    }
  })
})

function arbitrary(random: Random): DataContent {
  const text = () =>
    Array.from({ length: random.integer(12) }, () => String.fromCodePoint(32 + random.integer(900))).join('')
  const value = () => {
    const kind = random.integer(4)
    if (kind === 0) return random.normal() * 10 ** (random.integer(60) - 30)
    if (kind === 1) return random.uniform() < 0.5
    return kind === 2 ? text() : Array.from({ length: random.integer(5) }, () => random.integer(1e9))
  }
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.integer(256))
  const array = () => {
    const count = random.integer(50)
    return [
      () => Float32Array.from({ length: count }, () => random.normal()),
      () => Float64Array.from({ length: count }, () => random.normal()),
      () => new Int32Array(bytes(4 * count).buffer),
      () => bytes(count),
    ][random.integer(4)]!()
  }
  const entries = <T>(make: () => T) =>
    Object.fromEntries(Array.from({ length: random.integer(6) }, (_, i) => [`${i}/${text()}`, make()]))
  return { values: entries(value), arrays: entries(array) }
}

describe('a damaged data file', () => {
  it('is recognised whichever byte is flipped', () => {
    const { path, bytes } = written()
    expect(bytes.length).toBeGreaterThan(3000)
    let tried = 0
    for (let at = 0; at < bytes.length; at += at < 600 || at > bytes.length - 64 ? 1 : 97) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 1 << (at % 8)
      writeFileSync(path, damaged)
      expect(codeOf(path), `byte ${at}`).toBe('CHECKSUM')
      tried++
    }
    expect(tried).toBeGreaterThan(600)
  })

  it('is recognised wherever it was cut off, or if something follows', () => {
    const { path, bytes } = written()
    for (let length = 0; length < bytes.length; length += 97) {
      writeFileSync(path, bytes.subarray(0, length))
      expect(codeOf(path), `${length} bytes`).toBe('CHECKSUM')
    }
    writeFileSync(path, Buffer.concat([bytes, Buffer.from([0])]))
    expect(codeOf(path)).toBe('CHECKSUM')
    writeFileSync(path, bytes)
    truncateSync(path, bytes.length - 1)
    expect(codeOf(path)).toBe('CHECKSUM')
  })

  it('names the file and says what to do', () => {
    const { path, bytes } = written()
    writeFileSync(path, bytes.subarray(0, 100))
    const result = readDataFile(path)
    expect(result).toMatchObject({ ok: false, problem: { where: path, fix: expect.stringContaining('checkpoint') } })
  })

  it('is told from a missing one', () => {
    const path = join(folder(), 'missing')
    expect(codeOf(path)).toBe('NOT_FOUND')
    expect(readdirSync(folder())).toEqual([])
  })
})
