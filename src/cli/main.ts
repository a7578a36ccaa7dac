/** The command line: finds the command, runs it, and turns whatever happens into an answer and an exit code. */
import { describeProblem, type Problem, ProblemError } from '../core/problem.ts'
import { problemOf } from '../core/transport/client.ts'
import { version } from '../engine/engine.ts'
import { type Command, helpOf, parseCommand, UsageError } from './command.ts'
import { demo } from './commands/demo.ts'
import { experiment } from './commands/experiment.ts'
import { importCommand } from './commands/import.ts'
import { onboard } from './commands/onboard.ts'
import { exportCommand, report } from './commands/output.ts'
import { packs } from './commands/packs.ts'
import { relink } from './commands/relink.ts'
import { review } from './commands/review.ts'
import { runs } from './commands/runs.ts'
import { backendOf } from './commands/shared.ts'
import { decode, evaluate, mask, pretrain } from './commands/stages.ts'
import { statistics } from './commands/statistics.ts'
import { doctor, serve } from './commands/system.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { type Streams, Terminal } from './terminal.ts'

export const commands: readonly Command[] = [
  demo,
  importCommand,
  onboard,
  pretrain,
  mask,
  decode,
  evaluate,
  experiment,
  runs,
  statistics,
  review,
  exportCommand,
  report,
  packs,
  relink,
  serve,
  doctor,
]

export function usage(): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2
  return [
    'troi COMMAND [flags]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    '',
    'troi COMMAND --help says more. Every command takes --json.',
    'Exit codes: 0 done, 2 usage, 3 bad input, 4 not enough memory or disk, 130 cancelled, 1 the rest.',
  ].join('\n')
}

/** Runs one command; never throws. Returns the exit code. */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  const json = args.includes('--json')
  const terminal = new Terminal(streams, json)
  const [name, ...rest] = args.filter((word, at) => !(at === 0 && word === '--json'))
  if (name === '--version' || name === '-v') {
    terminal.answer(json ? JSON.stringify({ version }) : version)
    return exitCodes.done
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    if (name === undefined) terminal.say(usage())
    else terminal.answer(usage())
    return name === undefined ? exitCodes.usage : exitCodes.done
  }
  const command = commands.find((one) => one.name === name)
  try {
    if (command === undefined)
      throw new UsageError(`There is no command "${name}"; there are ${commands.map((one) => one.name).join(', ')}.`)
    const given = parseCommand(command, rest)
    if (given.isOn('help')) {
      terminal.answer(helpOf(command))
      return exitCodes.done
    }
    terminal.backend = backendOf(given)
    const answer = await command.run(given, terminal)
    if (answer.json !== undefined) terminal.answer(json ? JSON.stringify(answer.json, null, 2) : answer.text)
    return answer.exit ?? exitCodes.done
  } catch (error) {
    return fail(error, command, terminal)
  }
}

function fail(error: unknown, command: Command | undefined, terminal: Terminal): number {
  if (error instanceof UsageError) {
    const problem: Problem = { code: 'BAD_PARAMETER', message: error.message }
    terminal.say(error.message)
    terminal.say(command === undefined ? 'troi --help lists the commands.' : `troi ${command.name} --help says more.`)
    if (terminal.json) terminal.answer(JSON.stringify({ problem }, null, 2))
    return exitCodes.usage
  }
  const problem = serverProblem(error) ?? problemOf(error)
  terminal.say(describeProblem(problem))
  // A mistake of ours is told in full: the one who sees it started it. The engine has told its own already.
  if (problem.code === 'INTERNAL' && error instanceof Error && !('data' in error) && !(error instanceof ProblemError))
    terminal.say(error.stack ?? error.message)
  if (terminal.json) terminal.answer(JSON.stringify({ problem }, null, 2))
  return exitCodeOf(problem.code)
}

function serverProblem(error: unknown): Problem | null {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code === 'EADDRINUSE' || code === 'EACCES'
    ? {
        code: 'UNAVAILABLE',
        message: `The server cannot listen on this port (${code}).`,
        fix: 'Choose another with --port.',
      }
    : null
}
