/**
 * A real Slurm of one node for a test: munged, slurmctld and slurmd on loopback with ports of their own, all files in one folder,
 * nothing outside it touched. Needs the three programs and their rights (root, or a user that may run them for itself).
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel', 'sinfo']

/** The programs of Slurm that are not here; empty where a cluster can be started. */
export function missingSlurm(): string[] {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin']
  return programs.filter((name) => !folders.some((folder) => folder !== '' && isProgram(join(folder, name))))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

export class OneNodeSlurm {
  /** What must be in the environment of everyone who talks to it. */
  readonly environment: Readonly<Record<string, string>>
  readonly #folder: string

  private constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.environment = environment
  }

  /** Resolves when the node is idle. */
  static async start(): Promise<OneNodeSlurm> {
    // Munge wants every folder above its socket to be safe from others; a short path keeps the socket's name within its limit.
    const folder = mkdtempSync(join(tmpdir(), 'slurm-'))
    execFileSync('chmod', ['755', folder])
    const file = (name: string) => join(folder, name)
    writeFileSync(file('munge.key'), randomBytes(128), { mode: 0o600 })
    for (const name of ['state', 'spool']) mkdirSync(file(name))
    const [controller, node] = [await freePort(), await freePort()]
    const [host, user] = [hostname(), userInfo().username]
    const settings: Record<string, string> = {
      ...{ ClusterName: 'test', SlurmctldHost: `${host}(127.0.0.1)`, SlurmUser: user, SlurmdUser: user },
      ...{ AuthType: 'auth/munge', AuthInfo: `socket=${file('munge.socket')}`, MpiDefault: 'none' },
      ...{ SlurmctldPort: `${controller}`, SlurmdPort: `${node}`, ReturnToService: '2', KillWait: '5' },
      ...{ StateSaveLocation: file('state'), SlurmdSpoolDir: file('spool') },
      ...{ SlurmctldPidFile: file('slurmctld.pid'), SlurmdPidFile: file('slurmd.pid') },
      ...{ SlurmctldLogFile: file('slurmctld.log'), SlurmdLogFile: file('slurmd.log') },
      ...{ ProctrackType: 'proctrack/linuxproc', TaskPlugin: 'task/none', SwitchType: 'switch/none' },
      ...{ SelectType: 'select/cons_tres', SelectTypeParameters: 'CR_Core' },
      ...{ AccountingStorageType: 'accounting_storage/none', JobAcctGatherType: 'jobacct_gather/none' },
      ...{ SchedulerParameters: 'sched_interval=1,batch_sched_delay=0' },
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    lines.push(`NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus().length} RealMemory=8000`)
    lines.push(`PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP`)
    writeFileSync(file('slurm.conf'), `${lines.join('\n')}\n`)
    const path = `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin`
    const cluster = new OneNodeSlurm(folder, { PATH: path, SLURM_CONF: file('slurm.conf') })
    try {
      const munge = [
        'key-file=munge.key',
        'socket=munge.socket',
        'pid-file=munged.pid',
        'log-file=munged.log',
        'seed-file=seed',
      ]
      cluster.#run('munged', ['--force', ...munge.map((word) => `--${word.replace('=', `=${folder}/`)}`)])
      cluster.#run('slurmctld', [])
      cluster.#run('slurmd', [])
      await cluster.#untilIdle()
      return cluster
    } catch (error) {
      const logs = ['munged.log', 'slurmctld.log', 'slurmd.log'].map((name) => cluster.#log(name)).join('\n')
      cluster.stop()
      throw new Error(`${String(error)}\n${logs}`)
    }
  }

  #log(name: string): string {
    const path = join(this.#folder, name)
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(-20).join('\n') : ''
  }

  /** Runs one of Slurm's programs and returns what it prints. Daemons put themselves into the background. */
  #run(program: string, args: readonly string[]): string {
    const done = spawnSync(program, args, {
      env: { ...process.env, ...this.environment },
      encoding: 'utf8',
      timeout: 30_000,
    })
    if (done.status !== 0) throw new Error(`${program}: ${done.stderr || done.error?.message}`)
    return done.stdout
  }

  call = (program: 'squeue' | 'scontrol' | 'scancel', ...args: string[]): string => this.#run(program, args)

  /** Asks until the node can take jobs; each question is a process that takes its time. */
  async #untilIdle(): Promise<void> {
    for (let asked = 0; asked < 200; asked++) {
      const state = await this.#ask('sinfo', ['--noheader', '--format=%T'])
      if (state.trim() === 'idle') return
    }
    throw new Error('the node did not become idle')
  }

  #ask(program: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve) => {
      const child = spawn(program, args, {
        env: { ...process.env, ...this.environment },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let out = ''
      child.stdout.on('data', (part: Buffer) => (out += part.toString()))
      child.on('error', () => resolve(''))
      child.on('close', () => resolve(out))
    })
  }

  /** Ends the jobs and the three daemons, and takes the folder away. */
  stop(): void {
    const quietly = (work: () => unknown) => {
      try {
        work()
      } catch {
        // What did not start need not be stopped.
      }
    }
    quietly(() => this.#run('scancel', ['--signal=KILL', '--full', `--user=${userInfo().username}`]))
    quietly(() => this.#run('scontrol', ['shutdown']))
    for (const name of ['slurmctld.pid', 'slurmd.pid', 'munged.pid'])
      quietly(() => process.kill(Number(readFileSync(join(this.#folder, name), 'utf8').trim()), 'SIGKILL'))
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
