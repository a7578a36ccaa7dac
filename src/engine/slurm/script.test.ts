/** The script of an array of jobs, and that nothing a person can say gets out of its line. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { slurmSettingsSchema } from '../../core/contract/slurm.ts'
import { arrayText, buildScript, type FullSettings, type ScriptParts, shellWord } from './script.ts'

const settings: FullSettings = { time: '2:00:00', memory: '4000M', cpus: 4 }
const parts: ScriptParts = {
  ...{ name: 'troi-e-01-abc-1', run: 'e-01', tasks: [1, 2, 3, 7], settings },
  ...{ node: '/opt/node', program: '/opt/task.mjs' },
}

describe('the script', () => {
  it('says what was asked for in lines that sbatch reads', () => {
    const asked = { ...settings, partition: 'gpu,long', account: 'lab', extra: ['--qos=normal', '--exclusive'] }
    const lines = buildScript({ ...parts, settings: asked }).split('\n')
    expect(lines[0]).toBe('#!/bin/sh')
    expect(lines.filter((line) => line.startsWith('#SBATCH ')).map((line) => line.slice(8))).toEqual([
      ...['--job-name=troi-e-01-abc-1', '--array=1-3,7', '--output=task-%a.log', '--open-mode=append'],
      ...['--partition=gpu,long', '--account=lab', '--nodes=1', '--ntasks=1', '--cpus-per-task=4'],
      ...['--mem=4000M', '--time=2:00:00', '--qos=normal', '--exclusive'],
    ])
  })

  it('names tasks in ranges', () => {
    expect([[3], [1, 2], [5, 1, 2, 3], [2, 4]].map(arrayText)).toEqual(['3', '1-2', '1-3,5', '2,4'])
  })

  it('starts the program whatever is in the two paths, and nothing else', () => {
    const hostile = `/tmp/a b'"; echo broken; $(echo broken) \`echo broken\` \\ \n#SBATCH --wrap=x`
    const script = buildScript({ ...parts, node: hostile, program: hostile })
    // The last line starts a program that is not there; before it, the check says so and ends.
    const run = () =>
      execFileSync('/bin/sh', ['-c', script], { env: { PATH: process.env.PATH }, encoding: 'utf8', stdio: 'pipe' })
    expect(run).toThrow(expect.objectContaining({ status: 90, stdout: '' }))
    const before = script.slice(0, script.indexOf('set -eu'))
    expect(before).not.toContain('--wrap')
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(hostile)}`], { encoding: 'utf8' })).toBe(hostile)
  })
})

describe('what may be said', () => {
  const takes = (value: unknown) => slurmSettingsSchema.safeParse(value).success

  it('takes what clusters want', () => {
    const times = ['30', '90:00', '12:00:00', '2-12', '2-12:30', '2-12:30:00']
    for (const time of times) expect([time, takes({ time })]).toEqual([time, true])
    for (const memory of ['4000', '4000M', '8G', '1T']) expect([memory, takes({ memory })]).toEqual([memory, true])
    const extras = [
      '--qos=long',
      '--gres=gpu:a100:1',
      '--constraint=a&b|[c*2]',
      '--exclude=n[1-3,7]',
      '--mail-user=a.b@c.org',
    ]
    for (const extra of extras) expect([extra, takes({ extra: [extra] })]).toEqual([extra, true])
  })

  const hostile = [
    ...['x y', 'x\ny', 'x\n#SBATCH --wrap=id', 'x#', "x'", 'x"', 'x`id`', 'x$(id)', 'x\\', '', ' x', 'x\0'],
    ...['--wrap=id', '-x', 'x;id', '../x', 'x\r', 'x\u2028y'],
  ]

  it('refuses whatever could end a line or a word', () => {
    for (const text of hostile)
      for (const name of ['partition', 'account', 'time', 'memory'])
        expect([name, text, takes({ [name]: text })]).toEqual([name, text, false])
    for (const text of ['x y', 'a\nb', 'a#b', "a'b", 'a"b', '$(id)', '`id`', 'a\\b', 'a\u00a0b'])
      expect([text, takes({ extra: [`--comment=${text}`] })]).toEqual([text, false])
    for (const time of ['-1', '1e3', '0x10', '1:2:3:4', '1-', 'UNLIMITED;']) expect(takes({ time })).toBe(false)
    for (const memory of ['0', '-1', '4GB', '4 G', '9999999999G']) expect(takes({ memory })).toBe(false)
    expect(takes({ cpus: 0 }) || takes({ cpus: 1.5 }) || takes({ pollSeconds: 0 })).toBe(false)
  })

  it('refuses options of its own, also where they are cut short', () => {
    const own = ['--wrap=id', '--wra=id', '--array=1', '--ar=1', '--output=/etc/x', '--out=x', '--chdir=/', '--exp=ALL']
    for (const extra of [...own, '--uid=0', '--mem=1', '--mem-per-cpu=1', '-p', '--', '--help', '--job-name=x'])
      expect([extra, takes({ extra: [extra] })]).toEqual([extra, false])
  })
})
