/**
 * The packs there are: those shipped with the program, and those installed into the workspace. Looking at them reads manifests
 * only; sums are checked when a pack is installed and again whenever one of its graphs is loaded.
 */
import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type PackManifest, type PackSummary, packNameSchema } from '../../core/contract/pack.ts'
import { ProblemError } from '../../core/problem.ts'
import { fileProblem } from '../project/file-problem.ts'
import { type InstallHooks, type InstallWatch, installPack, sweepUnfinished } from './install-pack.ts'
import { type PackFolder, readPackFolder } from './pack-folder.ts'
import { tryGraphs } from './try-graphs.ts'

export interface PacksOptions {
  /** Folder of the packs that come with the program. */
  readonly shipped: string
  /** Folder of the installed ones; null where there is no workspace. Made only for installing. */
  readonly installed: (forWriting: boolean) => string | null
  readonly hooks?: InstallHooks
}

interface Found {
  readonly name: string
  readonly origin: PackSummary['origin']
  readonly folder: string
}

export class Packs {
  readonly #options: PacksOptions
  readonly #closing = new AbortController()
  readonly #installing = new Set<Promise<unknown>>()

  constructor(options: PacksOptions) {
    this.#options = options
  }

  #found(): Found[] {
    const { shipped, installed } = this.#options
    const below = (folder: string | null, origin: Found['origin']): Found[] =>
      folder === null || !existsSync(folder)
        ? []
        : readdirSync(folder)
            .filter((name) => packNameSchema.safeParse(name).success)
            .map((name) => ({ name, origin, folder: join(folder, name) }))
            .filter(({ folder: path }) => lstatSync(path).isDirectory() && existsSync(join(path, 'manifest.json')))
    const own = below(shipped, 'shipped')
    const others = below(installed(false), 'installed').filter(({ name }) => !own.some((one) => one.name === name))
    return [...own, ...others].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** All of them by name; one that cannot be used says why. */
  async list(): Promise<PackSummary[]> {
    return Promise.all(this.#found().map(summarise))
  }

  /** Those that can be used, for jobs. */
  async usable(): Promise<PackFolder[]> {
    const packs: PackFolder[] = []
    for (const found of this.#found()) {
      const pack = await readPackFolder(found.folder)
      if (pack.ok && pack.value.manifest.name === found.name && missingFile(pack.value) === null) packs.push(pack.value)
    }
    return packs
  }

  /** Copies and checks the pack in an absolute folder. Throws ProblemError; a refused or cancelled pack leaves nothing. */
  async install(source: string, watch: InstallWatch = {}): Promise<PackSummary> {
    const { shipped, installed, hooks = { tryGraphs } } = this.#options
    const pack = await readPackFolder(source)
    if (pack.ok && existsSync(join(shipped, pack.value.manifest.name)))
      throw new ProblemError({
        code: 'ALREADY_EXISTS',
        message: `A pack called ${pack.value.manifest.name} comes with the program.`,
        where: pack.value.manifest.name,
        fix: 'Give your pack another name.',
      })
    const to = installed(true)
    if (to === null)
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: 'There is no workspace to install packs into.',
        fix: 'Start the workstation with a workspace.',
      })
    const { signal } = watch
    const both = signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal])
    const work = installPack(source, to, hooks, { ...watch, signal: both })
    this.#installing.add(work)
    try {
      const { folder, manifest } = await work
      return await summarise({ name: manifest.name, origin: 'installed', folder })
    } finally {
      this.#installing.delete(work)
    }
  }

  /** Cancels what is being installed; resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#installing)
  }

  /** NOT_FOUND, or READ_ONLY for one that comes with the program. Renamed first, so that no half a pack is ever seen. */
  remove(name: string): void {
    const found = this.#found().find((one) => one.name === name)
    if (found === undefined)
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: `There is no pack called "${name}".`,
        expected:
          this.#found()
            .map((one) => one.name)
            .join(', ') || 'an installed pack; there is none',
      })
    if (found.origin === 'shipped')
      throw new ProblemError({
        code: 'READ_ONLY',
        message: `${name} comes with the program and cannot be removed.`,
        where: name,
      })
    try {
      // The mark of an unfinished installation by process 0, which never lives: swept away next time if this is cut off.
      const aside = join(found.folder, '..', `.troi-installing-0-${name}`)
      rmSync(aside, { recursive: true, force: true })
      renameSync(found.folder, aside)
      rmSync(aside, { recursive: true, force: true })
      sweepUnfinished(join(found.folder, '..'))
    } catch (error) {
      throw fileProblem(error, found.folder)
    }
  }
}

function missingFile({ folder, manifest }: PackFolder): string | null {
  for (const { path, bytes } of manifest.files) {
    const kind = lstatSync(join(folder, path), { throwIfNoEntry: false })
    if (kind === undefined || !kind.isFile() || kind.size !== bytes) return path
  }
  return null
}

async function summarise({ name, origin, folder }: Found): Promise<PackSummary> {
  const pack = await readPackFolder(folder)
  const unusable = (problem: string): PackSummary => ({
    ...{ name, origin, problem, title: name, version: '', kinds: [], bytes: 0, manifest: '' },
    ...{ licence: '', source: '', trainingData: '', outputs: [], draws: [] },
  })
  if (!pack.ok) return unusable(pack.problem.message)
  const { manifest, manifestSha256 } = pack.value
  if (manifest.name !== name) return unusable(`Its folder is called ${name} and its manifest ${manifest.name}.`)
  const missing = missingFile(pack.value)
  return {
    name,
    origin,
    title: manifest.title,
    version: manifest.version,
    kinds: [...manifest.kinds],
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    manifest: manifestSha256,
    licence: manifest.licence.name,
    source: manifest.provenance.source,
    trainingData: manifest.provenance.trainingData,
    outputs: outputsOf(manifest),
    draws: manifest.decoders.map(({ draws }) => `${draws.pack}/${draws.output}`),
    problem: missing === null ? null : `${missing} is missing or has another size than the manifest says.`,
  }
}

function outputsOf(manifest: PackManifest): PackSummary['outputs'] {
  return manifest.networks.flatMap((network) =>
    network.outputs.map(({ name, shape, standsFor, embedding, metric }) => ({
      name,
      shape: [...shape],
      standsFor,
      standIn: network.standIn,
      embedding: embedding !== null,
      metric:
        metric === null
          ? null
          : `${metric.measure === 'twoWay' ? 'two-way identification' : 'correlation distance'}${metric.publishedAs !== null ? `, published as ${metric.publishedAs}` : metric.standsInFor !== null ? `, stands in for ${metric.standsInFor}` : ''}`,
    })),
  )
}
