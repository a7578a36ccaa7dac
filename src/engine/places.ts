/**
 * Where a client may read and write. A client never names a path of the computer: it names a place, a root that the engine
 * offers and a path below it with forward slashes. `Places.resolve` is the one door from places to paths; it answers only
 * with a path whose real location (symbolic links followed) lies inside the root. `locate` is the way back, for paths that the
 * user chose in a native dialog or dropped on the window.
 *
 * A name is refused on every system if it means something else on one of them (backslash, drive letter, trailing dot or
 * space), because projects are moved between systems.
 */
import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Place } from '../core/contract/common.ts'
import { failure, type Problem, type Result, success } from '../core/problem.ts'
import { productRoot } from './entry-point.ts'

export interface Root {
  /** What places call it: letters, digits and dashes. */
  readonly name: string
  /** What people read. */
  readonly label: string
  /** Absolute folder. */
  readonly folder: string
  readonly writable: boolean
  /**
   * Whether every name may be used below it: also those that begin with a dot, where settings and keys live, and those that
   * end with a dot or space. For folders that the user named, not for those that everybody has.
   */
  readonly everyName: boolean
}

export interface Entry {
  readonly name: string
  readonly kind: 'folder' | 'file'
  readonly bytes: number
}

const mostEntries = 10_000

/** The user's own folder for projects: TROI_WORKSPACE, or "TROI Workstation" in the home folder. */
export function defaultWorkspace(): string {
  return resolve(process.env.TROI_WORKSPACE || join(homedir(), 'TROI Workstation'))
}

/** What the window's server offers: the workspace, the shipped examples, the home folder, and what the user adds. */
export function standardPlaces(options: { workspace?: string | undefined; roots?: readonly string[] } = {}): Places {
  const workspace = resolve(options.workspace ?? defaultWorkspace())
  const places = new Places([
    { name: 'workspace', label: 'Workspace', folder: workspace, writable: true, everyName: false },
    {
      name: 'examples',
      label: 'Examples',
      folder: join(productRoot(), 'resources', 'examples'),
      writable: false,
      everyName: false,
    },
    { name: 'home', label: 'Home', folder: homedir(), writable: true, everyName: false },
  ])
  for (const folder of options.roots ?? []) places.add(folder)
  return places
}

/** What the command line offers to its own engine: the whole file system, since the user's own words name the paths. */
export function everywhere(paths: readonly string[] = []): Places {
  const tops = new Set([process.cwd(), homedir(), ...paths].map((path) => resolve(path)).map(topOf))
  return new Places([
    {
      name: 'examples',
      label: 'Examples',
      folder: join(productRoot(), 'resources', 'examples'),
      writable: false,
      everyName: false,
    },
    { name: 'workspace', label: 'Workspace', folder: defaultWorkspace(), writable: true, everyName: true },
    ...[...tops].map((folder, i) => ({
      name: `disk-${i + 1}`,
      label: folder,
      folder,
      writable: true,
      everyName: true,
    })),
  ])
}

function topOf(path: string): string {
  const up = dirname(path)
  return up === path ? path : topOf(up)
}

export class Places {
  readonly #roots: Root[]

  constructor(roots: readonly Root[]) {
    this.#roots = [...roots]
  }

  roots(): { name: string; label: string; writable: boolean }[] {
    return this.#roots.map(({ name, label, writable }) => ({ name, label, writable }))
  }

  /** Offers another folder, readable and writable, under a name made from its own. Returns the root, old or new. */
  add(folder: string): Root {
    const path = resolve(folder)
    const known = this.#roots.find((root) => root.writable && root.everyName && root.folder === path)
    if (known !== undefined) return known
    const label = basename(path) || path
    const plain = label.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 50) || 'folder'
    let name = plain
    for (let n = 2; this.#roots.some((root) => root.name === name); n++) name = `${plain}-${n}`
    const root: Root = { name, label, folder: path, writable: true, everyName: true }
    this.#roots.push(root)
    return root
  }

  /**
   * The absolute path of a place; nothing needs to be there yet. For writing the root must be writable, and a workspace
   * that does not exist is made. NOT_ALLOWED for anything outside, READ_ONLY, NOT_FOUND for an unknown root.
   */
  resolve(place: Place, forWriting = false): Result<string> {
    const root = this.#roots.find((other) => other.name === place.root)
    if (root === undefined) {
      return failure({
        code: 'NOT_FOUND',
        message: `There is no place called "${place.root}".`,
        expected: this.#roots.map((other) => other.name).join(', '),
      })
    }
    if (forWriting && !root.writable) {
      return failure({
        code: 'READ_ONLY',
        message: `${root.label} is read-only.`,
        where: place.path,
        fix: 'Choose a folder in your workspace.',
      })
    }
    const segments = place.path === '' ? [] : place.path.split('/')
    for (const segment of segments) {
      const problem = refuseName(segment, root.everyName)
      if (problem !== null) return failure({ ...problem, where: place.path.replaceAll('\0', '\\0') })
    }
    try {
      if (forWriting && !existsSync(root.folder)) mkdirSync(root.folder, { recursive: true })
      const path = realLocation(join(root.folder, ...segments))
      return isInside(realLocation(root.folder), path) ? success(path) : failure(outside(place.path))
    } catch {
      // A loop of links, or a folder that may not be looked into.
      return failure(outside(place.path))
    }
  }

  /**
   * The place of an absolute path, below the root that reaches it most closely. The path is taken as it was written where
   * that can be named, else as it really is: data sets that keep their files in a hidden store, with links to them, are
   * named by the links. NOT_ALLOWED outside every root.
   */
  locate(path: string): Result<Place> {
    if (path.includes('\0') || !isAbsolute(path)) return failure(outside(path.replaceAll('\0', '\\0')))
    const written = resolve(path)
    const candidates: { place: Place; depth: number; writable: boolean }[] = []
    let refused: Problem | null = null
    const real = realOrNull(written)
    // A loop of links, or a folder that may not be looked into.
    if (real === null) return failure(outside(path))
    for (const root of this.#roots) {
      const folder = realOrNull(root.folder)
      if (folder === null || !isInside(folder, real)) continue
      const names = [namesBelow(root.folder, written), namesBelow(folder, real)].filter((one) => one !== null)
      const segments = names.find((one) => one.every((name) => refuseName(name, root.everyName) === null))
      if (segments === undefined) {
        const problem = names[0]?.map((name) => refuseName(name, root.everyName)).find((one) => one !== null)
        refused = problem === undefined || problem === null ? refused : { ...problem, where: path }
        continue
      }
      candidates.push({
        place: { root: root.name, path: segments.join('/') },
        depth: segments.length,
        writable: root.writable,
      })
    }
    candidates.sort((a, b) => a.depth - b.depth || Number(b.writable) - Number(a.writable))
    const nearest = candidates[0]
    return nearest === undefined ? failure(refused ?? outside(path)) : success(nearest.place)
  }

  /** True where a client may read this absolute path: for paths inside files that a client named, such as a recipe's. */
  mayRead(path: string): boolean {
    return this.locate(path).ok
  }

  /** Folders first, then files, each by name. Names that no place can hold and links that lead outside are left out. */
  async list(place: Place): Promise<Result<Entry[]>> {
    const resolved = this.resolve(place)
    if (!resolved.ok) return resolved
    const root = this.#roots.find((other) => other.name === place.root)!
    if (place.path === '' && !existsSync(resolved.value)) return success([])
    let names: string[]
    try {
      names = await readdir(resolved.value)
    } catch (error) {
      return failure(unreadable(error, place.path || root.label))
    }
    names = names.filter((name) => refuseName(name, root.everyName) === null)
    if (names.length > mostEntries) {
      return failure({
        code: 'TOO_LARGE',
        message: `This folder holds ${names.length} entries.`,
        where: place.path,
        expected: `at most ${mostEntries}`,
        fix: 'Choose the folder itself instead of looking into it.',
      })
    }
    const folder = realLocation(root.folder)
    const entries: Entry[] = []
    for (let at = 0; at < names.length; at += 64) {
      const found = await Promise.all(
        names.slice(at, at + 64).map(async (name): Promise<Entry | null> => {
          try {
            const path = realLocation(join(resolved.value, name))
            if (!isInside(folder, path)) return null
            const info = await stat(path)
            if (info.isDirectory()) return { name, kind: 'folder', bytes: 0 }
            return info.isFile() ? { name, kind: 'file', bytes: info.size } : null
          } catch {
            return null
          }
        }),
      )
      entries.push(...found.filter((entry) => entry !== null))
    }
    const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
    entries.sort((a, b) => (a.kind === b.kind ? order.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1))
    return success(entries)
  }
}

/** Why a single name cannot be part of a place, or null. */
function refuseName(name: string, everyName: boolean): Problem | null {
  const refuse = (message: string): Problem => ({
    code: 'NOT_ALLOWED',
    message,
    expected: 'names parted by forward slashes, below the root',
  })
  if (name === '') return refuse('The path is absolute or holds an empty name.')
  if (name.includes('\0')) return refuse('The path holds a NUL character.')
  if (/^[. ]+$/.test(name)) return refuse('The path leads upwards or nowhere.')
  if (/[\\/]/.test(name)) return refuse('The path holds a backslash.')
  if (/^[A-Za-z]:/.test(name)) return refuse('The path holds a drive letter.')
  if (!everyName && /[. ]$/.test(name))
    return refuse('A name ends with a dot or a space, which not every system can hold.')
  if (process.platform === 'win32' && (name.includes(':') || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)))
    return refuse('A name is reserved by Windows.')
  if (!everyName && name.startsWith('.')) return refuse('Hidden files and folders are not offered here.')
  return null
}

/** Where a path really is: links followed as far as it exists, the rest appended. */
function realLocation(path: string): string {
  const missing: string[] = []
  let existing = path
  for (;;) {
    try {
      return join(realpathSync.native(existing), ...missing)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      const up = dirname(existing)
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || up === existing || isDanglingLink(existing)) throw error
      missing.unshift(basename(existing))
      existing = up
    }
  }
}

function realOrNull(path: string): string | null {
  try {
    return realLocation(path)
  } catch {
    return null
  }
}

/** A link to something that is not there yet: writing through it would make a file wherever it points. */
function isDanglingLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** The names from a folder down to a path, or null where the path is not below it. */
function namesBelow(folder: string, path: string): string[] | null {
  if (!isInside(folder, path)) return null
  return relative(folder, path)
    .split(sep)
    .filter((name) => name !== '')
}

function outside(path: string): Problem {
  return {
    code: 'NOT_ALLOWED',
    message: 'This path is outside the folders that the workstation may use, or a link in it leads nowhere.',
    where: path,
    fix: 'Move the files into your workspace, start the workstation with --root and their folder, or repair the link.',
  }
}

function unreadable(error: unknown, path: string): Problem {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return { code: 'NOT_FOUND', message: 'There is nothing at this place.', where: path }
  if (code === 'ENOTDIR') return { code: 'BAD_PARAMETER', message: 'This is a file, not a folder.', where: path }
  return { code: 'NOT_ALLOWED', message: `The folder cannot be read (${code ?? 'unknown error'}).`, where: path }
}
