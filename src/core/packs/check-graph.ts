/** Whether a graph has the inputs and outputs that a manifest says, before it is ever run. */
import { type PackDecoder, type PackManifest, type PackNetwork, preparationOf } from '../contract/pack.ts'
import { failure, type Result, success } from '../problem.ts'
import type { OnnxSummary, OnnxTensor } from './onnx-summary.ts'

const float32 = 1

interface Wanted {
  readonly name: string
  /** With the batch first; null where the graph may say anything. */
  readonly shape: readonly (number | null)[]
}

function shapeText(shape: readonly (number | null)[]): string {
  return shape.map((size) => size ?? '?').join(' × ')
}

function compare(kind: 'input' | 'output', wanted: Wanted, found: readonly OnnxTensor[], file: string): string | null {
  const tensor = found.find(({ name }) => name === wanted.name)
  if (tensor === undefined)
    return `${file} has no ${kind} called "${wanted.name}"; it has ${found.map(({ name }) => name).join(', ') || 'none'}`
  if (tensor.element !== float32) return `the ${kind} "${wanted.name}" of ${file} is not float32`
  // An exporter may leave shapes out; then only running it tells.
  if (tensor.shape.length === 0) return null
  const fits =
    tensor.shape.length === wanted.shape.length &&
    tensor.shape.every((size, i) => size === null || wanted.shape[i] === null || size === wanted.shape[i])
  return fits
    ? null
    : `the ${kind} "${wanted.name}" of ${file} is ${shapeText(tensor.shape)}, the manifest says ${shapeText(wanted.shape)}`
}

function wantedOfNetwork(network: PackNetwork): { inputs: Wanted[]; outputs: Wanted[] } {
  const { width, height } = preparationOf(network)
  const { tensor, layout } = network.input
  const batch = network.input.batch === 'any' ? null : network.input.batch
  const shape = layout === 'NCHW' ? [batch, 3, height, width] : [batch, height, width, 3]
  return {
    inputs: [{ name: tensor, shape }],
    outputs: network.outputs.map((output) => ({ name: output.name, shape: [batch, ...output.shape] })),
  }
}

function wantedOfDecoder(decoder: PackDecoder): { inputs: Wanted[]; outputs: Wanted[] } {
  const { layout, width, height, tensor } = decoder.output
  return {
    inputs: [decoder.input, ...(decoder.noise === null ? [] : [decoder.noise])].map((one) => ({
      name: one.tensor,
      shape: [null, ...one.shape],
    })),
    outputs: [{ name: tensor, shape: layout === 'NCHW' ? [null, 3, height, width] : [null, height, width, 3] }],
  }
}

/** BAD_FILE, naming graph and tensor, unless `file` has what the manifest says of it, and wants nothing else. */
export function checkGraph(manifest: PackManifest, file: string, summary: OnnxSummary): Result<null> {
  const wanted = [
    ...manifest.networks.filter((one) => one.file === file).map(wantedOfNetwork),
    ...manifest.decoders.filter((one) => one.file === file).map(wantedOfDecoder),
  ]
  const named = new Set(wanted.flatMap(({ inputs }) => inputs.map(({ name }) => name)))
  const extra = summary.inputs.find(({ name }) => !named.has(name))
  const wrong =
    wanted
      .flatMap(({ inputs, outputs }) => [
        ...inputs.map((one) => compare('input', one, summary.inputs, file)),
        ...outputs.map((one) => compare('output', one, summary.outputs, file)),
      ])
      .find((one) => one !== null) ??
    (extra === undefined ? null : `${file} has an input "${extra.name}" that the manifest does not name`)
  const listed = new Set(manifest.files.map(({ path }) => path))
  const outside = summary.externalFiles.find((name) => !listed.has(name))
  if (outside !== undefined)
    return failure({
      code: 'NOT_ALLOWED',
      message: `${file} wants to read "${outside}", which is not a file of the pack.`,
      where: file,
      expected: 'weights inside the model, or in a file that the manifest lists',
      fix: 'Export the model with all its weights in one file beside it, and list that file.',
    })
  return wrong === null
    ? success(null)
    : failure({
        code: 'BAD_FILE',
        message: `The graph does not fit the manifest: ${wrong}.`,
        where: file,
        fix: 'Correct the manifest, or export the graph again.',
      })
}
