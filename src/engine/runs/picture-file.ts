/** The pictures of a cohort or data set, their embeddings and the fitted embedding, as one data file. */
import type { Targets } from '../../core/data/subject-data.ts'
import type { InvertiblePart, PictureEmbedding } from '../../core/embedding/picture-embedding.ts'
import type { NamedPictures, PictureSpace } from '../../core/embedding/picture-targets.ts'
import type { Pictures } from '../../core/embedding/pictures.ts'
import { type PictureSource, pictureSource } from '../../core/experiment/world.ts'
import type { DataContent } from '../project/data-file.ts'

export interface PictureSet {
  readonly pictures: Pictures
  readonly targets: Targets
  readonly embedding: PictureEmbedding
  /** What an embedding is fitted to, of imported pictures: it is fitted anew for every fold. Simulated pictures have none. */
  readonly features?: NamedPictures['features']
  /** SHA-256 of each picture, hex; imported pictures only. */
  readonly hashes?: readonly string[]
}

type Arrays = Record<string, DataContent['arrays'][string]>
const reference = '$array:'

/** A string that begins as a reference does is kept apart from one. */
const escaped = '$text:'

/** Numbers and arrays of any nesting: arrays go to `arrays` under their path, the rest becomes JSON that refers to them. */
function packTree(value: unknown, path: string, arrays: Arrays): unknown {
  if (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  ) {
    arrays[path] = value
    return `${reference}${path}`
  }
  if (typeof value === 'string' && value.startsWith('$')) return `${escaped}${value}`
  if (Array.isArray(value)) return value.map((item, i) => packTree(item, `${path}/${i}`, arrays))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, packTree(item, `${path}/${name}`, arrays)]),
    )
  return value
}

function unpackTree(value: unknown, arrays: DataContent['arrays']): unknown {
  if (typeof value === 'string' && value.startsWith(reference)) {
    const array = arrays[value.slice(reference.length)]
    if (array === undefined) throw new Error(`the picture file lacks ${value.slice(reference.length)}`)
    return array
  }
  if (typeof value === 'string' && value.startsWith(escaped)) return value.slice(escaped.length)
  if (Array.isArray(value)) return value.map((item) => unpackTree(item, arrays))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpackTree(item, arrays)]))
  return value
}

export function packPictures(set: PictureSet): DataContent {
  const arrays: Arrays = {}
  const tree = packTree(set, 'set', arrays)
  return { values: { tree: JSON.stringify(tree) }, arrays }
}

/** Written by `packPictures` and checked by the file's checksum, so its shape is ours. */
export function unpackPictures(content: DataContent): PictureSet {
  return unpackTree(JSON.parse(String(content.values.tree)), content.arrays) as PictureSet
}

/** The embedding a backbone was pretrained with, and the pictures it has seen; none of their pixels. */
export function packPictureSpace(space: PictureSpace): DataContent {
  const arrays: Arrays = {}
  const tree = packTree(space, 'set', arrays)
  return { values: { tree: JSON.stringify(tree) }, arrays }
}

/** Of a backbone's picture file: `fittedOn` is missing where it was pretrained on simulated pictures. */
export function unpackPictureSpace(
  content: DataContent,
): Pick<PictureSpace, 'embedding'> & Partial<Pick<PictureSpace, 'fittedOn'>> {
  return unpackTree(JSON.parse(String(content.values.tree)), content.arrays) as PictureSpace
}

export function sourceOf(set: Pick<PictureSet, 'pictures'> & { readonly embedding: InvertiblePart }): PictureSource {
  return pictureSource(set.pictures, set.embedding)
}
