/**
 * The pictures of an import, decoded one by one, made small, and told apart by what they show: two files with the same pixels are
 * one picture, whatever they are called. Nothing else of a picture is kept.
 */
import { createHash } from 'node:crypto'
import type { Recipe } from '../../../core/contract/recipe.ts'
import { type NamedPictures, namedPictures } from '../../../core/embedding/picture-targets.ts'
import { embeddedSide, type RawPicture, resizeToSquare } from '../../../core/embedding/resize.ts'
import type { SurveyedTargets } from '../survey-targets.ts'

export interface ImportedPictures {
  readonly set: NamedPictures
  /** Position in the set of each of the survey's items. */
  readonly pictureOf: Int32Array
  /** Names under which one and the same picture was found. */
  readonly duplicates: readonly (readonly string[])[]
  readonly notSquare: number
  readonly inputs: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
}

interface Hooks {
  progress(part: string, fraction: number): void
  breathe(): Promise<void>
}

/** Pictures between two looks at whether the import is still wanted. */
const together = 64

/** null for data with labels. Throws ProblemError where a picture is damaged, too large, or gone. */
export async function importPictures(
  { pictures: from }: Recipe,
  { source }: SurveyedTargets,
  hooks: Hooks,
): Promise<ImportedPictures | null> {
  if (!from || source === null) return null
  const length = embeddedSide * embeddedSide * 3
  const pictureOf = new Int32Array(source.names.length)
  const known = new Map<string, { at: number; names: string[] }>()
  const small: Uint8Array[] = []
  const inputs: ImportedPictures['inputs'][number][] = []
  let [read, notSquare] = [0, 0]
  for await (const { picture, sha256, bytes } of source.read()) {
    const name = source.names[read]!
    if (sha256 !== null) inputs.push({ path: `${from.path.replace(/\/+$/, '')}/${name}`, bytes, sha256 })
    if (picture.width !== picture.height) notSquare++
    const hash = pixelHash(picture)
    const same = known.get(hash)
    if (same === undefined) {
      known.set(hash, { at: small.length, names: [name] })
      pictureOf[read] = small.length
      small.push(resizeToSquare(picture, embeddedSide, from.fit))
    } else {
      same.names.push(name)
      pictureOf[read] = same.at
    }
    read++
    if (read % together === 0) {
      hooks.progress('Read pictures', read / source.names.length)
      await hooks.breathe()
    }
  }
  const pixels = new Uint8Array(small.length * length)
  for (const [at, one] of small.entries()) pixels.set(one, at * length)
  const shape = { width: embeddedSide, height: embeddedSide, channels: 3 } as const
  hooks.progress('Describe pictures', 0)
  await hooks.breathe()
  const entries = [...known]
  return {
    set: namedPictures(
      { count: small.length, ...shape, pixels },
      entries.map(([, { names }]) => names[0]!),
      entries.map(([hash]) => hash),
    ),
    pictureOf,
    duplicates: entries.map(([, { names }]) => names).filter((names) => names.length > 1),
    notSquare,
    inputs,
  }
}

/** SHA-256 over size and colours: the same for a picture stored as PNG and as TIFF, or in grey and in colour. */
function pixelHash({ width, height, channels, pixels, white }: RawPicture): string {
  const bytes = new Uint8Array(width * height * 3)
  for (let p = 0; p < width * height; p++)
    for (let c = 0; c < 3; c++)
      bytes[3 * p + c] = Math.min(255, Math.max(0, Math.round((255 * pixels[channels === 1 ? p : 3 * p + c]!) / white)))
  return createHash('sha256').update(`${width} × ${height}\n`).update(bytes).digest('hex')
}
