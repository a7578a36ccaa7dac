/**
 * An experiment on Slurm by the command line as a process, with the real engine and its job process, against a Slurm that does
 * what the test says: left with Ctrl-C, killed, taken up again, and cancelled.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { RunFolder } from '../../src/engine/project/run-folder.ts'
import { SlurmFolder } from '../../src/engine/slurm/slurm-folder.ts'
import { FakeSlurm } from '../support/fake-slurm.ts'
import { writeTinyStudy } from './support/tiny-study.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'on slurm '))
const project = join(base, 'project')
const fake = new FakeSlurm(base)
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})
afterAll(() => {
  fake.leave()
  rmSync(base, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function start(...args: string[]): {
  child: ChildProcess
  seen: (text: string) => Promise<void>
  ended: Promise<Ended>
} {
  const env = {
    ...process.env,
    HOME: base,
    TROI_USER_DATA: join(base, 'data'),
    TROI_WORKSPACE: join(base, 'workspace'),
  }
  const child = spawn(process.execPath, [program, ...args], { cwd: base, env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let [out, err] = ['', '']
  child.stdout!.on('data', (part) => (out += String(part)))
  child.stderr!.on('data', (part) => (err += String(part)))
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => {
      children.delete(child)
      resolve({ code, out, err })
    }),
  )
  const seen = (text: string) =>
    vi.waitFor(
      () => {
        if (!err.includes(text) && child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${err}`)
        expect(err).toContain(text)
      },
      { timeout: 60_000, interval: 20 },
    )
  return { child, seen, ended }
}

const words = ['experiment', 'ablation', '--project', project, '--subject', 'ann', '--seeds', '2', '--json']
const onSlurm = [...words, '--on', 'slurm', '--poll', '0.1', '--time', '5', '--memory', '1G']

/** The run's part that jobs share; the newest run. */
function shared(): SlurmFolder {
  const runs = readdirSync(join(project, 'runs')).sort()
  return new SlurmFolder(new RunFolder(join(project, 'runs', runs.at(-1)!)))
}

beforeAll(async () => {
  writeTinyStudy(join(base, 'study'))
  const { code, err } = await start('import', join(base, 'study'), '--project', project, '--subject', 'ann').ended
  expect(code, err).toBe(0)
})

it('can be left, killed and taken up again without a job submitted twice', async () => {
  const first = start(...onSlurm)
  await first.seen('Slurm job 100: 4 waiting (Resources)')
  first.child.kill('SIGINT')
  const left = await first.ended
  expect(left.code, left.err).toBe(130)
  expect(JSON.parse(left.out)).toMatchObject({
    problem: {
      code: 'CANCELLED',
      message: expect.stringContaining('Its jobs go on (Slurm job 100'),
      fix: expect.stringContaining('--resume e-01'),
    },
  })
  expect(fake.calls('scancel')).toBe(0)

  const second = start(...onSlurm)
  await second.seen('e-01 goes on from where it was interrupted.')
  await second.seen('Slurm job 100: 4 waiting')
  second.child.kill('SIGKILL')
  await second.ended
  fake.complete(shared(), 1, 100)
  fake.complete(shared(), 2, 100)
  fake.complete(shared(), 3, 100)
  fake.end(100, 4, 'OUT_OF_MEMORY', 'OutOfMemory', '0:125')

  const third = await start('runs', '--project', project, '--resume', 'e-01', '--json').ended
  expect(third.code, third.err).toBe(4)
  const partial = JSON.parse(third.out)
  expect(partial.rows).toHaveLength(3)
  expect(partial.missing).toMatchObject([{ seed: 1, condition: 'without-filter', problem: { code: 'OUT_OF_MEMORY' } }])
  expect(partial.problem.message).toContain('Slurm job 100_4')
  expect(fake.calls('sbatch')).toBe(1)

  const fourth = start(...onSlurm, '--memory', '8G')
  await fourth.seen('Slurm job 101: 1 waiting')
  expect(readFileSync(join(shared().attemptPath(2), 'job.sh'), 'utf8')).toMatch(/--array=4\n.*--mem=8G\n/s)
  fake.complete(shared(), 4, 101)
  const done = await fourth.ended
  expect(done.code, done.err).toBe(0)
  const table = JSON.parse(done.out)
  expect(table.rows).toHaveLength(4)
  expect(table.missing).toBeUndefined()
})

it('says where a run is, and ends jobs that nobody waits for', async () => {
  const first = start(...onSlurm)
  await first.seen('Slurm job 102: 4 waiting')
  first.child.kill('SIGTERM')
  expect((await first.ended).code).toBe(130)
  const listed = JSON.parse((await start('runs', '--project', project, '--json').ended).out)
  expect(listed.runs.map(({ name, status, device }: Record<string, string>) => [name, status, device])).toEqual([
    ['i-01', 'done', expect.stringContaining('CPU')],
    ['e-01', 'done', 'Slurm job 101'],
    ['e-02', 'interrupted', 'Slurm job 102'],
  ])
  const cancelled = await start('runs', '--project', project, '--cancel', 'e-02', '--json').ended
  expect(cancelled.code, cancelled.err).toBe(0)
  expect(JSON.parse(cancelled.out)).toMatchObject({ runs: [{ name: 'e-02', status: 'cancelled' }] })
  expect(Object.values(fake.cluster.jobs[102]!.tasks).map(({ state }) => state)).toEqual(Array(4).fill('CANCELLED'))
  expect((await start('runs', '--project', project, '--cancel', 'e-02', '--json').ended).code).toBe(3)
})

it('tells what Slurm refused', async () => {
  fake.change((cluster) => (cluster.refuse.sbatch = 'invalid partition specified: nope'))
  const refused = await start(...onSlurm, '--seeds', '1', '--partition', 'nope').ended
  fake.change((cluster) => (cluster.refuse = {}))
  expect(refused.code, refused.err).toBe(3)
  expect(JSON.parse(refused.out)).toMatchObject({
    problem: { code: 'BAD_PARAMETER', message: expect.stringContaining('nope') },
  })
})
