/**
 * The contract's implementation: each procedure a line that calls the engine. Problems become the typed error PROBLEM; anything
 * else is a mistake of ours, logged here and told to the client without details.
 */
import { join } from 'node:path'
import { implement, ORPCError } from '@orpc/server'
import type { z } from 'zod'
import { contract } from '../core/contract/contract.ts'
import type { MissingCell, tableSchema } from '../core/contract/result.ts'
import { isTestRun, type Run } from '../core/contract/run.ts'
import { type Problem, ProblemError, unwrap } from '../core/problem.ts'
import { diagnosticsText } from './diagnostics.ts'
import { diagnose } from './doctor.ts'
import { type Engine, shorten, version } from './engine.ts'
import { productRoot } from './entry-point.ts'
import { exportMasksTo, exportMaskTo } from './export-masks.ts'
import { findRecipe } from './import/preview.ts'
import { previewVolume } from './import/preview-volume.ts'
import { checkRecipePlaces, previewAt, recipeFolderAt } from './import/recipe-places.ts'
import { saveRecipe } from './import/save-recipe.ts'
import { saveUnmatched } from './import/save-unmatched.ts'
import { maskItem } from './mask-item.ts'
import { atlasAt, statisticsOf } from './mask-statistics.ts'
import { installStream } from './packs/install-stream.ts'
import { inputFiles, relinkInputs } from './project/input-files.ts'
import type { ProjectStore } from './project/project-store.ts'
import { regionsOf } from './regions.ts'
import { maskVolumes, runFilm, runSnapshot } from './results.ts'
import { rowsSoFar } from './runs/job.ts'
import { testReportOf } from './runs/test-report.ts'
import { missingCells } from './slurm/missing.ts'
import { stabilityOf } from './stability.ts'
import { freeFolder } from './workspace.ts'
import { reportPage, writeReport } from './write-report.ts'

export interface RouterOptions {
  /** Where mistakes of ours are told. */
  readonly log?: (text: string) => void
}

export function createRouter(engine: Engine, options: RouterOptions = {}) {
  const log = options.log ?? ((text: string) => console.error(text))
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw asTyped(error, log)
    }
  })
  const open = (input: { project: string }) => engine.project(input.project)
  const store = (input: { project: string }): ProjectStore => open(input).store

  return os.router({
    system: {
      doctor: os.system.doctor.handler(() => diagnose(engine)),
      roots: os.system.roots.handler(() => engine.places.roots()),
      list: os.system.list.handler(async ({ input }) => unwrap(await engine.places.list(input))),
      locate: os.system.locate.handler(({ input }) => unwrap(engine.places.locate(input.path))),
      preferences: os.system.preferences.handler(() => engine.preferences.read()),
      savePreferences: os.system.savePreferences.handler(({ input }) => {
        engine.preferences.save(input)
        return null
      }),
      diagnostics: os.system.diagnostics.handler(async () => {
        const made = new Date().toISOString()
        const runs = await Promise.all(engine.openProjects().map((project) => project.store.runs()))
        return {
          name: `troi-diagnostics-${made.slice(0, 10)}.json`,
          text: diagnosticsText(await diagnose(engine), runs, made),
        }
      }),
    },
    projects: {
      recent: os.projects.recent.handler(() => engine.recent()),
      create: os.projects.create.handler(async ({ input }) =>
        engine.describe(await engine.create(engine.resolve(input.place, true), input.name)),
      ),
      open: os.projects.open.handler(async ({ input }) =>
        engine.describe(await engine.open(engine.resolve(input.place, true))),
      ),
      close: os.projects.close.handler(async ({ input }) => {
        await engine.closeProject(input.project)
        return null
      }),
      forget: os.projects.forget.handler(({ input }) => {
        engine.forget(input.project)
        return null
      }),
      demo: os.projects.demo.handler(async ({ input }) => {
        const folder = freeFolder(engine, `Demo ${input.size}`)
        await engine.checkDemo(input.size, input.seeds, folder)
        const project = await engine.create(folder, `Demo cohort, ${input.size}`)
        const run = await engine.start(project, { kind: 'demo', size: input.size, seeds: input.seeds })
        return { project: await engine.describe(project), run }
      }),
      estimateDemo: os.projects.estimateDemo.handler(({ input }) => engine.estimateDemo(input.size, input.seeds)),
      example: os.projects.example.handler(async ({ input }) => {
        const found = unwrap(await findRecipe(join(productRoot(), 'resources', 'examples', input.name)))
        const project = await engine.create(freeFolder(engine, 'Haxby 2001'), 'Haxby 2001, one slice')
        const run = await engine.start(project, { kind: 'import', recipe: found.recipe, folder: found.folder })
        return { project: await engine.describe(project), run }
      }),
    },
    data: {
      subjects: os.data.subjects.handler(({ input }) => store(input).subjects()),
      preview: os.data.preview.handler(({ input }) => previewAt(input, engine.places)),
      import: os.data.import.handler(async ({ input }) => {
        const folder = unwrap(await recipeFolderAt(input.place, engine.places))
        unwrap(checkRecipePlaces(input.recipe, folder, engine.places))
        return engine.start(open(input), { kind: 'import', recipe: input.recipe, folder })
      }),
      inputs: os.data.inputs.handler(({ input }) => inputFiles(store(input), inputOptions(engine))),
      relink: os.data.relink.handler(({ input }) =>
        relinkInputs(store(input), engine.resolve(input.folder), inputOptions(engine)),
      ),
      saveRecipe: os.data.saveRecipe.handler(async ({ input }) => {
        const folder = unwrap(await recipeFolderAt(input.place, engine.places))
        return { file: await saveRecipe(input.recipe, folder, engine.resolve(input.file, true)) }
      }),
      saveUnmatched: os.data.saveUnmatched.handler(async ({ input }) => {
        const folder = unwrap(await recipeFolderAt(input.place, engine.places))
        unwrap(checkRecipePlaces(input.recipe, folder, engine.places))
        return saveUnmatched(input.recipe, folder, engine.resolve(input.file, true))
      }),
      previewVolume: os.data.previewVolume.handler(async ({ input }) => {
        const folder = unwrap(await recipeFolderAt(input.place, engine.places))
        unwrap(checkRecipePlaces(input.recipe, folder, engine.places))
        return previewVolume(input.recipe, folder, store(input).blobs)
      }),
    },
    packs: {
      list: os.packs.list.handler(() => engine.packs.list()),
      install: os.packs.install.handler(({ input, signal }) =>
        typedStream(installStream(engine.packs, engine.resolve(input.place), signal), log),
      ),
      remove: os.packs.remove.handler(({ input }) => {
        engine.packs.remove(input.name)
        return null
      }),
    },
    runs: {
      start: os.runs.start.handler(({ input }) => {
        // A folder may only come from a place that was resolved.
        if (input.request.kind === 'import')
          throw new ProblemError({
            code: 'NOT_ALLOWED',
            message: 'Imports are started with data.import.',
            fix: 'Choose the recipe’s place.',
          })
        return engine.start(open(input), input.request)
      }),
      estimate: os.runs.estimate.handler(({ input }) => engine.estimate(open(input), input.request)),
      list: os.runs.list.handler(({ input }) => store(input).runs()),
      get: os.runs.get.handler(({ input }) => open(input).queue.describe(input.run)),
      pause: os.runs.pause.handler(({ input }) => open(input).queue.pause(input.run)),
      resume: os.runs.resume.handler(({ input }) => open(input).queue.resume(input.run, input.slurm)),
      cancel: os.runs.cancel.handler(({ input }) => open(input).queue.cancel(input.run)),
      discard: os.runs.discard.handler(async ({ input }) => {
        await store(input).discardRun(input.run)
        return null
      }),
      watch: os.runs.watch.handler(async ({ input, signal }) => {
        const { queue, store } = open(input)
        await store.run(input.run)
        return typedStream(queue.watch(input.run, input.since, signal), log)
      }),
      snapshot: os.runs.snapshot.handler(({ input }) => runSnapshot(store(input), input.run)),
      film: os.runs.film.handler(async ({ input }) => runFilm(store(input), (await store(input).run(input.run)).id)),
      testReport: os.runs.testReport.handler(async ({ input }) =>
        testReportOf(store(input), await store(input).run(input.run)),
      ),
      table: os.runs.table.handler(async ({ input }) => tableOf(store(input), await store(input).run(input.run))),
      log: os.runs.log.handler(async ({ input }) =>
        store(input)
          .runFolder((await store(input).run(input.run)).id)
          .readLog(),
      ),
    },
    results: {
      backbones: os.results.backbones.handler(({ input }) => store(input).backbones()),
      masks: os.results.masks.handler(({ input }) => store(input).listMasks()),
      volumes: os.results.volumes.handler(({ input }) => maskVolumes(store(input), input.mask)),
      maskStatistics: os.results.maskStatistics.handler(async ({ input }) => {
        const item = await maskItem(store(input), input.mask)
        return statisticsOf(item, await atlasAt(input, item.loaded.data.space.grid, engine.places))
      }),
      regions: os.results.regions.handler(({ input }) => regionsOf(store(input), input, engine.places)),
      stability: os.results.stability.handler(({ input }) => stabilityOf(store(input), input)),
      decoders: os.results.decoders.handler(({ input }) => store(input).decoders()),
      evaluation: os.results.evaluation.handler(
        async ({ input }) => (await store(input).evaluation(input.decoder))?.content ?? null,
      ),
      gallery: os.results.gallery.handler(
        async ({ input }) => (await store(input).evaluation(input.decoder))?.gallery ?? null,
      ),
      exportMask: os.results.exportMask.handler(({ input }) =>
        exportMaskTo(store(input), input.mask, engine.resolve(input.folder, true), {
          version,
          ...{ evenIfRejected: input.evenIfRejected, cropGrid: input.cropGrid },
        }),
      ),
      exportMasks: os.results.exportMasks.handler(async ({ input: { masks, evenIfRejected, cropGrid, ...input } }) => {
        const folder = engine.resolve(input.folder, true)
        return {
          folder,
          masks: await exportMasksTo(store(input), masks, folder, { version, evenIfRejected, cropGrid }),
        }
      }),
      report: os.results.report.handler(({ input }) =>
        writeReport(store(input), input.subject, engine.resolve(input.file, true), {
          ...{ version, atlas: input, places: engine.places },
        }),
      ),
      reportPage: os.results.reportPage.handler(({ input }) =>
        reportPage(store(input), input.subject, { version, atlas: input, places: engine.places }),
      ),
    },
    reviews: {
      add: os.reviews.add.handler(({ input: { project, ...review } }) => store({ project }).reviews.add(review)),
      list: os.reviews.list.handler(({ input }) => store(input).reviews.list(input.mask)),
    },
    ratings: {
      add: os.ratings.add.handler(({ input: { project, ...rating } }) => store({ project }).addRating(rating)),
      list: os.ratings.list.handler(({ input }) => store(input).ratings()),
    },
  })
}

const inputOptions = (engine: Engine) => ({ mayRead: (path: string) => engine.places.mayRead(path), shorten })

/** A problem as the contract's typed error; anything else is told to the log and hidden behind INTERNAL. */
function asTyped(error: unknown, log: (text: string) => void): unknown {
  const typed = (problem: Problem) =>
    new ORPCError('PROBLEM', { status: 422, message: problem.message, data: problem, defined: true })
  if (error instanceof ProblemError) return typed(error.problem)
  if (error instanceof ORPCError || (error instanceof Error && error.name === 'AbortError')) return error
  log(`Internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return typed({
    code: 'INTERNAL',
    message: 'Something went wrong in the engine.',
    fix: 'Try again; if it happens again, report it with the engine’s log.',
  })
}

/** A stream fails later than the call that opened it, out of the reach of what watches over calls. */
async function* typedStream<T>(stream: AsyncGenerator<T>, log: (text: string) => void): AsyncGenerator<T> {
  try {
    yield* stream
  } catch (error) {
    throw asTyped(error, log)
  }
}

/** The table of an experiment or demo as far as it is, from the run's own folder. */
export async function tableOf(store: ProjectStore, run: Run): Promise<z.infer<typeof tableSchema> | null> {
  const { request } = run
  if ((request.kind !== 'experiment' && request.kind !== 'demo') || isTestRun(request)) return null
  const rows = rowsSoFar(store.runFolder(run.id))
  if (request.kind === 'experiment') {
    const about = {
      experiment: request.experiment,
      size: 'own data',
      budget: request.mask.budget,
      seeds: request.seeds,
    }
    const has = (cell: MissingCell) => rows.some((row) => row.seed === cell.seed && row.condition === cell.condition)
    const missing = missingCells(store.runFolder(run.id)).filter((cell) => !has(cell))
    return { ...about, rows, ...(missing.length > 0 ? { missing } : {}) }
  }
  const about = store.runFolder(run.id).readJson('results/table.json') as { budget?: number } | null
  return { experiment: 'demo', size: request.size, budget: about?.budget ?? 0, seeds: request.seeds, rows }
}

export type Router = ReturnType<typeof createRouter>
