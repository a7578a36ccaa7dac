/**
 * The script that sbatch reads, made to be read by a person too. It lies in a folder of its own and names no folder of the project:
 * submitted from there, it finds the run from where it lies. Values are checked by the schema of the settings; the two paths in
 * it are quoted for the shell.
 */
import type { SlurmSettings } from '../../core/contract/slurm.ts'

/** Settings with everything that a script needs. */
export type FullSettings = SlurmSettings & { readonly time: string; readonly memory: string; readonly cpus: number }

export interface ScriptParts {
  /** Name of the jobs: letters, digits and dashes. */
  readonly name: string
  /** For the reader: which run this is. */
  readonly run: string
  readonly tasks: readonly number[]
  readonly settings: FullSettings
  /** The runtime and the program of a task, absolute. */
  readonly node: string
  readonly program: string
}

/** One word for a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** 1,2,3,5 as "1-3,5". */
export function arrayText(tasks: readonly number[]): string {
  const sorted = [...tasks].sort((a, b) => a - b)
  const ranges: [number, number][] = []
  for (const task of sorted) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === task - 1) last[1] = task
    else ranges.push([task, task])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

export const scriptName = 'job.sh'
/** Output of a task, beside the script. */
export const logName = (task: number | '%a') => `task-${task}.log`

export function buildScript({ name, run, tasks, settings, node, program }: ScriptParts): string {
  const { partition, account, time, memory, cpus, extra = [] } = settings
  const options = [
    `--job-name=${name}`,
    `--array=${arrayText(tasks)}`,
    `--output=${logName('%a')}`,
    '--open-mode=append',
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    `--mem=${memory}`,
    `--time=${time}`,
    ...extra,
  ]
  return [
    '#!/bin/sh',
    `# TROI Workstation, cells of experiment ${run}. Which cells a task makes is in ../plan.json.`,
    `# To submit it again by hand: go into this folder, then "sbatch ${scriptName}".`,
    ...options.map((option) => `#SBATCH ${option}`),
    '',
    'set -eu',
    `node=${shellWord(node)}`,
    `program=${shellWord(program)}`,
    'if [ ! -x "$node" ] || [ ! -r "$program" ]; then',
    '  echo "TROI Workstation is not to be seen from $(hostname): $node, $program" >&2',
    '  exit 90',
    'fi',
    'exec "$node" "$program" "$SLURM_SUBMIT_DIR" "$SLURM_ARRAY_TASK_ID"',
    '',
  ].join('\n')
}
