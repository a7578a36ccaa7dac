/**
 * A stand-in for the engine's router: the same contract, behaviour that a test can steer. Transports are tested against it, so
 * that a failure here is a failure of the transport.
 */
import { implement, ORPCError } from '@orpc/server'
import { contract } from '../../src/core/contract/contract.ts'
import type { Run, RunEvent } from '../../src/core/contract/run.ts'
import type { Problem } from '../../src/core/problem.ts'

export const projectId = '01960000-0000-7000-8000-000000000001'
export const runId = '01960000-0000-7000-8000-000000000002'
export const forbidden: Problem = {
  code: 'NOT_ALLOWED',
  message: 'This path is outside.',
  where: '/forbidden',
  fix: 'Choose another.',
}

export const run: Run = {
  id: runId,
  name: 'm-01',
  kind: 'simulate',
  request: { kind: 'simulate', size: 'tiny', seed: 0 },
  subject: null,
  parents: [],
  status: 'running',
  created: '2026-01-01T00:00:00.000Z',
  started: null,
  ended: null,
  phases: [],
  elapsed: 0,
  remaining: null,
  device: null,
  problem: null,
}

export class FakeEngine {
  /** Events a watcher gets, in order of seq from 1. */
  readonly events: RunEvent[] = []
  /** Calls now being served that wait for ever, and watches now open. */
  waiting = 0
  watching = 0
  /** How often each watch asked for everything after which seq. */
  readonly asked: number[] = []
  /** Events handed to a transport so far. */
  produced = 0
  /** A watch that yields as fast as it is read, each event with this many characters of ballast; 0 for the steered one. */
  flood = 0
  ended = false
  /** A watch fails with this after the events that there are. */
  failure: Problem | null = null
  #wake = new Set<() => void>()

  push(count: number, status: Run['status'] = 'running'): void {
    for (let n = 0; n < count; n++) {
      const seq = this.events.length + 1
      this.events.push({
        seq,
        run: { ...run, status },
        points: [{ part: '', step: seq, epoch: 0, values: { loss: 1 / seq } }],
        snapshotEpoch: null,
      })
    }
    for (const wake of this.#wake) wake()
  }

  end(): void {
    this.ended = true
    for (const wake of this.#wake) wake()
  }

  async *watch(since: number, signal: AbortSignal | undefined): AsyncGenerator<RunEvent> {
    this.asked.push(since)
    this.watching++
    try {
      for (let at = since; ; ) {
        if (this.flood > 0 && !signal?.aborted) {
          this.produced++
          yield { seq: ++at, run: { ...run, device: 'x'.repeat(this.flood) }, points: [], snapshotEpoch: null }
          continue
        }
        while (at < this.events.length && !signal?.aborted) {
          this.produced++
          yield this.events[at++]!
        }
        if (this.failure !== null) throw problem(this.failure)
        if (this.ended || signal?.aborted) return
        await this.#change(signal)
      }
    } finally {
      this.watching--
    }
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#wake.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      this.#wake.add(done)
      signal?.addEventListener('abort', done)
    })
  }

  /** Resolves only when the caller gives up. */
  async forever(signal: AbortSignal | undefined): Promise<never> {
    this.waiting++
    try {
      await new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
      throw new Error('unreachable')
    } finally {
      this.waiting--
    }
  }
}

const problem = (data: Problem) => new ORPCError('PROBLEM', { status: 422, defined: true, message: data.message, data })

export function createFakeRouter(fake: FakeEngine) {
  const os = implement(contract)
  const absent = (): never => {
    throw problem({ code: 'UNAVAILABLE', message: 'The stand-in does not do this.' })
  }
  return os.router({
    system: {
      doctor: os.system.doctor.handler(absent),
      roots: os.system.roots.handler(() => [{ name: 'lab', label: 'Lab', writable: true }]),
      list: os.system.list.handler(({ input }) => [{ name: input.path, kind: 'file', bytes: input.path.length }]),
      locate: os.system.locate.handler(({ input }) => {
        if (input.path === '/forbidden') throw problem(forbidden)
        if (input.path === '/bug') throw new Error('secret detail /home/someone/file.ts')
        return { root: 'lab', path: input.path }
      }),
      preferences: os.system.preferences.handler(() => ({})),
      savePreferences: os.system.savePreferences.handler(() => null),
      diagnostics: os.system.diagnostics.handler(absent),
    },
    projects: {
      recent: os.projects.recent.handler(() => []),
      create: os.projects.create.handler(absent),
      open: os.projects.open.handler(absent),
      close: os.projects.close.handler(absent),
      forget: os.projects.forget.handler(absent),
      demo: os.projects.demo.handler(absent),
      estimateDemo: os.projects.estimateDemo.handler(absent),
      example: os.projects.example.handler(absent),
    },
    data: {
      subjects: os.data.subjects.handler(() => []),
      preview: os.data.preview.handler(absent),
      import: os.data.import.handler(absent),
      inputs: os.data.inputs.handler(() => []),
      relink: os.data.relink.handler(absent),
      saveRecipe: os.data.saveRecipe.handler(absent),
      saveUnmatched: os.data.saveUnmatched.handler(absent),
      previewVolume: os.data.previewVolume.handler(absent),
    },
    packs: {
      list: os.packs.list.handler(() => []),
      install: os.packs.install.handler(absent),
      remove: os.packs.remove.handler(absent),
    },
    runs: {
      start: os.runs.start.handler(absent),
      estimate: os.runs.estimate.handler(() => null),
      testReport: os.runs.testReport.handler(() => null),
      list: os.runs.list.handler(() => [run]),
      get: os.runs.get.handler(({ signal }) => fake.forever(signal)),
      pause: os.runs.pause.handler(absent),
      resume: os.runs.resume.handler(absent),
      cancel: os.runs.cancel.handler(() => ({ ...run, status: 'cancelling' })),
      discard: os.runs.discard.handler(absent),
      watch: os.runs.watch.handler(async function* ({ input, signal }) {
        yield* fake.watch(input.since, signal)
      }),
      snapshot: os.runs.snapshot.handler(() => null),
      film: os.runs.film.handler(() => null),
      table: os.runs.table.handler(() => null),
      log: os.runs.log.handler(() => 'line\n'.repeat(1000)),
    },
    results: {
      backbones: os.results.backbones.handler(() => []),
      masks: os.results.masks.handler(() => []),
      volumes: os.results.volumes.handler(absent),
      maskStatistics: os.results.maskStatistics.handler(absent),
      regions: os.results.regions.handler(() => null),
      stability: os.results.stability.handler(() => null),
      decoders: os.results.decoders.handler(() => []),
      evaluation: os.results.evaluation.handler(() => null),
      gallery: os.results.gallery.handler(() => null),
      exportMask: os.results.exportMask.handler(absent),
      exportMasks: os.results.exportMasks.handler(absent),
      report: os.results.report.handler(absent),
      reportPage: os.results.reportPage.handler(absent),
    },
    reviews: { add: os.reviews.add.handler(absent), list: os.reviews.list.handler(() => []) },
    ratings: {
      add: os.ratings.add.handler(absent),
      list: os.ratings.list.handler(() => []),
    },
  })
}
export type FakeRouter = ReturnType<typeof createFakeRouter>
