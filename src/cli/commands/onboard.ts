/**
 * Many subjects in one go: import, mask, decoder and its evaluation for every recipe. A subject that cannot be done is listed at the
 * end and does not stop the others. The same command again goes on where it stopped: finished runs with equal requests are used.
 */
import { globSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Project } from '../../core/contract/contract.ts'
import type { Evaluation, Subject } from '../../core/contract/result.ts'
import type { Run, RunRequest } from '../../core/contract/run.ts'
import { defaultDecoderSettings, type MaskSettings, maskPresets, presetNames } from '../../core/contract/settings.ts'
import { describeProblem, type Problem, ProblemError } from '../../core/problem.ts'
import { problemOf } from '../../core/transport/client.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { NewProject } from '../new-project.ts'
import { Session } from '../session.ts'
import type { Terminal } from '../terminal.ts'
import { backboneFlag, backendFlag, budgetFlag, largestSeed, presetFlag, seedFlag } from './shared.ts'

interface Onboarded {
  readonly recipe: string
  /** Names, as far as it came. */
  subject: string | null
  mask: string | null
  decoder: string | null
  voxels: number | null
  metrics: Evaluation['metrics'] | null
  /** The step that failed and why; null where all went well. */
  failedAt: 'import' | 'mask' | 'decode' | null
  problem: Problem | null
}

interface Steps {
  /** Throws CANCELLED where no other step is to begin. */
  next(): void
  /** The project holds a subject now. */
  imported(): void
}

interface Plan {
  readonly settings: MaskSettings
  readonly backbone: string | undefined
  readonly seed: number
}

export const onboard: Command = {
  name: 'onboard',
  summary: 'Imports many subjects, finds a mask of each, trains its decoder and evaluates it.',
  words: ['RECIPES...'],
  flags: {
    project: { value: 'DIR', help: 'the project’s folder; made if it is missing', required: true },
    budget: { ...budgetFlag, required: true },
    preset: presetFlag,
    backend: backendFlag,
    backbone: backboneFlag,
    seed: seedFlag,
  },
  async run(given, terminal) {
    const budget = given.whole('budget', 1, 10_000_000)
    const seed = given.whole('seed', 0, largestSeed, 0)
    const preset = given.choice('preset', presetNames, 'troi')
    const plan: Plan = { settings: { ...maskPresets[preset], budget, seed }, backbone: given.maybe('backbone'), seed }
    const recipes = given.words.flatMap(expand)
    const folder = given.text('project')
    const session = new Session(terminal, [folder, ...recipes])
    const made = new NewProject(folder)
    // A project that this command would have made stays as soon as it holds a subject, or the log of a mistake of ours.
    let comesToNothing = made.isNew
    if (made.isNew) session.onForcedEnd(() => comesToNothing && made.remove())
    try {
      const subjects = await session.steps(async (next) => {
        const project = await session.openOrCreate(folder)
        const all: Onboarded[] = []
        for (const [at, recipe] of recipes.entries()) {
          terminal.say(`${at + 1} of ${recipes.length}: ${recipe}`)
          const steps = { next, imported: () => (comesToNothing = false) }
          all.push(await onboardOne(session, terminal, project, recipe, plan, steps))
        }
        return all
      })
      const failed = subjects.filter(({ problem }) => problem !== null).length
      return {
        json: { subjects, failed },
        text: textOf(subjects, failed),
        ...(failed > 0 ? { exit: exitCodes.badInput } : {}),
      }
    } catch (error) {
      if (problemOf(error).code === 'INTERNAL') comesToNothing = false
      throw error
    } finally {
      if (comesToNothing) await session.forgetProjects()
      await session.close()
      if (comesToNothing) made.remove()
    }
  },
}

/** A word with * or ? as the recipes it fits, by name; for shells that leave that to the program. */
function expand(word: string): string[] {
  if (!/[*?]/.test(word)) return [word]
  const found = globSync(word).sort()
  // A word that fits nothing is a recipe that is not there, and is listed as one.
  return found.length > 0 ? found : [word]
}

/** Every step of one subject. A cancel ends the whole command; anything else expected is noted. */
async function onboardOne(
  session: Session,
  terminal: Terminal,
  project: Project,
  recipe: string,
  { settings, backbone: named, seed }: Plan,
  { next, imported }: Steps,
): Promise<Onboarded> {
  const out: Onboarded = {
    ...{ recipe, subject: null, mask: null, decoder: null, voxels: null, metrics: null, failedAt: null, problem: null },
  }
  const ids = { project: project.id }
  let step: Onboarded['failedAt'] = 'import'
  try {
    next()
    const subject = await bringIn(session, project, recipe, next)
    imported()
    out.subject = subject.name
    step = 'mask'
    next()
    const backbone = await session.backbone(project, subject, named)
    const maskRun = await doneOrStarted(session, project, {
      ...{ kind: 'mask', subject: subject.id, backbone: backbone?.id ?? null, settings },
    })
    const mask = (await session.client.results.masks(ids)).find((one) => one.run === maskRun.id)
    if (mask === undefined) throw new Error('a mask run that is done leaves a mask')
    out.mask = mask.name
    out.voxels = mask.voxels
    step = 'decode'
    next()
    const decodeRun = await doneOrStarted(session, project, {
      ...{ kind: 'decode', mask: mask.id, settings: { ...defaultDecoderSettings, seed } },
    })
    const decoder = (await session.client.results.decoders(ids)).find((one) => one.run === decodeRun.id)
    if (decoder === undefined) throw new Error('a decoder run that is done leaves a decoder')
    out.decoder = decoder.name
    out.metrics = (await session.client.results.evaluation({ ...ids, decoder: decoder.id }))?.metrics ?? null
  } catch (error) {
    const problem = problemOf(error)
    if (problem.code === 'CANCELLED' || problem.code === 'INTERNAL') throw error
    terminal.say(`${recipe}: ${describeProblem(problem)}`)
    out.failedAt = step
    out.problem = problem
  }
  return out
}

/** The subject of a recipe: as imported before from the same recipe, or imported now. */
async function bringIn(session: Session, project: Project, path: string, next: () => void): Promise<Subject> {
  const ids = { project: project.id }
  const place = session.place(path)
  const { recipe, preview } = await session.client.data.preview({ place })
  const name = `sub-${recipe.subject}`
  const own = async () => (await session.client.data.subjects(ids)).filter((subject) => subject.name === name).at(-1)
  const before = await own()
  const isSame = (request: RunRequest) =>
    request.kind === 'import' && request.folder === folderOf(path) && isDeepStrictEqual(request.recipe, recipe)
  if (before !== undefined) {
    const runs = await session.client.runs.list(ids)
    if (runs.some(({ request, status }) => status === 'done' && isSame(request))) return before
    throw new ProblemError({
      code: 'ALREADY_EXISTS',
      message: `This project has a subject ${name} from another recipe already.`,
      where: path,
      fix: 'Give the subject another name in its recipe, or use another project.',
    })
  }
  const stop = preview.problems.find(({ level }) => level !== 'note')
  if (stop !== undefined) throw new ProblemError(stop.problem)
  next()
  if ((await session.again(project, isSame)) === null)
    await session.follow(project, await session.client.data.import({ ...ids, place, recipe }))
  const imported = await own()
  if (imported === undefined) throw new Error('an import that is done leaves a subject')
  return imported
}

/** The folder that an import keeps for a recipe given by its file or its folder. */
function folderOf(path: string): string {
  const real = realpathSync(resolve(path))
  return statSync(real).isDirectory() ? real : dirname(real)
}

/** A finished run with the same request, or one brought to its end: one that was begun before, or a new one. */
async function doneOrStarted(session: Session, project: Project, request: RunRequest): Promise<Run> {
  const again = await session.again(project, (other) => isDeepStrictEqual(other, request))
  return again ?? session.start(project, request)
}

function textOf(subjects: readonly Onboarded[], failed: number): string {
  const shown = ['accuracy', 'brainToImage', 'imageToBrain']
  const lines = subjects.map(({ recipe, subject, mask, decoder, voxels, metrics, failedAt, problem }) => {
    if (problem !== null) return `${subject ?? recipe}  failed at ${failedAt}: ${describeProblem(problem)}`
    const numbers = shown.flatMap((name) => {
      const metric = metrics?.[name]
      if (metric === undefined) return []
      const [low, high] = metric.interval
      return [`${name} ${metric.value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`]
    })
    return `${subject}  ${mask}, ${voxels} voxels  ${decoder}  ${numbers.join('  ')}`
  })
  return [...lines, `${subjects.length - failed} of ${subjects.length} subjects done.`].join('\n')
}
