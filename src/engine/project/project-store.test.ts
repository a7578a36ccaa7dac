import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import type { Subject, TableRow } from '../../core/contract/result.ts'
import type { RunRequest } from '../../core/contract/run.ts'
import { writeDataFile } from './data-file.ts'
import { type Artifact, ProjectStore } from './project-store.ts'

const folder = freshFolder()
const place = () => join(folder(), 'Projekt ö')
const simulate: RunRequest = { kind: 'simulate', size: 'tiny', seed: 0 }

async function created(): Promise<ProjectStore> {
  return ProjectStore.create(place(), 'Ein Projekt')
}

const grid: Subject['grid'] = { shape: [2, 2, 2], affine: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] }

function subjectItem(store: ProjectStore, run: string, name: string, id = crypto.randomUUID()): Artifact {
  const file = `runs/${run}/results/${name}.data`
  mkdirSync(join(store.folder, 'runs', run, 'results'), { recursive: true })
  const set = (trials: number) => ({
    betas: new Float32Array(8 * trials),
    target: Int32Array.from({ length: trials }, (_, i) => i),
    run: Int32Array.from({ length: trials }, (_, i) => i % 4),
    session: new Int32Array(trials),
  })
  const arrays = Object.fromEntries(
    (['train', 'test'] as const).flatMap((part) =>
      Object.entries(set(part === 'train' ? 700 : 3)).map(([array, values]) => [`${part}/${array}`, values]),
    ),
  )
  writeDataFile(join(store.folder, file), { values: { name }, arrays })
  const summary: Subject = {
    id,
    name,
    origin: 'simulated',
    role: 'new',
    voxels: 8,
    grid,
    trainTrials: 700,
    testTrials: 3,
    targets: 'pictures',
    items: 3,
    labels: [],
    annotatedVoxels: null,
    trueVoxels: 2,
    notes: [],
  }
  return { type: 'subject', id, file, summary }
}

const row = (condition: string): TableRow => ({
  seed: 0,
  condition,
  voxels: 8,
  dice: null,
  brainToImage: 0.5,
  imageToBrain: 0.25,
  pixCorr: null,
  ssim: null,
  accuracy: null,
  seconds: 1.5,
  metrics: { brainToImage: { value: 0.5, direction: 'higher', chance: 1 / 3, n: 3, interval: [0.1, 0.9] } },
})

describe('a new project', () => {
  it('is a folder with everything in it, and opens again with the same id and name', async () => {
    const store = await created()
    const { id } = store
    expect(readdirSync(place())).toEqual(expect.arrayContaining(['bin', 'blobs', 'project.sqlite', 'runs']))
    await store.close()
    const again = await ProjectStore.open(place())
    expect([again.id, again.name]).toEqual([id, 'Ein Projekt'])
    await again.close()
  })

  it('is not made over another one', async () => {
    await (await created()).close()
    const before = readFileSync(join(place(), 'project.sqlite'))
    await expect(created()).rejects.toMatchObject({ problem: { code: 'ALREADY_EXISTS', where: place() } })
    expect(readFileSync(join(place(), 'project.sqlite')).equals(before)).toBe(true)
  })

  it('is told from a folder that is none, and from one that is not there', async () => {
    mkdirSync(place())
    for (const wrong of [place(), join(folder(), 'nowhere'), join(place(), 'project.sqlite')])
      await expect(ProjectStore.open(wrong)).rejects.toMatchObject({ problem: { code: 'NOT_FOUND', where: wrong } })
    expect(readdirSync(place())).toEqual([])
  })
})

describe('runs', () => {
  it('wait in the order they came, with short names counted per kind', async () => {
    const store = await created()
    const evaluate: RunRequest = { kind: 'evaluate', decoder: crypto.randomUUID() }
    for (const request of [simulate, evaluate, simulate]) await store.addRun(request, null, [])
    expect((await store.runs()).map(({ name, status }) => [name, status])).toEqual([
      ['s-01', 'queued'],
      ['v-01', 'queued'],
      ['s-02', 'queued'],
    ])
    await store.close()
  })

  it('keep their names to themselves, even after one was discarded', async () => {
    const store = await created()
    const [first, second] = [await store.addRun(simulate, null, []), await store.addRun(simulate, null, [])]
    await store.updateRun(first.id, { status: 'done' })
    await store.discardRun(first.id)
    const third = await store.addRun(simulate, null, [])
    expect(new Set([first.name, second.name, third.name]).size).toBe(3)
    await store.close()
  })

  it('get names of their own when many come at once', async () => {
    const store = await created()
    const runs = await Promise.all(Array.from({ length: 12 }, () => store.addRun(simulate, null, [])))
    expect(new Set(runs.map(({ name }) => name)).size).toBe(12)
    await store.close()
  })

  it('keep what became of them across a restart', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    const change = {
      status: 'failed' as const,
      started: '2026-11-25T08:00:00.000Z',
      ended: '2026-11-25T08:01:00.000Z',
      elapsed: 59.5,
      device: 'CPU',
      problem: { code: 'DISK_FULL' as const, message: 'The disk is full.' },
      phases: [{ name: 'Simulate', state: 'done' as const, done: 1, total: 1, seconds: 3 }],
    }
    await store.updateRun(id, change)
    await store.close()
    const again = await ProjectStore.open(place())
    expect(await again.run(id)).toMatchObject(change)
    await again.updateRun(id, { problem: null })
    expect((await again.run(id)).problem).toBeNull()
    await again.close()
  })

  it('that are unknown are said to be', async () => {
    const store = await created()
    const id = crypto.randomUUID()
    await expect(store.run(id)).rejects.toMatchObject({ problem: { code: 'NOT_FOUND', where: id } })
    await store.close()
  })
})

describe('results', () => {
  it('are taken over together with the end of their run', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    await store.finishRun(id, [subjectItem(store, id, 'one'), subjectItem(store, id, 'two')], { status: 'done' })
    expect((await store.subjects()).map(({ name }) => name)).toEqual(['one', 'two'])
    expect((await store.run(id)).status).toBe('done')
    const [subject] = await store.subjects()
    const file = await store.fileOf('subject', subject!.id)
    expect(store.readData(file).arrays['train/target']).toHaveLength(700)
    await store.close()
  })

  it('are not taken over at all where one of them cannot be', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    const missing = { ...subjectItem(store, id, 'gone'), file: `runs/${id}/results/gone-too.data` } as Artifact
    await expect(store.finishRun(id, [subjectItem(store, id, 'kept'), missing], { status: 'done' })).rejects.toThrow()
    expect(await store.subjects()).toEqual([])
    expect((await store.run(id)).status).toBe('queued')
    await store.close()
  })

  it('can be queried as tables: one row per trial', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    await store.finishRun(id, [subjectItem(store, id, 'one')], { status: 'done' })
    await store.close()
    const { Database } = await import('./database.ts')
    const database = await Database.open(join(place(), 'project.sqlite'))
    expect(await database.all('SELECT held_out, COUNT(*) AS trials FROM trial GROUP BY held_out')).toEqual([
      { held_out: 0, trials: 700 },
      { held_out: 1, trials: 3 },
    ])
    await database.close()
  })

  it('whose file was changed behind our back are refused, naming the file', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    const item = subjectItem(store, id, 'one')
    await store.finishRun(id, [item], { status: 'done' })
    const path = join(place(), (item as { file: string }).file)
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(path, bytes)
    expect(() => store.readData((item as { file: string }).file)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'CHECKSUM', where: path }) }),
    )
    await store.close()
  })

  it('that are table rows are added one by one', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    for (const condition of ['troi', 'annotated']) await store.addRow(id, row(condition))
    expect(await store.rows(id)).toEqual([row('troi'), row('annotated')])
    await store.close()
  })
})

describe('a discarded run', () => {
  it('goes to the bin with its folder and results, and only if nothing depends on it', async () => {
    const store = await created()
    const parent = await store.addRun(simulate, null, [])
    await store.finishRun(parent.id, [subjectItem(store, parent.id, 'one')], { status: 'done' })
    const child = await store.addRun(simulate, null, [parent.id])
    await expect(store.discardRun(parent.id)).rejects.toMatchObject({
      problem: { code: 'NOT_ALLOWED', message: expect.stringContaining(child.name) },
    })
    await store.updateRun(child.id, { status: 'cancelled' })
    await store.discardRun(child.id)
    await store.discardRun(parent.id)
    expect(await store.runs()).toEqual([])
    expect(await store.subjects()).toEqual([])
    const kept = readdirSync(join(place(), 'bin'), { recursive: true }).map(String)
    expect(kept.some((path) => path.endsWith('one.data'))).toBe(true)
    await store.close()
  })

  it('is refused while it runs', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    for (const status of ['running', 'paused', 'cancelling'] as const) {
      await store.updateRun(id, { status })
      await expect(store.discardRun(id), status).rejects.toMatchObject({ problem: { code: 'NOT_ALLOWED' } })
    }
    await store.close()
  })

  it('never takes with it a subject that another run made something of', async () => {
    // A mask on its subject depends on the run even where no one wrote that down as a parent.
    const store = await created()
    const made = await store.addRun(simulate, null, [])
    const item = subjectItem(store, made.id, 'one')
    await store.finishRun(made.id, [item], { status: 'done' })
    const user = await store.addRun(simulate, (item as { id: string }).id, [])
    await store.updateRun(user.id, { status: 'done' })
    await expect(store.discardRun(made.id)).rejects.toMatchObject({
      problem: { code: 'NOT_ALLOWED', message: expect.stringContaining(user.name) },
    })
    await store.close()
  })
})

describe('a project', () => {
  it('that was moved or copied opens with everything in it', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    await store.finishRun(id, [subjectItem(store, id, 'one')], { status: 'done' })
    const ref = store.blobs.put(Float32Array.from([1, 2]), [2])
    await store.close()
    const elsewhere = join(folder(), 'an anderem Ort', 'tiefer')
    mkdirSync(elsewhere, { recursive: true })
    const moved = join(elsewhere, 'Moved')
    renameSync(place(), moved)
    const copy = join(folder(), 'Copy')
    cpSync(moved, copy, { recursive: true })
    rmSync(moved, { recursive: true })
    const again = await ProjectStore.open(copy)
    expect(again.id).toBe(store.id)
    const [subject] = await again.subjects()
    expect(again.readData(await again.fileOf('subject', subject!.id)).values.name).toBe('one')
    expect(again.blobs.find(ref.id)?.startsWith(copy)).toBe(true)
    await again.close()
  })

  it('holds no absolute path', async () => {
    const store = await created()
    const { id } = await store.addRun(simulate, null, [])
    await store.finishRun(id, [subjectItem(store, id, 'one')], { status: 'done' })
    await store.close()
    expect(readFileSync(join(place(), 'project.sqlite')).includes(folder())).toBe(false)
  })

  it('whose database is damaged is moved aside and kept, never deleted', async () => {
    await (await created()).close()
    const path = join(place(), 'project.sqlite')
    const damaged = Buffer.alloc(readFileSync(path).length, 'damage ')
    writeFileSync(path, damaged)
    await expect(ProjectStore.open(place())).rejects.toMatchObject({ problem: { code: 'CHECKSUM', where: path } })
    const kept = readdirSync(place()).filter((name) => name.startsWith('project.sqlite.damaged'))
    expect(kept).toHaveLength(1)
    expect(readFileSync(join(place(), kept[0]!)).equals(damaged)).toBe(true)
    expect(existsSync(join(place(), 'project.lock'))).toBe(false)
  })

  it('whose database is damaged in a page deep inside is noticed when it is opened', async () => {
    const store = await created()
    for (let i = 0; i < 300; i++) await store.addRun(simulate, null, [])
    await store.close()
    const path = join(place(), 'project.sqlite')
    const bytes = readFileSync(path)
    const pages = bytes.length / 4096
    expect(pages).toBeGreaterThan(20)
    for (let page = pages >> 1; page < pages; page++) bytes.fill(0x5a, page * 4096, (page + 1) * 4096)
    writeFileSync(path, bytes)
    await expect(ProjectStore.open(place())).rejects.toMatchObject({ problem: { code: 'CHECKSUM' } })
    expect(readdirSync(place()).some((name) => name.startsWith('project.sqlite.damaged'))).toBe(true)
  })
})
