/**
 * Shape of the shared network: everything after a subject's own input layer. One schema serves the command line, the
 * saved model file and the forms; widths and regularisation of parts that are not chosen are simply unused.
 *
 *   h (hidden) → backbone → b (tokens × width) → projector → contrastive loss, retrieval
 *                           b                  → prior     → predicted picture embedding
 */
import { z } from 'zod'

export const backboneKinds = ['residual', 'affine'] as const
export const priorKinds = ['regression', 'diffusion', 'diffusion-transformer'] as const

/** Noise schedule and sampling, used by both diffusion priors. */
export const diffusionSettingsSchema = z.object({
  /** Length T of the cosine noise schedule. */
  timesteps: z.number().int().min(2).max(10_000),
  /** DDIM steps of one sample. */
  samplingSteps: z.number().int().min(1).max(10_000),
  /** Samples averaged into one prediction; one sample carries posterior noise. */
  samples: z.number().int().min(1).max(1024),
  /** 0: deterministic DDIM, 1: as much fresh noise as DDPM (MindEye2). */
  eta: z.number().min(0).max(1),
  /** Residual MLP denoiser only: width and number of blocks. */
  hidden: z.number().int().min(1).max(65_536),
  blocks: z.number().int().min(0).max(64),
})

/** The transformer denoiser of MindEye2 (after DALL·E 2's prior). */
export const transformerSettingsSchema = z.object({
  depth: z.number().int().min(1).max(64),
  heads: z.number().int().min(1).max(256),
  headWidth: z.number().int().min(2).max(1024),
  /** Inner width of the feed-forward part, in multiples of the token width. */
  feedForward: z.number().int().min(1).max(16),
  /** Leading dimensions of each head that are rotated by position; even. */
  rotary: z.number().int().min(2).multipleOf(2),
  relativeBuckets: z.number().int().min(2).multipleOf(2),
  relativeDistance: z.number().int().min(2),
  /** Scale of the cosine-similarity attention. */
  attentionScale: z.number().positive(),
  /** Share of training rows whose brain tokens, or noisy picture tokens, are replaced by learned nulls. */
  brainDropout: z.number().min(0).max(1),
  pictureDropout: z.number().min(0).max(1),
})
export type TransformerSettings = z.infer<typeof transformerSettingsSchema>

export const networkSettingsSchema = z.object({
  /** Width h of the subject layer's output. */
  hidden: z.number().int().min(1).max(16_384),
  blocks: z.number().int().min(0).max(64),
  /** Dropout inside the backbone while it is trained. */
  dropout: z.number().min(0).max(0.95),
  /** residual: as the papers describe; affine: what the released MindEye2 computes. */
  backbone: z.enum(backboneKinds),
  /** Linear layers of the projector: 2 here, 3 in MindEye2. */
  projectorLayers: z.number().int().min(1).max(8),
  prior: z.enum(priorKinds),
  /** Picture embedding: tokens × width numbers. A plain vector has one token. */
  tokens: z.number().int().min(1).max(4096),
  width: z.number().int().min(1).max(65_536),
  diffusion: diffusionSettingsSchema,
  transformer: transformerSettingsSchema,
})
export type NetworkSettings = z.infer<typeof networkSettingsSchema>

/** Numbers in one picture embedding. */
export function embeddingSize(settings: NetworkSettings): number {
  return settings.tokens * settings.width
}

/** MindEye2's published values of the transformer prior. */
const publishedTransformer: TransformerSettings = {
  depth: 6,
  heads: 32,
  headWidth: 52,
  feedForward: 4,
  rotary: 32,
  relativeBuckets: 32,
  relativeDistance: 128,
  attentionScale: 16,
  brainDropout: 0.2,
  pictureDropout: 0.2,
}

/** The part of the settings a user chooses; see `troi/settings.ts`. */
export type ChosenModel = Pick<NetworkSettings, 'hidden' | 'blocks' | 'dropout' | 'backbone' | 'prior'>

/**
 * Complete settings for a model and an embedding. The diffusion defaults (5 DDIM steps, mean of 16 samples) are the best
 * of those measured on the simulated world; the MLP denoiser is as wide as twice the embedding.
 */
export function networkSettings(model: ChosenModel, embedding: { tokens: number; width: number }): NetworkSettings {
  const size = embedding.tokens * embedding.width
  return {
    ...model,
    ...embedding,
    projectorLayers: 2,
    diffusion: { timesteps: 100, samplingSteps: 5, samples: 16, eta: 0, hidden: 2 * size, blocks: 2 },
    transformer: publishedTransformer,
  }
}

/**
 * MindEye2 at its published shape: h = 4096, 256 tokens of 1664, affine backbone, transformer prior. Two details of its
 * sampler differ here: asked for 20 steps it makes 19, and its last ᾱ is smaller (2.4e-7 instead of 1e-4).
 */
export const mindEye2Settings: NetworkSettings = {
  hidden: 4096,
  blocks: 4,
  dropout: 0.15,
  backbone: 'affine',
  projectorLayers: 3,
  prior: 'diffusion-transformer',
  tokens: 256,
  width: 1664,
  diffusion: { timesteps: 100, samplingSteps: 20, samples: 1, eta: 1, hidden: 1664, blocks: 2 },
  transformer: publishedTransformer,
}
