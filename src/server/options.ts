/** What the server can be told when it is started. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { failure, type Result, success } from '../core/problem.ts'
import { type BackendChoice, backendChoices } from '../engine/tensor/backend-names.ts'

export interface ServeOptions {
  readonly port: number
  readonly host: string
  readonly workspace?: string
  /** Opened at start, so that it is the newest in the list. */
  readonly project?: string
  /** Further folders that the window may read and write. */
  readonly roots: readonly string[]
  readonly userData?: string
  /** The engine that trains; the user's preference without it. */
  readonly backend?: BackendChoice
  /** Opens the user's browser. */
  readonly open: boolean
  /** Hours without a window and without a run after which the server ends; 0 for never. */
  readonly idleHours: number
}

const flags = {
  port: { type: 'string' },
  host: { type: 'string' },
  workspace: { type: 'string' },
  project: { type: 'string' },
  root: { type: 'string', multiple: true },
  'user-data': { type: 'string' },
  backend: { type: 'string' },
  open: { type: 'boolean' },
  'idle-exit': { type: 'string' },
  'i-understand-the-exposure': { type: 'boolean' },
} as const

function usage(message: string, expected?: string): Result<never> {
  return failure({ code: 'BAD_PARAMETER', message, ...(expected === undefined ? {} : { expected }) })
}

/** Problems are BAD_PARAMETER: the command line ends with exit code 2. */
export function parseServerOptions(args: readonly string[]): Result<ServeOptions> {
  let values: ReturnType<typeof parse>
  try {
    values = parse(args)
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
  const port = Number(values.port ?? 0)
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port === '')
    return usage(`--port ${values.port} is no port.`, 'a whole number from 0 to 65535')
  const idleHours = Number(values['idle-exit'] ?? 0)
  if (!Number.isFinite(idleHours) || idleHours < 0 || values['idle-exit'] === '')
    return usage(`--idle-exit ${values['idle-exit']} is no number of hours.`, 'a number that is not negative')
  const host = values.host ?? '127.0.0.1'
  const isLoopback = ['127.0.0.1', 'localhost', '::1', '[::1]'].includes(host)
  if (!isLoopback && values['i-understand-the-exposure'] !== true) {
    return failure({
      code: 'NOT_ALLOWED',
      message: `--host ${host} would let other computers reach the engine, your home folder and all projects, without encryption.`,
      expected: '127.0.0.1',
      fix: 'Leave --host out and use an SSH tunnel, or add --i-understand-the-exposure.',
    })
  }
  const backend = backendChoices.find((name) => name === values.backend)
  if (values.backend !== undefined && backend === undefined)
    return usage(`--backend ${values.backend} is unknown.`, backendChoices.join(', '))
  return success({
    port,
    host: isLoopback ? '127.0.0.1' : host,
    roots: (values.root ?? []).map((folder) => resolve(folder)),
    open: values.open ?? false,
    idleHours,
    ...(values.workspace === undefined ? {} : { workspace: resolve(values.workspace) }),
    ...(values.project === undefined ? {} : { project: resolve(values.project) }),
    ...(backend === undefined ? {} : { backend }),
    ...(values['user-data'] === undefined ? {} : { userData: resolve(values['user-data']) }),
  })
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values
}
