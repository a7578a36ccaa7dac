/**
 * One ONNX graph, ready to run: the only file that knows ONNX Runtime, loaded only in job and trial processes. The bytes that are
 * hashed are the bytes that are loaded. One thread unless the pack says otherwise, one picture at a time unless the graph wants
 * more: equal pictures then give equal numbers, whatever stands beside them.
 */
import { join } from 'node:path'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { checkGraph } from '../../core/packs/check-graph.ts'
import { summariseOnnx } from '../../core/packs/onnx-summary.ts'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import { checkSum, openOrdinary, type PackFolder, readThrough } from './pack-folder.ts'

export interface GraphInput {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

export interface Graph {
  /** Runs once; every asked output with the shape that was asked for. Throws ProblemError for anything else. */
  run(
    inputs: Readonly<Record<string, GraphInput>>,
    outputs: Readonly<Record<string, readonly number[]>>,
  ): Promise<Record<string, Float32Array>>
  close(): Promise<void>
}

async function runtime(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node')
  } catch (error) {
    throw new ProblemError({
      code: 'UNAVAILABLE',
      message: 'ONNX Runtime does not load on this machine, so packs cannot be used.',
      where: reasonOf(error),
      fix: 'Use the built-in embedding; everything else works without packs.',
    })
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 500)
}

/** Reads a listed file and checks its sum; the bytes that it returns are those that were checked. */
async function checkedBytes({ folder, manifest }: PackFolder, name: string): Promise<Uint8Array> {
  const listed = manifest.files.find(({ path }) => path === name)
  if (listed === undefined) throw new Error(`${name} is not a file of ${manifest.name}`)
  const file = await openOrdinary(folder, name)
  try {
    const { size } = await file.stat()
    if (size !== listed.bytes) unwrap(checkSum(listed, { bytes: size, sha256: 'another size' }))
    const bytes = new Uint8Array(size)
    let at = 0
    const found = await readThrough(file, (part) => {
      if (at + part.length > size) unwrap(checkSum(listed, { bytes: at + part.length, sha256: 'more' }))
      bytes.set(part, at)
      at += part.length
    })
    unwrap(checkSum(listed, found))
    return bytes
  } finally {
    await file.close()
  }
}

async function checkBeside({ folder, manifest }: PackFolder, name: string): Promise<void> {
  const listed = manifest.files.find(({ path }) => path === name)
  if (listed === undefined) throw new Error(`${name} is not a file of ${manifest.name}`)
  const file = await openOrdinary(folder, name)
  try {
    unwrap(checkSum(listed, await readThrough(file)))
  } finally {
    await file.close()
  }
}

/** Throws ProblemError CHECKSUM, BAD_FILE (the runtime's reason in words), OUT_OF_MEMORY or UNAVAILABLE. */
export async function openGraph(pack: PackFolder, file: string): Promise<Graph> {
  const { manifest, folder } = pack
  const bytes = await checkedBytes(pack, file)
  const beside = manifest.files.filter(({ path }) => path !== file).reduce((sum, one) => sum + one.bytes, 0)
  const summary = summariseOnnx(bytes, beside)
  if (!summary.ok) throw new ProblemError({ ...summary.problem, where: file })
  unwrap(checkGraph(manifest, file, summary.value))
  for (const name of summary.value.externalFiles) await checkBeside(pack, name)
  const { InferenceSession, Tensor } = await runtime()
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: manifest.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  }
  let session: InferenceSession
  try {
    // Weights in another file are found beside the graph, so such a graph is loaded by its path.
    session =
      summary.value.externalFiles.length === 0
        ? await InferenceSession.create(bytes, options)
        : await InferenceSession.create(join(folder, file), options)
  } catch (error) {
    throw new ProblemError(runtimeProblem(error, file, 'does not load'))
  }
  return {
    async run(inputs, outputs) {
      const feeds: Record<string, Tensor> = {}
      for (const [name, { data, shape }] of Object.entries(inputs))
        feeds[name] = new Tensor('float32', data, [...shape])
      let found: InferenceSession.ReturnType
      try {
        found = await session.run(feeds, Object.keys(outputs))
      } catch (error) {
        throw new ProblemError(runtimeProblem(error, file, 'cannot be run'))
      }
      const values: Record<string, Float32Array> = {}
      for (const [name, shape] of Object.entries(outputs)) values[name] = outputOf(found[name], name, shape, file)
      return values
    },
    close: () => session.release(),
  }
}

function outputOf(value: unknown, name: string, shape: readonly number[], file: string): Float32Array {
  const tensor = value as Tensor | undefined
  const data = tensor?.data
  const fits =
    tensor !== undefined && tensor.dims.length === shape.length && tensor.dims.every((n, i) => n === shape[i])
  if (!(data instanceof Float32Array) || !fits)
    throw new ProblemError({
      code: 'BAD_FILE',
      message: `${file} gives "${name}" as ${tensor === undefined ? 'nothing' : `${tensor.type} ${tensor.dims.join(' × ')}`}.`,
      where: file,
      expected: `float32 ${shape.join(' × ')}, as its manifest says`,
      fix: 'Correct the manifest, or export the graph again.',
    })
  const strange = data.findIndex((number) => !Number.isFinite(number))
  if (strange >= 0)
    throw new ProblemError({
      code: 'NOT_FINITE',
      message: `${file} gives ${data[strange]} in "${name}".`,
      where: file,
      expected: 'finite numbers',
      fix: 'Check preparation and weights of the pack.',
    })
  return data
}

function runtimeProblem(error: unknown, file: string, what: string): Problem {
  const reason = reasonOf(error)
  if (/bad_alloc|failed to allocate|out of memory/i.test(reason))
    return {
      code: 'OUT_OF_MEMORY',
      message: `There is not enough memory for ${file}.`,
      where: file,
      fix: 'Close other programs, or use a smaller network.',
    }
  return {
    code: 'BAD_FILE',
    message: `${file} ${what}: ${reason}.`,
    where: file,
    expected: 'a graph that ONNX Runtime runs on the processor',
    fix: 'Export the network again, with an operator set that ONNX Runtime knows.',
  }
}
