/** Words in, exit code and two streams out. Runs in this process; what only a real process can show is in process.test.ts. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../src/cli/exit-codes.ts'
import { commands } from '../../src/cli/main.ts'
import { problemCodes } from '../../src/core/problem.ts'
import { writeNifti } from '../support/make-nifti.ts'
import { enterHome, troi } from './support/in-process.ts'

const home = enterHome('cli-')
const { base } = home
afterAll(home.leave)

/** The one document on standard output. */
function document(
  out: string,
): Record<string, unknown> & { problem?: { code: string; message: string; fix?: string } } {
  return JSON.parse(out)
}

const example = fileURLToPath(new URL('../../resources/examples/haxby2001', import.meta.url))

describe('help', () => {
  it('lists every command', async () => {
    const { code, out, err } = await troi('--help')
    expect([code, err]).toEqual([0, ''])
    for (const { name, summary } of commands) expect(out).toContain(`  ${name.padEnd(12)}${summary}`)
  })

  it('has exactly the commands of the interface', () => {
    expect(commands.map(({ name }) => name)).toEqual(
      'demo import onboard pretrain mask decode evaluate experiment runs statistics review export report packs relink serve doctor'.split(
        ' ',
      ),
    )
  })

  it.each(commands.map(({ name }) => name))('%s --help names every flag', async (name) => {
    const { code, out, err } = await troi(name, '--help')
    expect([code, err]).toEqual([0, ''])
    for (const flag of [...Object.keys(commands.find((one) => one.name === name)!.flags), 'json', 'help'])
      expect(out).toContain(`--${flag}`)
  })

  it('without any word shows how it is used and ends with 2', async () => {
    const { code, out, err } = await troi()
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('troi COMMAND')
  })

  it('says its version', async () => {
    expect((await troi('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(document((await troi('--version', '--json')).out)).toEqual({ version: expect.any(String) })
  })
})

describe('usage errors end with 2, say what is wrong, and leave nothing behind', () => {
  const cases: [string[], string][] = [
    [['nope'], 'There is no command "nope"'],
    [['__proto__'], 'There is no command'],
    [['demo', '--size', 'huge'], '--size huge is unknown'],
    [['demo', '--seeds', '0'], '--seeds 0 is not a whole number from 1 to 100'],
    [['demo', '--seeds', '1.5'], '--seeds 1.5'],
    [['demo', '--seeds', '-1'], '--seeds -1'],
    [['demo', '--seeds', '1e1'], '--seeds 1e1'],
    [['demo', '--seeds'], "--seeds <value>' argument missing"],
    [['demo', '--what'], "Unknown option '--what'"],
    [['demo', 'more'], '"more" is one word too many'],
    [['demo', '--json=yes'], "'--json' does not take an argument"],
    [['mask', '--project', 'P', '--subject', 'a'], '--budget is needed'],
    [['mask', '--project', 'P', '--subject', 'a', '--budget', '-5'], '--budget -5 is not a whole number from 1'],
    [['mask', '--project', 'P', '--subject', 'a', '--budget', '0'], '--budget 0'],
    [['mask', '--project', 'P', '--subject', 'a', '--budget', 'many'], '--budget many'],
    [['mask', '--project', 'P', '--subject', 'a', '--budget', '1e400'], '--budget 1e400'],
    [['mask', '--project', 'P', '--subject', 'a', '--budget', '5', '--preset', 'best'], '--preset best is unknown'],
    [['mask', '--project', 'P', '--subject', 'a', '--budget', '5', '--seed', '-1'], '--seed -1'],
    [['mask', '--project', '', '--subject', 'a', '--budget', '5'], '--project is needed'],
    [['import'], 'PATH is needed'],
    [['import', 'x'], '--project is needed'],
    [['import', 'x', '--project', 'P', '--subject', 'a_b'], '--subject a_b holds more than letters and digits'],
    [['pretrain', '--project', 'P', '--subjects', 'a,,b'], '--subjects holds an empty name'],
    [['decode', '--project', 'P', '--mask', 'm', '--restart', 'again'], '--restart again is unknown'],
    [['experiment', '--project', 'P', '--subject', 'a'], 'KIND is needed'],
    [['experiment', 'nothing', '--project', 'P', '--subject', 'a'], 'nothing is unknown'],
    [['experiment', 'budget', '--project', 'P', '--subject', 'a', '--on', 'moon'], '--on moon is unknown'],
    [['report', '--project', 'P', '--subject', 'a', '--out', 'report.pdf'], 'does not end with .html'],
    [['serve', '--port', '70000'], '--port 70000 is no port'],
    [['serve', '--port', 'x'], '--port x is no port'],
    [['serve', '--host', '0.0.0.0'], 'other computers'],
  ]
  it.each(cases)('%j', async (words, message) => {
    const args = words.map((word) => (word === 'P' ? join(base, 'never made') : word))
    const { code, out, err } = await troi(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
    expect(err).toContain('--help')
    expect(existsSync(join(base, 'never made'))).toBe(false)

    if (words.includes('--json=yes')) return
    const json = await troi(args[0]!, '--json', ...args.slice(1))
    expect(json.code).toBe(2)
    expect(document(json.out).problem).toMatchObject({ code: 'BAD_PARAMETER' })
    expect(document(json.out).problem!.message).toContain(message)
  })
})

describe('bad input ends with 3, as one problem', () => {
  async function problem(...args: string[]) {
    const plain = await troi(...args)
    expect(plain.out).toBe('')
    const { code, out, err } = await troi(...args, '--json')
    expect(code).toBe(plain.code)
    const found = document(out).problem
    expect(err).toContain(found?.message)
    return { code, found }
  }

  it('a project that is not there', async () => {
    const missing = join(base, 'missing')
    const each = [
      ['mask', '--subject', 'a', '--budget', '5'],
      ['pretrain', '--subjects', 'a'],
      ['decode', '--mask', 'm-01'],
      ['evaluate', '--decoder', 'd-01'],
      ['experiment', 'controls', '--subject', 'a'],
      ['export', '--mask', 'm-01', '--out', join(base, 'out')],
      ['report', '--subject', 'a', '--out', join(base, 'r.html')],
    ]
    for (const words of each) {
      const { code, found } = await problem(...words, '--project', missing)
      expect([words[0], code, found?.code]).toEqual([words[0], 3, 'NOT_FOUND'])
    }
    expect(existsSync(missing)).toBe(false)
  })

  it('a recipe that is not there, is no recipe, is broken', async () => {
    const project = join(base, 'from recipes')
    writeFileSync(join(base, 'broken.json'), '{"version": 1,')
    writeFileSync(join(base, 'other.json'), '{"version": 1}')
    writeFileSync(join(base, 'scan.nii'), '')
    for (const [path, code] of [
      ['nothing.json', 'NOT_FOUND'],
      ['broken.json', 'BAD_RECIPE'],
      ['other.json', 'BAD_RECIPE'],
      ['scan.nii', 'BAD_FILE'],
    ] as const) {
      const { code: exit, found } = await problem('import', join(base, path), '--project', project)
      expect([path, exit, found?.code]).toEqual([path, 3, code])
    }
    expect(existsSync(project)).toBe(false)
  })

  it('a folder that holds something else', async () => {
    const folder = join(base, 'holiday pictures')
    mkdirSync(folder)
    writeFileSync(join(folder, 'beach.jpg'), '')
    const { code, found } = await problem('import', example, '--project', folder)
    expect([code, found?.code]).toEqual([3, 'ALREADY_EXISTS'])
    expect((await problem('demo', '--size', 'tiny', '--out', folder)).found?.code).toBe('ALREADY_EXISTS')
    expect(readdirSync(folder)).toEqual(['beach.jpg'])
  })

  it('a computer without Slurm, and flags for Slurm without it', async () => {
    const words = ['experiment', 'controls', '--project', join(base, 'p'), '--subject', 'a']
    const path = process.env.PATH
    process.env.PATH = base
    try {
      const { code, found } = await problem(...words, '--on', 'slurm')
      expect([code, found?.code]).toEqual([1, 'UNAVAILABLE'])
      expect(found?.message).toContain('no Slurm: sbatch, squeue, scontrol, scancel')
      expect(found?.fix).toContain('login node')
    } finally {
      process.env.PATH = path
    }
    const usage = async (...more: string[]) => {
      const { code, found } = await problem(...words, ...more)
      expect(code).toBe(2)
      return found?.message
    }
    expect(await usage('--partition', 'gpu')).toBe('--partition needs --on slurm.')
    expect(await usage('--sbatch=--qos=x')).toBe('--sbatch needs --on slurm.')
    const slurm = ['--on', 'slurm']
    expect(await usage(...slurm, '--partition', 'a\n#SBATCH --wrap=id')).toContain('--partition "a\\n#SBATCH')
    expect(await usage(...slurm, '--sbatch=--wrap=id')).toContain('--sbatch "--wrap=id": is set by the program')
    expect(await usage(...slurm, '--time', '1h')).toContain('--time "1h"')
    expect(await usage(...slurm, '--test-run')).toContain('--test-run is not for Slurm')
    expect(await usage(...slurm, '--poll', 'soon')).toContain('--poll "soon"')
    expect(existsSync(join(base, 'p'))).toBe(false)
  })
})

describe('import --dry-run', () => {
  it('shows what would happen and makes nothing', async () => {
    const project = join(base, 'dry')
    const { code, out, err } = await troi(
      'import',
      example,
      '--project',
      project,
      '--subject',
      'dry',
      '--dry-run',
      '--json',
    )
    expect([code, err]).toEqual([0, ''])
    const found = document(out) as { recipe?: { subject: string }; preview?: { trials: number; subject: string } }
    expect(found.recipe?.subject).toBe('dry')
    expect(found.preview).toMatchObject({ subject: 'dry', trials: 96, volumes: 1452 })
    const plain = await troi('import', join(example, 'recipe.json'), '--project', project, '--dry-run')
    expect(plain.out).toContain('1452 volumes, 96 trials')
    expect(existsSync(project)).toBe(false)
  })

  it('says what stops the import, with exit code 3', async () => {
    const folder = join(base, 'short table')
    mkdirSync(folder)
    writeNifti(join(folder, 'bold.nii'), { shape: [2, 2, 2, 4], values: (at) => at })
    writeFileSync(join(folder, 'trials.tsv'), 'label\trun\na\t1\n')
    const recipe = {
      version: 1,
      subject: 'x',
      images: [{ path: 'bold.nii' }],
      table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'volumes' },
      trials: { from: 'volumes' },
      split: { rule: 'leave-one-run-out' },
    }
    writeFileSync(join(folder, 'recipe.json'), JSON.stringify(recipe))
    for (const dry of [['--dry-run'], []]) {
      const { code, out } = await troi('import', folder, '--project', join(base, 'never'), ...dry, '--json')
      expect(code).toBe(3)
      expect(document(out).problem).toMatchObject({ code: 'LENGTH_MISMATCH' })
    }
    expect(existsSync(join(base, 'never'))).toBe(false)
  })
})

describe('doctor', () => {
  it('says which engine is used and why every other is not', async () => {
    const { code, out, err } = await troi('doctor', '--json')
    expect([code, err]).toEqual([0, ''])
    const found = document(out) as unknown as {
      backends: { name: string; chosen: boolean; reason: string }[]
      selfTest: { passed: boolean }
    }
    expect(found.backends.filter(({ chosen }) => chosen)).toHaveLength(1)
    for (const { reason } of found.backends) expect(reason.length).toBeGreaterThan(10)
    expect(found.selfTest.passed).toBe(true)
    const plain = await troi('doctor')
    for (const { name } of found.backends) expect(plain.out).toContain(name)
  })

  it('says why an engine that is asked for cannot be used, and ends with 1', async () => {
    const { code, out } = await troi('doctor', '--backend', 'webgpu', '--json')
    const found = document(out) as unknown as { asked: string; device: null; backends: Record<string, unknown>[] }
    expect([code, found.asked, found.device]).toEqual([1, 'webgpu', null])
    expect(found.backends.filter(({ chosen }) => chosen)).toEqual([])
    expect(found.backends.find(({ name }) => name === 'webgpu')).toMatchObject({
      available: false,
      howToEnable: expect.stringContaining('npm run engine:webgpu'),
    })
    const plain = await troi('doctor', '--backend', 'wasm')
    expect([plain.code, plain.out]).toEqual([0, expect.stringContaining('→ wasm')])
  })

  it('refuses an engine that does not exist, in a flag and in TROI_BACKEND', async () => {
    expect((await troi('doctor', '--backend', 'cuda')).code).toBe(2)
    process.env.TROI_BACKEND = 'cuda'
    try {
      const { code, out } = await troi('doctor', '--json')
      expect(code).toBe(3)
      expect(document(out).problem).toMatchObject({ code: 'BAD_PARAMETER', where: 'TROI_BACKEND' })
    } finally {
      delete process.env.TROI_BACKEND
    }
  })
})

describe('exit codes', () => {
  it('has one of the documented codes for every kind of problem', () => {
    const codes = Object.fromEntries(problemCodes.map((code) => [code, exitCodeOf(code)]))
    expect(new Set(Object.values(codes))).toEqual(new Set([1, 3, 4, 130]))
    expect(codes).toMatchObject({ CANCELLED: 130, OUT_OF_MEMORY: 4, DISK_FULL: 4, BAD_TABLE: 3, INTERNAL: 1 })
  })
})
