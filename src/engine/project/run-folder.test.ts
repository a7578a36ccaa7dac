import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { testRandom } from '../../../test/reliability/support/seeds.ts'
import type { StageState } from '../../core/pipeline/run-context.ts'
import { RunFolder } from './run-folder.ts'

const folder = freshFolder()

function made(): RunFolder {
  const run = new RunFolder(join(folder(), 'run'))
  run.create()
  return run
}

const points = (step: number) => [{ part: 'seed 0 / troi', step, epoch: 1, values: { loss: 1 / (1 + step), lr: 1e-3 } }]

const state = (epoch: number): StageState => ({
  stage: 'stage 2',
  epoch,
  values: { 'layer/hidden': 4, epoch: 'a value of the stage that is called epoch', part: 7 },
  arrays: { weights: Float32Array.from({ length: 500 }, (_, i) => epoch + i), alive: Uint8Array.from([1, 0]) },
})

describe('the numbers of a run', () => {
  it('come back after any number, each batch once and in order', () => {
    const run = made()
    for (let seq = 1; seq <= 5; seq++) run.appendMetrics(seq, points(seq))
    expect(run.readMetrics(0)).toEqual([1, 2, 3, 4, 5].map((seq) => ({ seq, points: points(seq) })))
    expect(run.readMetrics(3).map(({ seq }) => seq)).toEqual([4, 5])
    expect(run.readMetrics(5)).toEqual([])
    expect(run.lastSeq()).toBe(5)
  })

  it('are none before the first', () => {
    expect(made().readMetrics(0)).toEqual([])
    expect(made().lastSeq()).toBe(0)
  })

  it('can be read and checked without this program', () => {
    const run = made()
    run.appendMetrics(1, points(1))
    const [line] = readFileSync(join(run.path, 'metrics.jsonl'), 'utf8').split('\n')
    const [, check, text] = /^([0-9a-f]{8}) (.*)$/.exec(line!)!
    expect(crc32(text!)).toBe(Number.parseInt(check!, 16))
    expect(JSON.parse(text!)).toEqual({ seq: 1, points: points(1) })
  })

  it('survive a cut at any byte but for the batch that was cut, and go on after it', () => {
    const run = made()
    const path = join(run.path, 'metrics.jsonl')
    for (let seq = 1; seq <= 3; seq++) run.appendMetrics(seq, points(seq))
    const whole = readFileSync(path)
    const lineEnds = [...whole.keys()].filter((at) => whole[at] === 10)
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole)
      truncateSync(path, length)
      // A line that lacks only its end-of-line is whole.
      const left = lineEnds.filter((end) => end <= length).length
      expect(
        run.readMetrics(0).map(({ seq }) => seq),
        `${length} bytes`,
      ).toEqual([1, 2, 3].slice(0, left))
      // The next process of the run.
      const next = new RunFolder(run.path)
      next.appendMetrics(next.lastSeq() + 1, points(99))
      expect(run.readMetrics(0).at(-1), `written after a cut at ${length}`).toEqual({
        seq: left + 1,
        points: points(99),
      })
    }
  })

  it('lose only the batches whose bytes were changed', () => {
    const random = testRandom('metrics')
    const run = made()
    const path = join(run.path, 'metrics.jsonl')
    for (let seq = 1; seq <= 20; seq++) run.appendMetrics(seq, points(seq))
    const whole = readFileSync(path)
    for (let round = 0; round < 300; round++) {
      const at = random.integer(whole.length)
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 1 << random.integer(8)
      writeFileSync(path, damaged)
      const line = whole.subarray(0, at).filter((byte) => byte === 10).length
      const hurt = whole[at] === 10 ? [line + 1, line + 2] : [line + 1]
      const left = run.readMetrics(0)
      const lost = Array.from({ length: 20 }, (_, i) => i + 1).filter((seq) => !left.some((batch) => batch.seq === seq))
      expect(hurt, `byte ${at}`).toEqual(expect.arrayContaining(lost))
      for (const batch of left) expect(batch.points).toEqual(points(batch.seq))
    }
  })
})

describe('checkpoints', () => {
  it('give back the newest state with who made it', () => {
    const run = made()
    for (const epoch of [1, 2, 3]) run.writeCheckpoint('', state(epoch), 'build a')
    expect(run.readCheckpoint('')).toEqual({ state: state(3), builtBy: 'build a', notes: [] })
  })

  it('are two per part, however many epochs there were, and parts do not meet', () => {
    const run = made()
    for (let epoch = 1; epoch <= 7; epoch++) run.writeCheckpoint('seed 0 / troi', state(epoch), 'a')
    run.writeCheckpoint('seed 0', state(4), 'a')
    expect(readdirSync(join(run.path, 'checkpoints'))).toHaveLength(3)
    expect(run.readCheckpoint('seed 0').state?.epoch).toBe(4)
    expect(run.readCheckpoint('seed 0 / troi').state?.epoch).toBe(7)
    expect(run.readCheckpoint('seed 1')).toEqual({ state: null, builtBy: null, notes: [] })
    run.dropCheckpointsOf('seed 0')
    expect(run.readCheckpoint('seed 0').state).toBeNull()
    expect(run.readCheckpoint('seed 0 / troi').state?.epoch).toBe(7)
  })

  it('of which the newer is damaged fall back to the one before, and say so', () => {
    const run = made()
    for (const epoch of [1, 2, 3]) run.writeCheckpoint('', state(epoch), 'a')
    const files = readdirSync(join(run.path, 'checkpoints')).map((name) => join(run.path, 'checkpoints', name))
    const newest = files.find((file) => readFileSync(file).includes('"epoch":3'))!
    const whole = readFileSync(newest)
    for (let at = 0; at < whole.length; at += 97) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0x10
      writeFileSync(newest, damaged)
      const read = run.readCheckpoint('')
      expect(read.state, `byte ${at}`).toEqual(state(2))
      expect(read.notes).toHaveLength(1)
    }
    for (let length = 0; length < whole.length; length += 97) {
      writeFileSync(newest, whole.subarray(0, length))
      expect(run.readCheckpoint('').state, `${length} bytes`).toEqual(state(2))
    }
  })

  it('that are both damaged mean a new start, not a crash', () => {
    const run = made()
    for (const epoch of [1, 2]) run.writeCheckpoint('', state(epoch), 'a')
    for (const name of readdirSync(join(run.path, 'checkpoints')))
      writeFileSync(join(run.path, 'checkpoints', name), 'no checkpoint')
    expect(run.readCheckpoint('')).toMatchObject({ state: null, notes: [expect.any(String), expect.any(String)] })
  })

  it('of a stage that began anew are newer than those it left behind', () => {
    // Algorithm 1 halves rho and starts again from epoch 0; the state after that is the one to go on from.
    const run = made()
    for (const epoch of [1, 2, 3, 4, 1, 2]) run.writeCheckpoint('', state(epoch), 'a')
    expect(run.readCheckpoint('').state?.epoch).toBe(2)
  })
})

describe('a run folder', () => {
  it('is swept of what an interrupted write left, and keeps the rest', () => {
    const run = made()
    run.writeJson('run.json', { name: 'm-01' })
    run.log('a line')
    for (const place of ['', 'checkpoints', 'results'])
      writeFileSync(join(run.path, place, '.troi-writing-1-00-x'), 'half')
    run.create()
    expect(run.readJson('run.json')).toEqual({ name: 'm-01' })
    expect(run.readLog()).toMatch(/^\d{4}-\d\d-\d\dT.* a line\n$/)
    expect(readdirSync(run.path, { recursive: true }).sort()).toEqual(['checkpoints', 'log.txt', 'results', 'run.json'])
    expect(run.readJson('missing.json')).toBeNull()
  })

  it('adds to its log', () => {
    const run = made()
    appendFileSync(join(run.path, 'log.txt'), '')
    for (const line of ['one', 'two']) run.log(line)
    expect(
      run
        .readLog()
        .split('\n')
        .map((line) => line.slice(25)),
    ).toEqual(['one', 'two', ''])
  })
})
