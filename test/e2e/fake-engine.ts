/**
 * A stand-in for the engine behind the same contract, for building and testing screens: generated data, and a run whose numbers
 * come when a test says so. It knows nothing about science; journeys that must mean something use the real server.
 */
import { implement, ORPCError } from '@orpc/server'
import { contract } from '../../src/core/contract/contract.ts'
import type { Rating } from '../../src/core/contract/rating.ts'
import type { Recipe } from '../../src/core/contract/recipe.ts'
import type { Review } from '../../src/core/contract/review.ts'
import { isTestRun, type Run, type RunEvent, type RunRequest } from '../../src/core/contract/run.ts'
import type { Problem } from '../../src/core/problem.ts'
import { maskStatistics } from '../../src/core/volume/mask-statistics.ts'
import { Blobs } from './support/blobs.ts'
import {
  answerPreview,
  doctor,
  doctorFor,
  entries,
  estimateOf,
  exportedFiles,
  installedPack,
  installing,
  movedInputs,
  previewVolume,
  relinkedIn,
  roots,
  shippedPack,
  testReport,
} from './support/fake-answers.ts'
import {
  backbone,
  decoder,
  demoRuns,
  demoSubjects,
  haxbyRuns,
  haxbySubjects,
  id,
  ids,
  makeRun,
  maskOf,
  project,
  volumesOf,
} from './support/fake-state.ts'
import { regionsOf } from './support/generated-regions.ts'
import {
  budgetRows,
  galleryItems,
  labelEvaluation,
  labels,
  pictureEvaluation,
  pictureSize,
  pictures,
  scatter,
  tableRows,
} from './support/generated-results.ts'
import * as head from './support/generated-volumes.ts'

const budget = 320

export class FakeEngine {
  /** Installing a pack stops half-way and waits until it is cancelled. */
  installHolds = false
  readonly blobs = new Blobs()
  readonly runs = new Map<string, Run[]>([
    [ids.demo, demoRuns()],
    [ids.haxby, haxbyRuns()],
    [ids.empty, []],
  ])
  recent = [
    project(ids.demo, 'Demo cohort, small', { next: 'm-07 is running' }),
    project(ids.haxby, 'Haxby 2001, one slice', { next: 'm-02 was interrupted and can be resumed' }),
    project(ids.pilot, 'Pilot 2026'),
    project(ids.gone, 'Faces contrast', { missing: true, folder: '/media/disk-7/faces-contrast' }),
  ]
  /** Requests that were started, in order, for tests. */
  readonly started: RunRequest[] = []
  readonly exported: unknown[] = []
  readonly savedRecipes: Recipe[] = []
  readonly reviews = new Map<string, Review[]>()
  preferences: Record<string, string> = {}
  packs = [shippedPack]
  inputs = [...movedInputs]
  /** The second mask of the demo; tests may put another there. */
  markerMask = head.markerMask
  readonly ratings: Rating[] = []
  /** Held-out pictures of every gallery. */
  readonly picturesShown: number
  #events: RunEvent[] = []
  #epoch = 0
  #wake = new Set<() => void>()
  #random = scatter(5)
  #next = 0x1000

  constructor(options: { pictures?: number } = {}) {
    this.picturesShown = options.pictures ?? 60
    this.advance(10)
  }

  close(): void {
    this.blobs.clear()
  }

  runOf(of: string, run: string): Run {
    const found = this.runs.get(of)?.find((one) => one.id === run)
    if (found === undefined)
      this.refuse({ code: 'NOT_FOUND', message: 'There is no such run in this project.', where: run })
    return found
  }

  change(of: string, run: string, own: Partial<Run>): Run {
    const list = this.runs.get(of)!
    const changed = { ...this.runOf(of, run), ...own }
    this.runs.set(
      of,
      list.map((one) => (one.id === run ? changed : one)),
    )
    if (run === ids.maskRun) this.#push([], null)
    return changed
  }

  refuse(problem: Problem): never {
    throw new ORPCError('PROBLEM', { status: 422, message: problem.message, data: problem, defined: true })
  }

  /** Lets the running mask run make this many epochs. */
  advance(epochs: number): void {
    for (let n = 0; n < epochs; n++) {
      this.#epoch++
      const epoch = this.#epoch
      const points: RunEvent['points'] = []
      for (let i = 0; i < 12; i++) {
        const step = (epoch - 1) * 12 + i
        const jump = epoch > 4 ? 0.5 : 0
        const contrastive = jump + 1.1 + 2.4 * Math.exp(-step / 45) + 0.35 * (this.#random() - 0.5)
        const prior = 0.4 + 0.7 * Math.exp(-step / 60) + 0.1 * (this.#random() - 0.5)
        points.push({ part: '', step, epoch: epoch - 1, values: { contrastive, prior, total: contrastive + prior } })
      }
      points.push({
        part: '',
        step: epoch * 12,
        epoch,
        values: { voxels: this.voxelsAt(epoch), psi: 0.02, rho: 0.5 },
      })
      this.#push(points, epoch)
    }
  }

  /** Numbers of the running mask run, as they are. */
  stream(points: RunEvent['points']): void {
    this.#push(points, null)
  }

  voxelsAt(epoch: number): number {
    return head.count(head.thinned(this.#share(epoch)))
  }

  #share(epoch: number): number {
    return epoch < 5 ? 0 : Math.min(1, 1 - Math.exp(-(epoch - 4) / 4))
  }

  #push(points: RunEvent['points'], snapshotEpoch: number | null): void {
    const run = this.runOf(ids.demo, ids.maskRun)
    this.#events.push({ seq: this.#events.length + 1, run, points, snapshotEpoch })
    for (const wake of this.#wake) wake()
  }

  async *#watch(of: string, run: string, since: number, signal: AbortSignal | undefined): AsyncGenerator<RunEvent> {
    if (run !== ids.maskRun) {
      yield { seq: 1, run: this.runOf(of, run), points: [], snapshotEpoch: null }
      return
    }
    for (let at = since; !signal?.aborted; ) {
      while (at < this.#events.length) yield { ...this.#events[at++]!, run: this.runOf(of, run) }
      if (!['queued', 'running', 'paused', 'cancelling'].includes(this.runOf(of, run).status)) return
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#wake.delete(wake)
          resolve()
        }
        this.#wake.add(wake)
        signal?.addEventListener('abort', wake, { once: true })
      })
    }
  }

  #start(of: string, request: RunRequest): Run {
    this.started.push(request)
    const run = makeRun({
      id: id(this.#next++),
      name: isTestRun(request) ? 't-01' : 'm-08',
      request,
      status: 'queued',
      started: null,
      ended: null,
      elapsed: 0,
    })
    this.runs.set(of, [...(this.runs.get(of) ?? []), run])
    return run
  }

  masks(of: string) {
    if (of === ids.demo)
      return [
        maskOf({ id: ids.markerMask, name: 'm-marker', preset: 'instant' }, this.markerMask, false),
        maskOf({ id: ids.mask, name: 'm-demo' }, head.mask, true),
      ]
    return of === ids.haxby
      ? [maskOf({ id: ids.haxbyMask, name: 'm-01', subject: ids.haxbySubject }, head.mask, false)]
      : []
  }

  router() {
    const os = implement(contract)
    const rows = tableRows([0, 1, 2])
    const shown = pictures(this.picturesShown)
    const inDemo = (of: string) => of === ids.demo
    return os.router({
      system: {
        doctor: os.system.doctor.handler(() => doctorFor(this.preferences.backend)),
        roots: os.system.roots.handler(() => roots),
        list: os.system.list.handler(({ input }) => (input.path === '' ? entries : [])),
        preferences: os.system.preferences.handler(() => this.preferences),
        savePreferences: os.system.savePreferences.handler(({ input }) => {
          this.preferences = { ...this.preferences, ...input }
          return null
        }),
        diagnostics: os.system.diagnostics.handler(() => ({
          name: 'troi-diagnostics-2026-03-02.json',
          text: JSON.stringify({ version: doctor.version }),
        })),
        locate: os.system.locate.handler(({ input }) => ({ root: 'home', path: input.path.replace(/^\/+/, '') })),
      },
      projects: {
        recent: os.projects.recent.handler(() => this.recent),
        create: os.projects.create.handler(({ input }) => project(ids.empty, input.name)),
        open: os.projects.open.handler(({ input }) => {
          const found = this.recent.find((one) => one.place.path === input.place.path)
          if (found === undefined || found.id === ids.pilot)
            this.refuse({
              code: 'PROJECT_IN_USE',
              message: 'This project is open in another window.',
              where: input.place.path,
              expected: 'a project that no other program has open',
              fix: 'Close it there, then open it here.',
            })
          return found
        }),
        close: os.projects.close.handler(() => null),
        forget: os.projects.forget.handler(({ input }) => {
          this.recent = this.recent.filter((one) => one.id !== input.project)
          return null
        }),
        demo: os.projects.demo.handler(({ input }) => ({
          project: this.recent[0]!,
          run: this.#start(ids.demo, { kind: 'demo', size: input.size, seeds: input.seeds }),
        })),
        estimateDemo: os.projects.estimateDemo.handler(({ input }) => estimateOf({ kind: 'demo', ...input })),
        example: os.projects.example.handler(() => ({
          project: this.recent[1]!,
          run: this.runOf(ids.haxby, ids.importRun),
        })),
      },
      data: {
        subjects: os.data.subjects.handler(({ input }) =>
          inDemo(input.project) ? [...demoSubjects] : input.project === ids.haxby ? haxbySubjects(labels) : [],
        ),
        preview: os.data.preview.handler(({ input }) => answerPreview(input)),
        import: os.data.import.handler(({ input }) =>
          this.#start(input.project, { kind: 'import', recipe: input.recipe, folder: '/incoming' }),
        ),
        inputs: os.data.inputs.handler(({ input }) => (inDemo(input.project) ? [] : this.inputs)),
        relink: os.data.relink.handler(({ input }) => {
          const answer = relinkedIn(this.inputs, input.folder.path)
          this.inputs = answer.inputs
          return answer
        }),
        saveRecipe: os.data.saveRecipe.handler(({ input }) => {
          this.savedRecipes.push(input.recipe)
          return { file: `/home/TROI Workstation/${input.file.path}` }
        }),
        saveUnmatched: os.data.saveUnmatched.handler(({ input }) => ({
          file: `/home/TROI Workstation/${input.file.path}`,
          rows: 412,
        })),
        previewVolume: os.data.previewVolume.handler(() => previewVolume(this.blobs)),
      },
      packs: {
        list: os.packs.list.handler(() => this.packs),
        install: os.packs.install.handler(({ input, signal }) => {
          if (input.place.path !== 'incoming')
            this.refuse({ code: 'BAD_FILE', message: 'This folder has no manifest.json.', where: input.place.path })
          const add = () => {
            this.packs = [...this.packs, installedPack]
          }
          return installing(installedPack, this.installHolds ? signal : undefined, add)
        }),
        remove: os.packs.remove.handler(({ input }) => {
          this.packs = this.packs.filter(({ name }) => name !== input.name)
          return null
        }),
      },
      runs: {
        start: os.runs.start.handler(({ input }) => this.#start(input.project, input.request)),
        estimate: os.runs.estimate.handler(({ input }) => estimateOf(input.request)),
        list: os.runs.list.handler(({ input }) => this.runs.get(input.project) ?? []),
        get: os.runs.get.handler(({ input }) => this.runOf(input.project, input.run)),
        pause: os.runs.pause.handler(({ input }) => this.change(input.project, input.run, { status: 'paused' })),
        resume: os.runs.resume.handler(({ input }) =>
          this.change(input.project, input.run, { status: 'running', problem: null }),
        ),
        cancel: os.runs.cancel.handler(({ input }) => this.change(input.project, input.run, { status: 'cancelled' })),
        discard: os.runs.discard.handler(({ input }) => {
          const left = this.runs.get(input.project)!.filter((one) => one.id !== input.run)
          this.runs.set(input.project, left)
          return null
        }),
        watch: os.runs.watch.handler(({ input, signal }) => this.#watch(input.project, input.run, input.since, signal)),
        snapshot: os.runs.snapshot.handler(({ input }) =>
          input.run === ids.maskRun
            ? {
                epoch: this.#epoch,
                grid: head.grid,
                mask: this.blobs.put(head.thinned(this.#share(this.#epoch)), head.shape),
                brain: this.blobs.put(head.brain, head.shape),
              }
            : null,
        ),
        film: os.runs.film.handler(({ input }) =>
          input.run === ids.maskRun
            ? {
                grid: head.grid,
                brain: this.blobs.put(head.brain, head.shape),
                pictures: Array.from({ length: this.#epoch }, (_, at) => {
                  const mask = head.thinned(this.#share(at + 1)).map((value) => (value > 0.5 ? 1 : 0))
                  return { part: '', epoch: at + 1, voxels: head.count(mask), mask: this.blobs.put(mask, head.shape) }
                }),
              }
            : null,
        ),
        testReport: os.runs.testReport.handler(({ input }) =>
          isTestRun(this.runOf(input.project, input.run).request) ? testReport : null,
        ),
        table: os.runs.table.handler(({ input }) => {
          if (input.run === ids.demoRun) return { experiment: 'demo', size: 'small', budget, seeds: [0, 1, 2], rows }
          const { request } = this.runOf(input.project, input.run)
          if (request.kind !== 'experiment') return null
          const { experiment, seeds } = request
          return { experiment, size: 'own data', budget, seeds, rows: budgetRows(seeds) }
        }),
        log: os.runs.log.handler(() => 'Started\n'),
      },
      results: {
        backbones: os.results.backbones.handler(({ input }) => (inDemo(input.project) ? [backbone] : [])),
        masks: os.results.masks.handler(({ input }) =>
          this.masks(input.project).map((mask) => ({
            ...mask,
            sha256: 'b'.repeat(64),
            backbone: null,
            verdict: this.reviews.get(input.project)?.find((review) => review.mask === mask.id)?.verdict ?? null,
          })),
        ),
        volumes: os.results.volumes.handler(({ input }) =>
          input.mask === ids.markerMask
            ? volumesOf(this.blobs, this.markerMask, head.markerWeights, true)
            : volumesOf(this.blobs, head.mask, head.weights, input.mask === ids.mask),
        ),
        maskStatistics: os.results.maskStatistics.handler(({ input }) => ({
          ...{ mask: input.mask, atlas: null },
          ...maskStatistics(
            input.mask === ids.markerMask ? this.markerMask : head.mask,
            { grid: head.grid, index: Int32Array.from(head.mask, (_, at) => at) },
            { annotated: head.annotated, truth: input.mask === ids.haxbyMask ? null : head.truth },
          ),
        })),
        regions: os.results.regions.handler(({ input }) =>
          input.atlas === undefined ? null : regionsOf(this.blobs, input.atlas.path),
        ),
        stability: os.results.stability.handler(({ input }) =>
          input.mask === ids.mask
            ? {
                run: ids.demoRun,
                name: 'e-01',
                repeats: ['seed 0', 'seed 1', 'seed 2', 'seed 3', 'seed 4'],
                pairwiseDice: { value: 0.81, direction: 'higher', chance: 0.02, n: 5, interval: [0.77, 0.86] },
                remarks: [],
                grid: head.grid,
                frequency: this.blobs.put(head.weights, head.shape),
                ofMask: {
                  ...{ mask: ids.mask, voxels: head.count(head.mask), often: 0.8 },
                  ...{ shareOften: 0.72, shareOftenByChance: 0, meanFrequency: 0.86 },
                },
              }
            : null,
        ),
        decoders: os.results.decoders.handler(({ input }) =>
          inDemo(input.project)
            ? [
                decoder(ids.otherDecoder, 'd-marker', ids.markerMask, ids.newSubject),
                decoder(ids.decoder, 'd-demo', ids.mask, ids.newSubject),
              ]
            : input.project === ids.haxby
              ? [decoder(ids.haxbyDecoder, 'd-01', ids.haxbyMask, ids.haxbySubject)]
              : [],
        ),
        evaluation: os.results.evaluation.handler(({ input }) =>
          input.decoder === ids.haxbyDecoder ? labelEvaluation() : pictureEvaluation(),
        ),
        gallery: os.results.gallery.handler(({ input }) => {
          if (input.decoder === ids.haxbyDecoder) return null
          const { picturesShown } = this
          const form = [picturesShown, pictureSize, pictureSize, 3]
          const other = input.decoder === ids.otherDecoder
          return {
            width: pictureSize,
            height: pictureSize,
            items: galleryItems(picturesShown, other),
            truth: this.blobs.put(shown.truth, form),
            reconstruction: this.blobs.put(other ? shown.blurred : shown.decoded, form),
          }
        }),
        exportMask: os.results.exportMask.handler(({ input }) => {
          this.exported.push(input)
          return { folder: `~/TROI Workstation/${input.folder.path}`, files: exportedFiles }
        }),
        exportMasks: os.results.exportMasks.handler(({ input }) => {
          this.exported.push(input)
          const masks = input.masks.map((mask) => ({ mask, name: 'm-01', files: exportedFiles, problem: null }))
          return { folder: `~/TROI Workstation/${input.folder.path}`, masks }
        }),
        report: os.results.report.handler(({ input }) => ({
          folder: `~/TROI Workstation/${input.file.path}`,
          files: [{ name: 'report.html', bytes: 412_000, sha256: 'a'.repeat(64) }],
        })),
        reportPage: os.results.reportPage.handler(() => {
          const page = new TextEncoder().encode('<!doctype html><title>Report</title><h1>Report of sub-00</h1>')
          return { name: 'sub-00 report', page: this.blobs.put(page, [page.length]) }
        }),
      },
      reviews: {
        add: os.reviews.add.handler(({ input: { project, ...review } }) => {
          this.#next++
          const added = { ...review, id: id(this.#next), created: '2026-01-01T09:30:00.000Z', holds: true }
          this.reviews.set(project, [added, ...(this.reviews.get(project) ?? [])])
          return added
        }),
        list: os.reviews.list.handler(({ input }) =>
          (this.reviews.get(input.project) ?? []).filter(({ mask }) => input.mask === undefined || mask === input.mask),
        ),
      },
      ratings: {
        add: os.ratings.add.handler(({ input: { project: _, ...input } }) => {
          const rating: Rating = { ...input, id: id(this.#next++), created: '2026-03-02T10:00:00.000Z' }
          this.ratings.push(rating)
          return rating
        }),
        list: os.ratings.list.handler(() => this.ratings),
      },
    })
  }
}
