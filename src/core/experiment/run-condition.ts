/** One condition of an experiment on every fold of a world: mask, decoder, metrics. Equal masks are made once per seed. */
import { controlScore, fixedMask, maskFromScore } from '../controls/masks.ts'
import { decodeWithRidge, fitRidgeDecoder } from '../controls/ridge-decoder.ts'
import type { SubjectData, Targets, TrialSet } from '../data/subject-data.ts'
import type { Metric } from '../evaluate/metric.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import type { Compute } from '../tensor/compute.ts'
import type { Backbone } from '../troi/backbone.ts'
import { type Decoded, decode } from '../troi/decoder.ts'
import { retrain, untrainedDecoder } from '../troi/retrain.ts'
import { selectVoxels } from '../troi/select-voxels.ts'
import type { Stage1Weights } from '../troi/stage1-weights.ts'
import { overlap } from '../volume/overlap.ts'
import type { Condition, MaskSource, Stage2 } from './conditions.ts'
import type { World } from './world.ts'

export interface ConditionOutcome {
  /** Voxels of the mask; over several folds, the mean, rounded. */
  readonly voxels: number
  /** Against the true voxels, mean over the folds; null where they are not known. */
  readonly dice: number | null
  readonly metrics: Record<string, Metric>
  /** Time that masks taken from an earlier condition had cost there. */
  readonly reusedMilliseconds: number
}

interface ChosenMask {
  readonly mask: Uint8Array
  readonly stage1: Stage1Weights | null
  readonly milliseconds: number
}

export interface ConditionDeps {
  readonly compute: Compute
  now(): number
}

export class ConditionRunner {
  readonly #world: World
  readonly #deps: ConditionDeps
  readonly #seed: number
  readonly #masks = new Map<string, ChosenMask>()

  constructor(world: World, deps: ConditionDeps, seed: number) {
    this.#world = world
    this.#deps = deps
    this.#seed = seed
    for (const { settings, result, milliseconds } of world.made ?? []) {
      const source: MaskSource = { kind: 'selected', settings, pretrained: world.backbone !== null }
      this.#masks.set(keyOf(0, source, 1), { mask: result.mask, stage1: result.stage1, milliseconds })
    }
  }

  async run(condition: Condition, context: RunContext): Promise<ConditionOutcome> {
    const { folds } = this.#world
    const masks: Uint8Array[] = []
    const dices: number[] = []
    const predictions: Decoded[] = []
    let reused = 0
    for (const [i, fold] of folds.entries()) {
      const subject = firstTrials(fold.subject(), condition.share)
      const own = folds.length === 1 ? context : context.child(fold.name)
      const targets = fold.targets ?? this.#world.targets
      const key = keyOf(i, condition.mask, condition.share)
      const known = this.#masks.get(key)
      const chosen = known ?? (await this.#chooseMask(condition.mask, subject, targets, own))
      if (known === undefined) this.#masks.set(key, chosen)
      else reused += known.milliseconds
      masks.push(chosen.mask)
      if (subject.truth !== null) dices.push(overlap(chosen.mask, subject.truth).dice)
      predictions.push(await this.#decodeTest(condition.stage2, subject, targets, chosen, own.child('stage 2')))
    }
    const count = masks.reduce((sum, mask) => sum + mask.reduce((inside, value) => inside + value, 0), 0)
    return {
      voxels: Math.round(count / masks.length),
      dice: dices.length > 0 ? dices.reduce((sum, value) => sum + value / dices.length, 0) : null,
      metrics: this.#world.evaluate(predictions, this.#seed),
      reusedMilliseconds: reused,
    }
  }

  async #chooseMask(
    source: MaskSource,
    subject: SubjectData,
    targets: Targets,
    context: RunContext,
  ): Promise<ChosenMask> {
    const { compute } = this.#deps
    const start = this.#deps.now()
    const done = (mask: Uint8Array, stage1: Stage1Weights | null = null): ChosenMask => ({
      ...{ mask, stage1 },
      milliseconds: this.#deps.now() - start,
    })
    switch (source.kind) {
      case 'fixed':
        return done(fixedMask(source.control, subject, source.budget, this.#seed))
      case 'score': {
        const score = await controlScore(source.control, subject, targets, this.#seed, compute.kernels, context)
        return done(maskFromScore(subject, score, source.budget, source.sigma))
      }
      case 'selected': {
        const backbone = this.#backbone(source.pretrained)
        const stage1 = context.child('mask')
        const result = await selectVoxels(subject, targets, backbone, source.settings, compute, stage1)
        return done(result.mask, result.stage1)
      }
      default:
        throw new TypeError(`unknown mask source ${String(source satisfies never)}`)
    }
  }

  async #decodeTest(
    stage2: Stage2,
    subject: SubjectData,
    targets: Targets,
    { mask, stage1 }: ChosenMask,
    context: RunContext,
  ): Promise<Decoded> {
    const { compute } = this.#deps
    const { backbone } = this.#world
    const { betas } = subject.test
    switch (stage2.kind) {
      case 'ridge': {
        const decoder = await fitRidgeDecoder(subject, targets, mask, this.#seed, compute.kernels, context)
        return decodeWithRidge(decoder, betas, compute.kernels)
      }
      case 'untrained': {
        const decoder = await untrainedDecoder(
          subject,
          targets,
          mask,
          backbone,
          stage2.settings,
          compute,
          context,
          stage1,
        )
        return decode(decoder, betas, compute.kernels, this.#seed)
      }
      case 'network': {
        const own = this.#backbone(stage2.pretrained)
        const decoder = await retrain(subject, targets, mask, own, stage2.settings, compute, context, stage1)
        return decode(decoder, betas, compute.kernels, this.#seed)
      }
      default:
        throw new TypeError(`unknown stage 2 ${String(stage2 satisfies never)}`)
    }
  }

  #backbone(pretrained: boolean): Backbone | null {
    return pretrained ? this.#world.backbone : null
  }
}

/** Masks of equal keys are equal. */
const keyOf = (fold: number, source: MaskSource, share: number) => JSON.stringify([fold, source, share])

/** The first share of the training trials, in the order they were measured. */
function firstTrials(subject: SubjectData, share: number): SubjectData {
  if (share >= 1) return subject
  const { train } = subject
  const trials = Math.max(2, Math.round(share * train.trials))
  const voxels = train.betas.length / train.trials
  const set: TrialSet = {
    trials,
    betas: train.betas.subarray(0, trials * voxels),
    target: train.target.subarray(0, trials),
    session: train.session.subarray(0, trials),
    run: train.run.subarray(0, trials),
  }
  return { ...subject, train: set }
}
