/**
 * Packs: networks that a lab brings as ONNX files. A pack is a folder with manifest.json; the manifest says every file with its
 * checksum, what each network wants to see, and what each output stands for in words. Nothing in it is guessed, and a field that
 * is not known is refused, so a misspelt one cannot be overlooked.
 */
import { z } from 'zod'
import { namedPreparations, type Preparation, preparationNames, preparationSchema } from '../packs/preparation.ts'
import { measures, publishedMetrics, publishedNames } from '../packs/published.ts'

/** Largest number of values that one picture may have in an input or output. */
export const mostValues = 2 ** 24
/** Largest file, and largest pack, in bytes. */
export const mostFileBytes = 32 * 2 ** 30
export const mostPackBytes = 64 * 2 ** 30

/** A plain name: no folders, no way up, nothing hidden, and the same thing on every system. */
const fileName = z
  .string()
  .max(120)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'a plain file name in the folder of the pack: letters, digits, dot, dash, underscore',
  )
  .refine((name) => !name.endsWith('.'), 'a file name that does not end with a dot')
  .refine((name) => !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name), 'a file name that Windows does not reserve')

export const packNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'small letters, digits and dashes, at most 64')
  .refine((name) => !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(name), 'a name that Windows does not reserve')
const tensorName = z.string().min(1).max(200)
const words = z.string().trim().min(1).max(2000)
const shape = z
  .array(z.number().int().min(1).max(mostValues))
  .min(1)
  .max(4)
  .refine((dims) => valuesIn(dims) <= mostValues, `at most ${mostValues} values in all`)

/** Numbers in one item of this shape. */
export function valuesIn(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}

const outputSchema = z.strictObject({
  /** Name of the output in the graph. */
  name: tensorName,
  /** Without the batch. Maps are [channels, height, width], tokens [tokens, width]. */
  shape,
  /** What the numbers are, in words. */
  standsFor: words,
  /** May be chosen as picture embedding. Tokens and maps may be averaged to one vector per picture first. */
  embedding: z.enum(['as-is', 'mean-of-tokens', 'mean-of-map']).nullable().default(null),
  /** How reconstructions are compared with pictures by this output. */
  metric: z
    .strictObject({
      measure: z.enum(measures),
      /** The name in published tables; only where network, preparation and output are those of the table. */
      publishedAs: z.enum(publishedNames).nullable().default(null),
      /** The published number whose part this one plays. */
      standsInFor: z.enum(publishedNames).nullable().default(null),
    })
    .nullable()
    .default(null),
})

const networkSchema = z.strictObject({
  file: fileName,
  /** True where this network plays another one's part: its numbers are not comparable with published ones. */
  standIn: z.boolean(),
  input: z.strictObject({
    tensor: tensorName,
    layout: z.enum(['NCHW', 'NHWC']),
    /** Pictures in one call: 'any', or the number that the graph was exported with. */
    batch: z.union([z.literal('any'), z.number().int().min(1).max(64)]).default('any'),
    preparation: z.union([z.enum(preparationNames), preparationSchema]),
  }),
  outputs: z.array(outputSchema).min(1).max(16),
})

const decoderSchema = z.strictObject({
  file: fileName,
  standIn: z.boolean(),
  /** The embedding it was trained to draw: an output of a pack, by name. */
  draws: z.strictObject({ pack: packNameSchema, output: tensorName }),
  input: z.strictObject({ tensor: tensorName, shape }),
  /** Normal noise that the graph starts from, drawn by us from the seed; null where it needs none. */
  noise: z.strictObject({ tensor: tensorName, shape }).nullable().default(null),
  output: z.strictObject({
    tensor: tensorName,
    layout: z.enum(['NCHW', 'NHWC']),
    width: z.number().int().min(1).max(2048),
    height: z.number().int().min(1).max(2048),
    colour: z.enum(['RGB', 'BGR']),
    /** What black and white are. */
    range: z.tuple([z.number(), z.number()]),
  }),
})

const fields = z.strictObject({
  format: z.literal(1),
  name: packNameSchema,
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,39}$/, 'letters, digits and .+_-'),
  /** What people read. */
  title: z.string().trim().min(1).max(120),
  kinds: z.array(z.enum(['encoder', 'metrics', 'decoder'])).min(1),
  licence: z.strictObject({ name: words, file: fileName }),
  provenance: z.strictObject({ source: words, trainingData: words, file: fileName.nullable().default(null) }),
  files: z
    .array(
      z.strictObject({
        path: fileName,
        bytes: z.number().int().min(0).max(mostFileBytes),
        sha256: z.string().regex(/^[a-f0-9]{64}$/, '64 hexadecimal digits in small letters'),
      }),
    )
    .min(1)
    .max(64),
  /** Threads inside one network. Fixed by the pack, not by the machine, so that sums are added in the same order everywhere. */
  threads: z.number().int().min(1).max(64).default(1),
  networks: z.array(networkSchema).max(16).default([]),
  decoders: z.array(decoderSchema).max(4).default([]),
})

export const packManifestSchema = fields.superRefine((manifest, context) => {
  for (const { path, message } of contradictions(manifest))
    context.addIssue({ code: 'custom', path: [...path], message })
})
export type PackManifest = z.infer<typeof packManifestSchema>
export type PackNetwork = PackManifest['networks'][number]
export type PackOutput = PackNetwork['outputs'][number]
export type PackDecoder = PackManifest['decoders'][number]

/** The preparation itself, whether the manifest spells it out or names it. */
export function preparationOf(network: Pick<PackNetwork, 'input'>): Preparation {
  const { preparation } = network.input
  return typeof preparation === 'string' ? namedPreparations[preparation] : preparation
}

interface Contradiction {
  readonly path: readonly (string | number)[]
  readonly message: string
}

function twice(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at)
}

/** What is well formed but cannot be true: files that are not listed, sizes that do not follow, names that are not earned. */
function* contradictions(manifest: z.infer<typeof fields>): Generator<Contradiction> {
  const { files, networks, decoders, kinds, licence, provenance } = manifest
  const listed = new Set(files.map(({ path }) => path))
  const repeated = twice(files.map(({ path }) => path.toLowerCase()))
  if (repeated !== undefined) yield { path: ['files'], message: `${repeated} is listed twice` }
  if (listed.has('manifest.json')) yield { path: ['files'], message: 'manifest.json cannot hold its own checksum' }
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > mostPackBytes)
    yield { path: ['files'], message: `the files are larger than ${mostPackBytes} bytes together` }
  const named: [readonly (string | number)[], string | null][] = [
    [['licence', 'file'], licence.file],
    [['provenance', 'file'], provenance.file],
    ...networks.map((one, i): [(string | number)[], string] => [['networks', i, 'file'], one.file]),
    ...decoders.map((one, i): [(string | number)[], string] => [['decoders', i, 'file'], one.file]),
  ]
  for (const [path, file] of named)
    if (file !== null && !listed.has(file)) yield { path, message: `${file} is not among the files of the pack` }
  const outputs = networks.flatMap((network) => network.outputs)
  const sameOutput = twice(outputs.map(({ name }) => name))
  if (sameOutput !== undefined)
    yield { path: ['networks'], message: `two outputs are called ${sameOutput}; an output is chosen by its name` }
  const has = {
    encoder: outputs.some((output) => output.embedding !== null),
    metrics: outputs.some((output) => output.metric !== null),
    decoder: decoders.length > 0,
  }
  for (const kind of ['encoder', 'metrics', 'decoder'] as const)
    if (kinds.includes(kind) !== has[kind])
      yield {
        path: ['kinds'],
        message: `${has[kind] ? 'lacks' : 'names'} "${kind}", which does not fit what the pack holds`,
      }
  for (const [at, network] of networks.entries()) yield* networkContradictions(network, ['networks', at])
}

function* networkContradictions(network: PackNetwork, path: (string | number)[]): Generator<Contradiction> {
  const { width, height, steps, range, normalise } = preparationOf(network)
  const last = steps.at(-1)
  const size = last?.do === 'resize-short-side' ? null : last
  if (size === null || size?.width !== width || size.height !== height)
    yield {
      path: [...path, 'input', 'preparation', 'steps'],
      message: `the last step must leave ${width} × ${height}: a resize or crop to that size`,
    }
  if (range[0] === range[1] || normalise?.deviation.some((value) => value === 0))
    yield {
      path: [...path, 'input', 'preparation'],
      message: 'a range or deviation of 0 leaves nothing of the picture',
    }
  for (const [at, output] of network.outputs.entries()) {
    const here = [...path, 'outputs', at]
    const needs = { 'as-is': null, 'mean-of-tokens': 2, 'mean-of-map': 3 } as const
    const axes = output.embedding === null ? null : needs[output.embedding]
    if (axes !== null && output.shape.length !== axes)
      yield { path: [...here, 'embedding'], message: `${output.embedding} needs a shape of ${axes} numbers` }
    const metric = output.metric
    if (metric === null) continue
    if (metric.standsInFor !== null && !network.standIn)
      yield {
        path: [...here, 'metric', 'standsInFor'],
        message: 'only a network with "standIn": true stands in for another',
      }
    if (metric.publishedAs === null) continue
    const published = publishedMetrics[metric.publishedAs]
    const wrong = network.standIn
      ? '"standIn" is true'
      : network.input.preparation !== published.preparation
        ? `the preparation is not "${published.preparation}"`
        : metric.measure !== published.measure
          ? `the measure is not "${published.measure}"`
          : valuesIn(output.shape) !== published.length
            ? `the output has ${valuesIn(output.shape)} numbers, not ${published.length}`
            : null
    if (wrong !== null)
      yield { path: [...here, 'metric', 'publishedAs'], message: `cannot be called ${metric.publishedAs}: ${wrong}` }
  }
}

/** Which picture embedding a stage uses: the built-in one, or an output of a pack beside the built-in pixel part. */
export const embeddingChoiceSchema = z.union([
  z.literal('built-in'),
  z.strictObject({
    pack: packNameSchema,
    output: tensorName,
    /** SHA-256 of the pack's manifest, which holds the sums of all its files; set by the engine when a run is asked for. */
    manifest: z
      .string()
      .regex(/^[a-f0-9]{64}$/)
      .optional(),
  }),
])
export type EmbeddingChoice = z.infer<typeof embeddingChoiceSchema>

/** As people write it: "built-in", or "pack/output". */
export function embeddingName(choice: EmbeddingChoice): string {
  return choice === 'built-in' ? choice : `${choice.pack}/${choice.output}`
}

/** One pack as lists show it. */
export const packSummarySchema = z.object({
  name: z.string(),
  title: z.string(),
  version: z.string(),
  kinds: z.array(z.enum(['encoder', 'metrics', 'decoder'])),
  /** shipped with the program, or installed into the workspace. */
  origin: z.enum(['shipped', 'installed']),
  bytes: z.number(),
  /** SHA-256 of manifest.json. */
  manifest: z.string(),
  licence: z.string(),
  source: z.string(),
  trainingData: z.string(),
  outputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.number()),
      standsFor: z.string(),
      standIn: z.boolean(),
      embedding: z.boolean(),
      /** What reconstructions are compared by, in words; null where it is no metric. */
      metric: z.string().nullable(),
    }),
  ),
  /** The embeddings that its decoders draw: "pack/output". */
  draws: z.array(z.string()),
  /** Why it cannot be used, in words; null if it can. */
  problem: z.string().nullable(),
})
export type PackSummary = z.infer<typeof packSummarySchema>

/** How far an installation is. Its files are copied and summed; then every graph is read, and then run once, which takes as long as it takes. */
export const packInstallSchema = z.object({
  name: z.string(),
  phase: z.enum(['copy', 'read', 'try', 'done']),
  /** Copied so far, and all there are. */
  bytes: z.number(),
  totalBytes: z.number(),
  /** The pack as it is listed, at the end. */
  pack: packSummarySchema.nullable(),
})
export type PackInstall = z.infer<typeof packInstallSchema>
