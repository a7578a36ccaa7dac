/**
 * Which picture embedding a run uses. Backbone, mask and decoder of one subject must use the same one, or the network would read
 * numbers that mean something else; so a stage takes it over from what it builds on, and a different wish is refused.
 */
import { type EmbeddingChoice, embeddingName, type PackSummary } from '../../core/contract/pack.ts'
import type { RunRequest } from '../../core/contract/run.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import type { ProjectStore } from '../project/project-store.ts'

type PackChoice = Exclude<EmbeddingChoice, 'built-in'>

/** The choice that a request carries; built-in where it says nothing. */
export function embeddingOf(request: RunRequest): EmbeddingChoice {
  if (request.kind === 'pretrain' || request.kind === 'mask' || request.kind === 'decode')
    return request.settings.embedding ?? 'built-in'
  return request.kind === 'experiment' ? (request.mask.embedding ?? 'built-in') : 'built-in'
}

/** What the request builds on, and the embedding of that; null where it builds on nothing. */
async function inherited(
  store: ProjectStore,
  request: RunRequest,
): Promise<{ from: string; embedding: EmbeddingChoice } | null> {
  if (request.kind === 'decode') {
    const mask = (await store.masks()).find(({ id }) => id === request.mask)
    return mask === undefined ? null : { from: `mask ${mask.name}`, embedding: mask.embedding ?? 'built-in' }
  }
  if (request.kind !== 'mask' && request.kind !== 'experiment') return null
  const backbone = (await store.backbones()).find(({ id }) => id === request.backbone)
  return backbone === undefined
    ? null
    : { from: `backbone ${backbone.name}`, embedding: backbone.embedding ?? 'built-in' }
}

function asked(request: RunRequest): EmbeddingChoice | undefined {
  if (request.kind === 'pretrain' || request.kind === 'mask' || request.kind === 'decode')
    return request.settings.embedding
  return request.kind === 'experiment' ? request.mask.embedding : undefined
}

function withEmbedding(request: RunRequest, embedding: PackChoice): RunRequest {
  switch (request.kind) {
    case 'pretrain':
      return { ...request, settings: { ...request.settings, embedding } }
    case 'mask':
      return { ...request, settings: { ...request.settings, embedding } }
    case 'decode':
      return { ...request, settings: { ...request.settings, embedding } }
    case 'experiment':
      return { ...request, mask: { ...request.mask, embedding } }
    default:
      return request
  }
}

async function subjectsOf(store: ProjectStore, request: RunRequest) {
  const all = await store.subjects()
  if (request.kind === 'pretrain') return all.filter(({ id }) => request.subjects.includes(id))
  if (request.kind === 'mask' || request.kind === 'experiment') return all.filter(({ id }) => id === request.subject)
  if (request.kind !== 'decode') return []
  const mask = (await store.masks()).find(({ id }) => id === request.mask)
  return all.filter(({ id }) => id === mask?.subject)
}

/**
 * The request with its embedding settled: taken over from backbone or mask, and tied to the checksum of the pack as it is now.
 * Throws ProblemError BAD_PARAMETER where it differs from what the run builds on or the subject has labels, NOT_FOUND where the
 * pack or output is not there, CHECKSUM where the pack is no longer the one that was used.
 */
export async function settleEmbedding(
  store: ProjectStore,
  packs: readonly PackSummary[],
  request: RunRequest,
): Promise<RunRequest> {
  const wish = asked(request)
  const basis = await inherited(store, request)
  if (wish !== undefined && basis !== null && embeddingName(wish) !== embeddingName(basis.embedding))
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `The embedding ${embeddingName(wish)} does not fit ${basis.from}, which uses ${embeddingName(basis.embedding)}.`,
      where: 'embedding',
      expected: embeddingName(basis.embedding),
      fix: 'Leave the embedding out, or build on something that was made with it.',
    })
  const choice = basis?.embedding ?? wish ?? 'built-in'
  if (choice === 'built-in') return request
  const labelled = (await subjectsOf(store, request)).find(({ targets }) => targets === 'labels')
  if (labelled !== undefined)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `${labelled.name} has labels, not pictures; a pack embeds pictures.`,
      where: 'embedding',
      expected: 'built-in',
      fix: 'Leave the embedding out.',
    })
  return withEmbedding(request, pinned(choice, packs))
}

function pinned(choice: PackChoice, packs: readonly PackSummary[]): PackChoice {
  const pack = packs.find(({ name }) => name === choice.pack)
  const refuse = (problem: Omit<Problem, 'where'>): never => {
    throw new ProblemError({ ...problem, where: 'embedding' })
  }
  const all = packs.flatMap(({ name, outputs }) =>
    outputs.filter((output) => output.embedding).map((output) => `${name}/${output.name}`),
  )
  const expected = ['built-in', ...all].join(', ')
  if (pack === undefined)
    return refuse({
      code: 'NOT_FOUND',
      message: `There is no pack called "${choice.pack}".`,
      expected,
      fix: 'Install it with "troi packs install".',
    })
  if (pack.problem !== null)
    return refuse({ code: 'BAD_FILE', message: `The pack ${pack.name} cannot be used: ${pack.problem}` })
  if (!pack.outputs.some(({ name, embedding }) => embedding && name === choice.output))
    return refuse({
      code: 'NOT_FOUND',
      message: `The pack ${pack.name} has no embedding called "${choice.output}".`,
      expected,
    })
  if (choice.manifest !== undefined && choice.manifest !== pack.manifest)
    return refuse({
      code: 'CHECKSUM',
      message: `The pack ${pack.name} is not the one that was used before.`,
      expected: `manifest ${choice.manifest}, found ${pack.manifest}`,
      fix: 'Install the earlier version again, or start from pretraining with this one.',
    })
  return { pack: choice.pack, output: choice.output, manifest: pack.manifest }
}
