/**
 * Experiments on a real Slurm of one node, which the test starts for itself where munge and Slurm are installed: the table is that of
 * this computer, bit for bit; jobs that are ended from outside are named; what Slurm refuses is told in its words.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { main } from '../../src/cli/main.ts'
import { type Table, tableSchema } from '../../src/core/contract/result.ts'
import { problemSchema } from '../../src/core/problem.ts'
import { writeTinyStudy } from '../cli/support/tiny-study.ts'
import { missingSlurm, OneNodeSlurm } from '../support/one-node-slurm.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const missing = missingSlurm()
const note =
  missing.length > 0 ? ` (skipped: no Slurm on this machine, ${missing.length} of its programs are missing)` : ''

describe.skipIf(missing.length > 0)(`a real Slurm${note}`, () => {
  const base = mkdtempSync(join(tmpdir(), 'real slurm ü '))
  const project = join(base, 'project')
  const before = { ...process.env }
  /** Null where the programs are installed but may not be started here, such as in a container without rights. */
  let cluster: OneNodeSlurm | null = null
  let local: Table

  async function troi(...args: string[]): Promise<{ code: number; json: unknown; err: string }> {
    let [out, err] = ['', '']
    const streams = { out: (text: string) => (out += text), err: (text: string) => (err += text), columns: () => null }
    const code = await main([args[0]!, '--json', ...args.slice(1)], streams)
    return { code, json: JSON.parse(out), err }
  }
  const words = ['experiment', 'ablation', '--project', project, '--subject', 'ann', '--preset', 'instant']
  const onSlurm = [...words, '--on', 'slurm', '--poll', '0.5', '--time', '10', '--memory', '1G', '--cpus', '1']

  beforeAll(async () => {
    process.env.TROI_USER_DATA = join(base, 'data')
    writeTinyStudy(join(base, 'study'))
    const imported = await troi('import', join(base, 'study'), '--project', project, '--subject', 'ann')
    expect(imported.code, imported.err).toBe(0)
    local = tableSchema.parse((await troi(...words)).json)
    cluster = await OneNodeSlurm.start().catch((error: unknown) => {
      console.log(`skipped: Slurm is installed but does not start here: ${String(error)}`)
      return null
    })
    Object.assign(process.env, cluster?.environment)
  })
  afterAll(() => {
    cluster?.stop()
    for (const name of ['TROI_USER_DATA', 'SLURM_CONF', 'PATH'])
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    rmSync(base, { recursive: true, force: true })
  })

  it('gives the table of this computer', async (context) => {
    if (cluster === null) return context.skip()
    const { code, json, err } = await troi(...onSlurm)
    expect(code, err).toBe(0)
    const bits = ({ rows }: Table) => rows.map(({ seconds, ...row }) => row)
    expect(local.rows.length).toBeGreaterThanOrEqual(2)
    expect(bits(tableSchema.parse(json))).toEqual(bits(local))
    expect(err).toMatch(/Slurm job \d+: .*(running|waiting)/)
  })

  it('tells why jobs were not taken', async (context) => {
    if (cluster === null) return context.skip()
    const { code, json } = await troi(...onSlurm, '--partition', 'nowhere')
    expect(code).toBe(3)
    const { problem } = z.object({ problem: problemSchema }).parse(json)
    expect(problem).toMatchObject({ code: 'BAD_PARAMETER', message: expect.stringMatching(/invalid partition/i) })
  })

  it('names a job that was ended from outside, brings the others, and makes good for it with the same command', async (context) => {
    if (cluster === null) return context.skip()
    const { call } = cluster
    const held = [...onSlurm, '--sbatch=--hold']
    const running = troi(...held)
    const id = await vi.waitFor(
      () => {
        const found = call('squeue', '--noheader', '--format=%F %T')
          .split('\n')
          .find((line) => line.includes('PENDING'))
        expect(found).toBeDefined()
        return found!.split(' ')[0]!
      },
      { timeout: 120_000, interval: 200 },
    )
    call('scancel', `${id}_2`)
    call('scontrol', 'release', id)
    const { code, json, err } = await running
    expect(code, err).toBe(1)
    const table = tableSchema.extend({ problem: problemSchema }).parse(json)
    expect(table.rows.map(({ condition }) => condition)).toEqual(['instant'])
    expect(table.missing).toMatchObject([{ seed: 0, condition: 'without-filter', problem: { code: 'JOB_LOST' } }])
    // Of a task that never began, Slurm keeps nothing.
    expect(table.problem.message).toMatch(
      new RegExp(`Slurm job ${id}_2 .* is gone; (it was last seen as PENDING|Slurm does not know it)`),
    )
    expect(table.problem.where).toMatch(/slurm\/attempt-\d+\/task-2\.log$/)

    // Said without --hold, so the job of what is missing need not be released.
    const again = await troi(...onSlurm)
    expect(again.code, again.err).toBe(0)
    expect(tableSchema.parse(again.json).rows).toHaveLength(2)
    expect(readdirSync(join(project, 'runs'))).toHaveLength(4)
  })
})
