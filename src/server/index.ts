/** The server's process: arguments in, port and token out (to the parent's message channel, or as one line to the terminal). */
import { describeProblem, ProblemError } from '../core/problem.ts'
import { parseServerOptions } from './options.ts'
import { runServer } from './run-server.ts'

async function main(): Promise<number> {
  const options = parseServerOptions(process.argv.slice(2))
  if (!options.ok) {
    console.error(describeProblem(options.problem))
    return 2
  }
  try {
    const { server, ended } = await runServer(options.value)
    if (process.send !== undefined) process.send({ type: 'ready', port: server.port, token: server.token })
    else console.log(`TROI Workstation: ${server.address}`)
    await ended
    return 0
  } catch (error) {
    if (error instanceof ProblemError) {
      console.error(describeProblem(error.problem))
      return 3
    }
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      console.error(`The server cannot listen on this port (${code}). Choose another with --port.`)
      return 2
    }
    throw error
  }
}

process.exit(await main())
