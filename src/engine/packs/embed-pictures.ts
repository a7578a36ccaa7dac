/**
 * Picture embeddings by a pack. What the network says of a picture set is computed once and kept in the project's folder
 * embeddings/, under a name made from the checksums of pictures and pack, so that another picture set or another version of the pack
 * never gets these numbers. The reduction is fitted on training pictures only; a backbone keeps the fit that it was trained with,
 * because that is what it predicts.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { EmbeddingChoice } from '../../core/contract/pack.ts'
import type { Targets } from '../../core/data/subject-data.ts'
import type { InvertiblePart } from '../../core/embedding/picture-embedding.ts'
import { type Pictures, pictureAt } from '../../core/embedding/pictures.ts'
import {
  applyPackEmbedding,
  fitPackEmbedding,
  type PackEmbeddingFit,
  withPackPart,
} from '../../core/packs/pack-embedding.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { type Saved, savedFloats, savedNumber, savedText } from '../../core/troi/saved.ts'
import { readDataFile, writeDataFile } from '../project/data-file.ts'
import { type Job, readInput, writeResult } from '../runs/job.ts'
import type { PictureSet } from '../runs/picture-file.ts'
import { openGraph } from './graph.ts'
import type { PackFolder } from './pack-folder.ts'
import { describePictures } from './run-network.ts'

export type PackChoice = Exclude<EmbeddingChoice, 'built-in'>

/** Pictures with the targets that a run uses, and what turns an embedding back into a picture. */
export interface ShownPictures {
  readonly pictures: Pictures
  readonly targets: Targets
  readonly embedding: InvertiblePart
  /** Of the pack's part of the targets; null for the built-in embedding. */
  readonly packFit: PackEmbeddingFit | null
}

/** What a pack's network says of every picture of a set. */
export interface PackOutputs {
  /** pictures × columns. */
  readonly raw: Float32Array
  readonly columns: number
  /** What makes each picture the same picture wherever it occurs. */
  readonly keys: readonly string[]
}

/** A reduction, and the keys of the pictures that it was fitted on. */
export interface PackSpace {
  readonly fit: PackEmbeddingFit
  readonly fittedOn: readonly string[]
}

/** The pack of a choice among those a job was given. Throws ProblemError NOT_FOUND, or CHECKSUM where it has changed since. */
function packOf(job: Pick<Job, 'inputs'>, choice: PackChoice): PackFolder {
  const pack = job.inputs.packs.find(({ manifest }) => manifest.name === choice.pack)
  if (pack === undefined)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: `The pack ${choice.pack}, whose embedding this run uses, is not installed or cannot be used.`,
      where: choice.pack,
      fix: 'Install it again, then resume.',
    })
  if (choice.manifest !== undefined && pack.manifestSha256 !== choice.manifest)
    throw new ProblemError({
      code: 'CHECKSUM',
      message: `The pack ${choice.pack} is not the one that this run was started with.`,
      where: choice.pack,
      expected: `manifest ${choice.manifest}, found ${pack.manifestSha256}`,
      fix: 'Install the earlier version again, then resume.',
    })
  return pack
}

/** The last 32 bytes of a data file are the SHA-256 of everything before. */
function sumOfDataFile(path: string): string {
  return readFileSync(path).subarray(-32).toString('hex')
}

/** The outputs for a picture set, from the project's folder or computed now. Throws ProblemError, CANCELLED included. */
export async function packOutputs(
  job: Job,
  set: PictureSet,
  picturesFile: string,
  choice: PackChoice,
): Promise<PackOutputs> {
  const pack = packOf(job, choice)
  const sum = sumOfDataFile(join(job.project, picturesFile))
  const name = createHash('sha256')
    .update(JSON.stringify([1, sum, pack.manifestSha256, choice.output]))
    .digest('hex')
  const path = join(job.project, 'embeddings', `${name}.data`)
  const { count } = set.pictures
  const keys = set.hashes ?? Array.from({ length: count }, (_, row) => `${sum} ${row}`)
  if (existsSync(path)) {
    const raw = savedFloats(unwrap(readDataFile(path)), 'outputs')
    return { raw, columns: raw.length / count, keys }
  }
  const raw = await compute(job, set.pictures, pack, choice.output)
  mkdirSync(dirname(path), { recursive: true })
  const { manifest, manifestSha256 } = pack
  writeDataFile(path, {
    values: { pack: manifest.name, version: manifest.version, manifest: manifestSha256, output: choice.output },
    arrays: { outputs: raw },
  })
  return { raw, columns: raw.length / count, keys }
}

async function compute(job: Job, pictures: Pictures, pack: PackFolder, outputName: string): Promise<Float32Array> {
  const { manifest } = pack
  const network = manifest.networks.find(({ outputs }) => outputs.some(({ name }) => name === outputName))
  const output = network?.outputs.find(({ name }) => name === outputName)
  if (network === undefined || output === undefined || output.embedding === null)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: `The pack ${manifest.name} has no embedding called "${outputName}".`,
      where: 'embedding',
    })
  job.context.phase(`Embed pictures with ${manifest.title}`, pictures.count)
  const graph = await openGraph(pack, network.file)
  const described = await describePictures({
    ...{ graph, network, outputs: [output], count: pictures.count, pooled: true },
    picture: (item) => ({ width: pictures.width, height: pictures.height, pixels: pictureAt(pictures, item) }),
    async breathe(done) {
      if (done % 10 === 0) job.progress.completed(done)
      await job.context.breathe()
    },
  })
  await graph.close()
  job.folder.log(`Embedded ${pictures.count} pictures with ${manifest.name}/${outputName}`)
  return described.get(outputName)!
}

/** Fits on the given rows of one or several picture sets, each picture once. Throws ProblemError BAD_PARAMETER. */
export function fitPackSpace(
  job: Job,
  parts: readonly { readonly outputs: PackOutputs; readonly rows: Iterable<number> }[],
): PackSpace {
  const chosen = new Map<string, Float32Array>()
  for (const { outputs, rows } of parts)
    for (const row of rows)
      chosen.set(outputs.keys[row]!, outputs.raw.subarray(row * outputs.columns, (row + 1) * outputs.columns))
  const columns = parts[0]?.outputs.columns ?? 0
  // Sorted, so that the order in which subjects were named does not matter.
  const fittedOn = [...chosen.keys()].sort()
  const raw = new Float32Array(fittedOn.length * columns)
  for (const [at, key] of fittedOn.entries()) raw.set(chosen.get(key)!, at * columns)
  const all = Int32Array.from(fittedOn.keys())
  const fit = unwrap(fitPackEmbedding(raw, columns, all))
  job.folder.log(
    `Pack embedding: ${columns} numbers per picture, standardised and reduced to ${fit.pca.dimensions}, fitted on ${fittedOn.length} training pictures`,
  )
  return { fit, fittedOn }
}

/** The picture set with the pack's part in place of the semantic one. */
export function withPackSpace(job: Job, set: PictureSet, outputs: PackOutputs, { fit }: PackSpace): ShownPictures {
  const { dimensions } = fit.pca
  const { semanticStart } = set.targets
  const packPart = applyPackEmbedding(fit, outputs.raw, job.compute.kernels.matmul)
  return {
    pictures: set.pictures,
    targets: withPackPart(set.targets, packPart, dimensions),
    embedding: { ...set.embedding, dimensions: semanticStart + dimensions },
    packFit: fit,
  }
}

const spaceFile = 'pack-embedding.data'

/** Writes a fit beside the backbone that is trained with it. */
export function keepPackSpace(job: Job, { fit, fittedOn }: PackSpace): void {
  const { columns, mean, deviation, pca } = fit
  writeResult(job, spaceFile, {
    values: { columns, fittedOn: JSON.stringify(fittedOn) },
    arrays: {
      ...{ mean, deviation },
      ...{ 'pca/mean': pca.mean, 'pca/components': pca.components, 'pca/scale': pca.scale },
    },
  })
}

/** The fit that the job's backbone was trained with. Throws ProblemError NOT_FOUND or CHECKSUM. */
export function packSpaceOfBackbone(job: Job, backboneFile: string): PackSpace {
  return unpackSpace(readInput(job, `${dirname(backboneFile)}/${spaceFile}`))
}

function unpackSpace(saved: Saved): PackSpace {
  const columns = savedNumber(saved, 'columns')
  const scale = savedFloats(saved, 'pca/scale')
  const pca = {
    ...{ columns, scale, dimensions: scale.length },
    mean: savedFloats(saved, 'pca/mean'),
    components: savedFloats(saved, 'pca/components'),
  }
  return {
    fit: { columns, mean: savedFloats(saved, 'mean'), deviation: savedFloats(saved, 'deviation'), pca },
    fittedOn: z.array(z.string()).parse(JSON.parse(savedText(saved, 'fittedOn'))),
  }
}

/** Throws ProblemError BAD_PARAMETER where a fit has seen a picture that a subject is tested with. */
export function refuseSeenPictures(
  name: string,
  outputs: PackOutputs,
  tested: Iterable<number>,
  space: PackSpace,
): void {
  const seen = new Set(space.fittedOn)
  const known = [...new Set(tested)].filter((row) => seen.has(outputs.keys[row]!))
  if (known.length === 0) return
  throw new ProblemError({
    code: 'BAD_PARAMETER',
    message: `The embedding of the backbone was fitted on ${known.length} of the pictures that ${name} is tested with.`,
    where: 'backbone',
    expected: 'test pictures that no pretraining subject was trained on',
    fix: 'Hold the same pictures out in the pretraining subjects and pretrain again, or use no backbone.',
    count: known.length,
  })
}
