/** File names of BIDS: entity-label pairs, a suffix and an extension, as in sub-01_task-faces_run-2_bold.nii.gz. */

export interface BidsFile {
  /** Relative to the dataset's root, forward slashes. */
  readonly path: string
  /** Folder part of the path, '' at the root. */
  readonly folder: string
  readonly entities: Readonly<Record<string, string>>
  readonly suffix: string
  /** From the first dot on, `.nii.gz`. */
  readonly extension: string
}

/** The parts of a name, or null where it is not made as BIDS names are. */
export function parseBidsPath(path: string): BidsFile | null {
  const at = path.lastIndexOf('/')
  const name = path.slice(at + 1)
  const dot = name.indexOf('.')
  if (dot <= 0) return null
  const parts = name.slice(0, dot).split('_')
  const suffix = parts.pop()!
  if (!/^[A-Za-z0-9]+$/.test(suffix)) return null
  const entities: Record<string, string> = {}
  for (const part of parts) {
    const found = /^([a-z]+)-([A-Za-z0-9+]+)$/.exec(part)
    if (found === null || Object.hasOwn(entities, found[1]!)) return null
    entities[found[1]!] = found[2]!
  }
  return { path, folder: at < 0 ? '' : path.slice(0, at), entities, suffix, extension: name.slice(dot) }
}

/** Whether every entity of `file` is in `target` with the same label; run-1 and run-01 are the same. */
export function entitiesWithin(file: BidsFile, entities: Readonly<Record<string, string>>): boolean {
  return Object.entries(file.entities).every(([name, label]) => sameLabel(name, label, entities[name]))
}

export function sameLabel(entity: string, a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true
  if ((entity !== 'run' && entity !== 'echo') || a === undefined || b === undefined) return false
  return Number(a) === Number(b)
}

/** Order of labels: numbers by size, the rest by letters, none first. */
export function compareLabels(a = '', b = ''): number {
  const [x, y] = [Number(a), Number(b)]
  if (a !== '' && b !== '' && Number.isFinite(x) && Number.isFinite(y) && x !== y) return x - y
  return a < b ? -1 : a > b ? 1 : 0
}
