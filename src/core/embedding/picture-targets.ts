/**
 * Targets for a subject's own pictures, about which nothing is known but their pixels.
 *
 * An embedding is fitted on training pictures only: those of one subject, or of all subjects that a backbone is pretrained on. A
 * backbone predicts the embedding it was trained with, so a subject decoded with it has its pictures embedded the same way,
 * whatever else is in the project. An import therefore never depends on what was imported before.
 */
import type { Targets } from '../data/subject-data.ts'
import type { Matmul } from '../linear/product.ts'
import { failure, type Result, success } from '../problem.ts'
import { embed, fitPictureEmbedding, type PictureEmbedding } from './picture-embedding.ts'
import { type Pictures, pictureLength } from './pictures.ts'
import { pixelBlocks, pixelFeatures, type SemanticFeatures } from './semantic-features.ts'

export interface NamedPictures {
  readonly pictures: Pictures
  readonly features: SemanticFeatures
  readonly names: readonly string[]
  /** SHA-256 of each decoded picture, hex: what makes a picture the same picture, under whatever name. */
  readonly hashes: readonly string[]
}

/** An embedding and the pictures it was fitted on. */
export interface PictureSpace {
  readonly embedding: PictureEmbedding
  readonly fittedOn: readonly string[]
}

export function namedPictures(pictures: Pictures, names: readonly string[], hashes: readonly string[]): NamedPictures {
  return { pictures, features: pixelFeatures(pictures), names, hashes }
}

/** Pictures of several subjects, each once. */
export function unitePictures(sets: readonly NamedPictures[]): NamedPictures {
  const [first] = sets
  if (first === undefined) throw new RangeError('there are no pictures to unite')
  const chosen = new Map<string, { set: NamedPictures; row: number }>()
  for (const set of sets)
    for (const [row, hash] of set.hashes.entries()) if (!chosen.has(hash)) chosen.set(hash, { set, row })
  const rows = [...chosen.values()]
  const length = pictureLength(first.pictures)
  const { columns } = first.features
  const pixels = new Uint8Array(rows.length * length)
  const values = new Float32Array(rows.length * columns)
  for (const [at, { set, row }] of rows.entries()) {
    pixels.set(set.pictures.pixels.subarray(row * length, (row + 1) * length), at * length)
    values.set(set.features.values.subarray(row * columns, (row + 1) * columns), at * columns)
  }
  return {
    pictures: { ...first.pictures, count: rows.length, pixels },
    features: { ...first.features, rows: rows.length, values },
    names: rows.map(({ set, row }) => set.names[row]!),
    hashes: [...chosen.keys()],
  }
}

/** BAD_FILE where the pictures to fit on are fewer than two or all look the same. */
export function fitPictureSpace(set: NamedPictures, fitRows: Int32Array, matmul?: Matmul): Result<PictureSpace> {
  try {
    const embedding = fitPictureEmbedding(set.pictures, set.features, { fitRows, ...(matmul ? { matmul } : {}) })
    return success({ embedding, fittedOn: Array.from(fitRows, (row) => set.hashes[row]!) })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return failure({
      code: 'BAD_FILE',
      message: `No embedding can be fitted to the ${fitRows.length} training pictures: ${error.message}.`,
      where: 'pictures',
      expected: 'at least two training pictures that differ',
      fix: 'Check that the recipe names the right pictures, and that the split leaves some to train on.',
    })
  }
}

/** Whether an embedding was made from pixels alone, as those of imported pictures are; simulated ones know more. */
export function isOfPixels({ embedding }: Pick<PictureSpace, 'embedding'>): boolean {
  return JSON.stringify(embedding.blocks) === JSON.stringify(pixelBlocks)
}

/** The pictures in a space. Throws RangeError where they are of another size or kind than those it was fitted on. */
export function targetsIn(
  { embedding }: Pick<PictureSpace, 'embedding'>,
  set: NamedPictures,
  matmul?: Matmul,
): Targets {
  const { dimensions, semanticStart } = embedding
  const vectors = embed(embedding, set.pictures, set.features, matmul)
  return { kind: 'pictures', dimensions, vectors, names: set.names, semanticStart }
}
