/** The command line as a process: what reaches standard output, Ctrl-C, and the server that a browser talks to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, expect, it } from 'vitest'
import { connectTo } from '../contract/transports.ts'

const launcher = fileURLToPath(new URL('../../scripts/troi.mjs', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'process-'))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  out: string
  err: string
  /** Resolves when the text was seen on one of the streams. */
  seen(stream: 'out' | 'err', text: RegExp): Promise<RegExpExecArray>
}

function troi(...args: string[]): Started {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: base,
    env: { ...process.env, HOME: base, TROI_USER_DATA: join(base, 'data'), TROI_WORKSPACE: join(base, 'workspace') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let wake: () => void = () => {}
  const started: Started = {
    child,
    exit: new Promise((resolve) => child.on('close', resolve)),
    out: '',
    err: '',
    async seen(stream, text) {
      for (;;) {
        const found = text.exec(started[stream])
        if (found !== null) return found
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${started.err}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
  child.stdout!.on('data', (chunk) => {
    started.out += String(chunk)
    wake()
  })
  child.stderr!.on('data', (chunk) => {
    started.err += String(chunk)
    wake()
  })
  child.on('close', () => wake())
  return started
}

it('passes arguments, streams and exit codes through the launcher', async () => {
  const [version, usage, bad] = [
    troi('--version'),
    troi('mask'),
    troi('export', '--project', 'x', '--mask', 'm', '--out', 'y'),
  ]
  expect([await version.exit, await usage.exit, await bad.exit]).toEqual([0, 2, 3])
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(version.err + usage.out + bad.out).toBe('')
})

it('cancels cleanly on Ctrl-C with one document, and goes on with the same command', async () => {
  const words = ['demo', '--size', 'tiny', '--out', 'demo', '--json']
  const first = troi(...words)
  await first.seen('err', /Pretrain the backbone/)
  first.child.kill('SIGINT')
  expect(await first.exit).toBe(130)
  expect(JSON.parse(first.out)).toMatchObject({ problem: { code: 'CANCELLED' } })
  expect(first.err).toContain('Cancelling')

  const second = troi(...words)
  await second.seen('err', /demo-01 in .* goes on from where it was cancelled/)
  await second.seen('err', /Find voxels/)
  second.child.kill('SIGTERM')
  expect(await second.exit).toBe(130)
  expect(JSON.parse(second.out)).toMatchObject({ problem: { code: 'CANCELLED' } })
})

it('serves the real engine to a window: example, mask, volumes as data', async () => {
  const serving = troi('serve', '--json')
  const found = await serving.seen('out', /"address": ?"http:\/\/127\.0\.0\.1:(\d+)\/#t=([\w-]+)"/)
  const [port, token] = [Number(found[1]), found[2]!]
  const line = connectTo(port, token)
  try {
    const { client } = line
    const { project, run } = await client.projects.example({ name: 'haxby2001' })
    const follow = async (id: string) => {
      let status = ''
      let last = 0
      for await (const event of await client.runs.watch({ project: project.id, run: id })) {
        expect(event.seq).toBeGreaterThanOrEqual(last)
        last = event.seq
        status = event.run.status
      }
      return status
    }
    expect(await follow(run.id)).toBe('done')
    const [subject] = await client.data.subjects({ project: project.id })
    const { maskPresets } = await import('../../src/core/contract/settings.ts')
    const mask = await client.runs.start({
      project: project.id,
      request: {
        kind: 'mask',
        subject: subject!.id,
        backbone: null,
        settings: { ...maskPresets.instant, budget: 50 },
      },
    })
    expect(await follow(mask.id)).toBe('done')
    const [made] = await client.results.masks({ project: project.id })
    expect(made?.voxels).toBe(50)
    const volumes = await client.results.volumes({ project: project.id, mask: made!.id })
    for (const blob of [volumes.mask, volumes.weights, volumes.background.volume]) {
      const address = `http://127.0.0.1:${port}/data/${blob.id}`
      expect((await fetch(address)).status).toBe(401)
      const bytes = Buffer.from(
        await (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).arrayBuffer(),
      )
      expect(bytes.length).toBe(blob.bytes)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(blob.id)
    }
  } finally {
    line.close()
  }
  serving.child.kill('SIGTERM')
  expect(await serving.exit).toBe(0)
  expect(serving.out.trim().split('\n')).toHaveLength(1)
  expect(serving.err).not.toContain(token)
})
