/** What a command is: its words, its flags, and what it does with them. Help and checks are made from the same table. */
import { parseArgs } from 'node:util'
import type { ExitCode } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

export interface Flag {
  /** What stands for the value in help; a flag without it is a switch. */
  readonly value?: string
  readonly help: string
  readonly required?: boolean
  readonly multiple?: boolean
}

export interface Command {
  readonly name: string
  readonly summary: string
  /** Words that are no flags, as help shows them; those in brackets may be left out, the last may end with ... for several. */
  readonly words: readonly string[]
  readonly flags: Readonly<Record<string, Flag>>
  readonly run: (given: Given, terminal: Terminal) => Promise<Answer>
}

/** What a command found: the document for `--json`, and the same for people. */
export interface Answer {
  readonly json: unknown
  readonly text: string
  /** How the command ends; done without it. For commands that go on past a failure and list it. */
  readonly exit?: ExitCode
}

/** The command was not understood; ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

/** The words and flags of one call, with checks that name the flag. */
export class Given {
  readonly words: readonly string[]
  readonly #values: Values

  constructor(words: readonly string[], values: Values) {
    this.words = words
    this.#values = values
  }

  isOn(flag: string): boolean {
    return this.#values[flag] === true
  }

  maybe(flag: string): string | undefined {
    const value = this.#values[flag]
    return typeof value === 'string' ? value : undefined
  }

  text(flag: string): string {
    const value = this.maybe(flag)
    if (value === undefined || value === '') throw new UsageError(`--${flag} is needed.`)
    return value
  }

  list(flag: string): string[] {
    const items = this.text(flag)
      .split(',')
      .map((item) => item.trim())
    if (items.some((item) => item === '')) throw new UsageError(`--${flag} holds an empty name.`)
    return items
  }

  many(flag: string): readonly string[] {
    const value = this.#values[flag]
    return Array.isArray(value) ? (value as readonly string[]) : []
  }

  whole(flag: string, low: number, high: number, otherwise?: number): number {
    const text = this.maybe(flag)
    if (text === undefined) {
      if (otherwise === undefined) throw new UsageError(`--${flag} is needed.`)
      return otherwise
    }
    const value = Number(text)
    if (!/^-?\d+$/.test(text) || value < low || value > high)
      throw new UsageError(`--${flag} ${text} is not a whole number from ${low} to ${high}.`)
    return value
  }

  choice<T extends string>(flag: string, choices: readonly T[], otherwise: T): T {
    const text = this.maybe(flag)
    if (text === undefined) return otherwise
    return oneOf(`--${flag}`, text, choices)
  }
}

export function oneOf<T extends string>(what: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text)
  if (found === undefined) throw new UsageError(`${what} ${text} is unknown; there are ${choices.join(', ')}.`)
  return found
}

/** Flags of every command. */
const everywhere: Readonly<Record<string, Flag>> = {
  json: { help: 'one JSON document on standard output, everything else on standard error' },
  help: { help: 'this text' },
}

/** Throws UsageError for anything that the command does not know or lacks. */
export function parseCommand(command: Command, args: readonly string[]): Given {
  const flags = { ...command.flags, ...everywhere }
  const options: Record<string, { type: 'string' | 'boolean'; multiple?: boolean }> = {}
  for (const [name, flag] of Object.entries(flags))
    options[name] = { type: flag.value === undefined ? 'boolean' : 'string', multiple: flag.multiple ?? false }
  let parsed: { values: Values; positionals: string[] }
  try {
    parsed = parseArgs({ args: joinNegative(args, flags), options, strict: true, allowPositionals: true })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw new UsageError(text.split('. To specify')[0]!.replace(/\.?$/, '.'))
  }
  const given = new Given(parsed.positionals, parsed.values)
  if (given.isOn('help')) return given
  const needed = command.words.filter((word) => !word.startsWith('[')).length
  if (given.words.length < needed) throw new UsageError(`${command.words[given.words.length]} is needed.`)
  const endless = command.words.at(-1)?.endsWith('...') ?? false
  if (!endless && given.words.length > command.words.length)
    throw new UsageError(`"${given.words[command.words.length]}" is one word too many.`)
  for (const [name, flag] of Object.entries(flags)) if (flag.required) given.text(name)
  return given
}

/** `--budget -5` names a value, not a flag: it is told to the parser as `--budget=-5`, so that the check can name the number. */
function joinNegative(args: readonly string[], flags: Readonly<Record<string, Flag>>): string[] {
  const out: string[] = []
  for (const arg of args) {
    const last = out.at(-1)
    if (/^-\d/.test(arg) && last?.startsWith('--') && flags[last.slice(2)]?.value !== undefined)
      out[out.length - 1] = `${last}=${arg}`
    else out.push(arg)
  }
  return out
}

export function helpOf(command: Command): string {
  const flags = Object.entries({ ...command.flags, ...everywhere })
  const left = flags.map(([name, flag]) => `  --${name}${flag.value === undefined ? '' : ` ${flag.value}`}`)
  const width = Math.max(...left.map((text) => text.length)) + 2
  const required = flags.filter(([, flag]) => flag.required).map(([name, flag]) => ` --${name} ${flag.value}`)
  return [
    `troi ${[command.name, ...command.words].join(' ')}${required.join('')} [flags]`,
    '',
    `${command.summary}`,
    '',
    ...flags.map(([, flag], i) => `${left[i]!.padEnd(width)}${flag.help}${flag.required ? ' (needed)' : ''}`),
  ].join('\n')
}
