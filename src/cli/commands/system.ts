/** The machine and the window: what is used and why, and the server for a browser. */
import type { Doctor } from '../../core/contract/contract.ts'
import { parseServerOptions } from '../../server/options.ts'
import { runServer } from '../../server/run-server.ts'
import { type Command, UsageError } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { Session } from '../session.ts'
import { backendFlag } from './shared.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Shows which engine trains on this machine and why, versions, memory and disk.',
  words: [],
  flags: { backend: backendFlag },
  async run(_given, terminal) {
    const session = new Session(terminal)
    try {
      const found = await session.client.system.doctor()
      // Who asks for an engine by name wants to know whether it can be used.
      return { json: found, text: doctorText(found), ...(found.device === null ? { exit: exitCodes.other } : {}) }
    } finally {
      await session.close()
    }
  },
}

function doctorText(found: Doctor): string {
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`
  const { passed, worstRelativeError } = found.selfTest
  return [
    `TROI Workstation ${found.version}, Node ${found.node}, ${found.platform}, ${found.cores} cores`,
    `Memory ${gigabytes(found.memoryBytes.free)} free of ${gigabytes(found.memoryBytes.total)}; disk ${gigabytes(found.diskBytes.free)} free`,
    '',
    ...found.backends.flatMap((backend) => [
      `${backend.chosen ? '→' : ' '} ${backend.name}: ${backend.available ? 'available' : 'not available'}. ${backend.reason}`,
      ...(backend.howToEnable === undefined ? [] : [`    To enable it: ${backend.howToEnable}`]),
    ]),
    found.device === null
      ? `No engine can be used: ${found.asked} was asked for and is not there.`
      : `Self-test ${passed ? 'passed' : 'FAILED'}, worst relative error ${worstRelativeError.toExponential(1)}${found.device === undefined ? '' : `, on ${found.device}`}`,
    '',
    ...Object.entries(found.libraries).map(([name, version]) => `${name} ${version}`),
    ...(found.packs ?? []).map(
      ({ name, title, version, origin, problem }) =>
        `Pack ${name}: ${title} ${version}, ${origin}${problem === null ? '' : `; cannot be used: ${problem}`}`,
    ),
  ].join('\n')
}

export const serve: Command = {
  name: 'serve',
  summary: 'Serves the window to a browser on this computer until it is stopped.',
  words: [],
  flags: {
    project: { value: 'DIR', help: 'a project to open' },
    port: { value: 'N', help: 'port; any free one without it' },
    workspace: { value: 'DIR', help: 'folder of projects; "TROI Workstation" in the home folder without it' },
    root: { value: 'DIR', help: 'one more folder that the window may use; can be given several times', multiple: true },
    host: { value: 'ADDRESS', help: '127.0.0.1; any other exposes the engine and needs the flag below' },
    'i-understand-the-exposure': { help: 'lets --host name an address that other computers reach' },
    backend: backendFlag,
    open: { help: 'opens the browser' },
    'idle-exit': { value: 'H', help: 'ends after H hours without a window and without a run' },
  },
  async run(given, terminal) {
    const words = ['project', 'port', 'workspace', 'host', 'idle-exit', 'backend'].flatMap((flag) => {
      const value = given.maybe(flag)
      return value === undefined ? [] : [`--${flag}=${value}`]
    })
    for (const flag of ['open', 'i-understand-the-exposure']) if (given.isOn(flag)) words.push(`--${flag}`)
    for (const folder of given.many('root')) words.push(`--root=${folder}`)
    const options = parseServerOptions(words)
    if (!options.ok) throw new UsageError([options.problem.message, options.problem.fix].filter(Boolean).join(' '))
    const { server, ended } = await runServer(options.value)
    const { address, port } = server
    terminal.answer(terminal.json ? JSON.stringify({ address, port }) : `Open ${address}`)
    await ended
    return { json: undefined, text: '' }
  },
}
