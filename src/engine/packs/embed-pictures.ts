/**
 * Picture embeddings by a pack: computed once per picture set and kept in the project's folder embeddings/, under a name made from
 * the checksums of pictures and pack, so that another picture set or another version of the pack never gets these numbers. The fit
 * of the reduction is kept with them: backbone, mask and decoder must all use the same one.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
import { savedFloats, savedIntegers, savedNumber } from '../../core/troi/saved.ts'
import { type DataContent, readDataFile, writeDataFile } from '../project/data-file.ts'
import type { Job } from '../runs/job.ts'
import type { PictureSet } from '../runs/picture-file.ts'
import { openGraph } from './graph.ts'
import type { PackFolder } from './pack-folder.ts'
import { describePictures } from './run-network.ts'

type PackChoice = Exclude<EmbeddingChoice, 'built-in'>

/** Pictures with the targets that a run uses, and what turns an embedding back into a picture. */
export interface ShownPictures {
  readonly pictures: Pictures
  readonly targets: Targets
  readonly embedding: InvertiblePart
  /** Of the pack's part of the targets; null for the built-in embedding. */
  readonly packFit: PackEmbeddingFit | null
}

/** The pack of a choice among those a job was given. Throws ProblemError NOT_FOUND, or CHECKSUM where it has changed since. */
export function packOf(job: Pick<Job, 'inputs'>, choice: PackChoice): PackFolder {
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

function cachePath(job: Job, picturesFile: string, pack: PackFolder, output: string): string {
  const key = createHash('sha256')
    .update(JSON.stringify([1, sumOfDataFile(join(job.project, picturesFile)), pack.manifestSha256, output]))
    .digest('hex')
  return join(job.project, 'embeddings', `${key}.data`)
}

/**
 * The picture set with a pack's embedding. `testItems`: pictures the subjects of this job are tested on. Throws ProblemError;
 * BAD_PARAMETER where the kept fit has seen one of them.
 */
export async function withPackEmbedding(
  job: Job,
  set: PictureSet,
  picturesFile: string,
  choice: PackChoice,
  testItems: ReadonlySet<number>,
): Promise<ShownPictures> {
  const pack = packOf(job, choice)
  const path = cachePath(job, picturesFile, pack, choice.output)
  const kept = existsSync(path) ? unwrap(readDataFile(path)) : await compute(job, set, pack, choice.output, testItems)
  if (!existsSync(path)) {
    mkdirSync(join(job.project, 'embeddings'), { recursive: true })
    writeDataFile(path, kept)
  }
  const seen = savedIntegers(kept, 'fitRows').filter((item) => testItems.has(item))
  if (seen.length > 0)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `The embedding ${choice.pack}/${choice.output} was fitted on ${seen.length} pictures that this subject is tested on.`,
      where: 'embedding',
      expected: 'an embedding that has not seen a test picture',
      fix: 'Import all subjects of these pictures before the first run that uses the pack; for this one, use the built-in embedding.',
    })
  const fit = fitOf(kept)
  const { dimensions } = fit.pca
  return {
    pictures: set.pictures,
    targets: withPackPart(set.targets, savedFloats(kept, 'vectors'), dimensions),
    embedding: { ...set.embedding, dimensions: set.targets.semanticStart + dimensions },
    packFit: fit,
  }
}

async function compute(
  job: Job,
  set: PictureSet,
  pack: PackFolder,
  outputName: string,
  testItems: ReadonlySet<number>,
): Promise<DataContent> {
  const { manifest } = pack
  const network = manifest.networks.find(({ outputs }) => outputs.some(({ name }) => name === outputName))
  const output = network?.outputs.find(({ name }) => name === outputName)
  if (network === undefined || output === undefined || output.embedding === null)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: `The pack ${manifest.name} has no embedding called "${outputName}".`,
      where: 'embedding',
    })
  const { pictures } = set
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
  const raw = described.get(outputName)!
  const columns = raw.length / pictures.count
  const held = new Set([...job.inputs.heldOutPictures, ...testItems])
  const fitRows = Int32Array.from(
    Array.from({ length: pictures.count }, (_, item) => item).filter((item) => !held.has(item)),
  )
  const fit = unwrap(fitPackEmbedding(raw, columns, fitRows))
  job.folder.log(
    `Embedded ${pictures.count} pictures with ${manifest.name}/${outputName}: ${columns} numbers each, standardised and reduced to ${fit.pca.dimensions}, fitted on ${fitRows.length} training pictures`,
  )
  return {
    values: {
      pack: manifest.name,
      version: manifest.version,
      manifest: pack.manifestSha256,
      output: outputName,
      columns,
    },
    arrays: {
      vectors: applyPackEmbedding(fit, raw, job.compute.kernels.matmul),
      fitRows,
      mean: fit.mean,
      deviation: fit.deviation,
      'pca/mean': fit.pca.mean,
      'pca/components': fit.pca.components,
      'pca/scale': fit.pca.scale,
    },
  }
}

function fitOf(kept: DataContent): PackEmbeddingFit {
  const columns = savedNumber(kept, 'columns')
  const scale = savedFloats(kept, 'pca/scale')
  return {
    columns,
    mean: savedFloats(kept, 'mean'),
    deviation: savedFloats(kept, 'deviation'),
    pca: {
      columns,
      dimensions: scale.length,
      mean: savedFloats(kept, 'pca/mean'),
      components: savedFloats(kept, 'pca/components'),
      scale,
    },
  }
}
