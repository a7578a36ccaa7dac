/**
 * The conditions of the experiments as a table: a name, how the mask is made and how stage 2 runs. Names are those of the
 * command line's rows; the default method's row is `troi`.
 */
import type { FixedControl, ScoreControl } from '../controls/masks.ts'
import type { SubjectData } from '../data/subject-data.ts'
import type { DecoderSettings, MaskSettings, PresetName } from '../troi/settings.ts'
import { maskPresets } from '../troi/settings.ts'

export type MaskSource =
  /** A selector of ours. */
  | { readonly kind: 'selected'; readonly settings: MaskSettings; readonly pretrained: boolean }
  | { readonly kind: 'fixed'; readonly control: FixedControl; readonly budget: number }
  /** A score of a control, top V of it; σ 0 is unfiltered. */
  | { readonly kind: 'score'; readonly control: ScoreControl; readonly budget: number; readonly sigma: number }

export type Stage2 =
  | { readonly kind: 'network'; readonly settings: DecoderSettings; readonly pretrained: boolean }
  /** Stage 1's weights and M as they are; for selectors without, the starting point of a rewind. */
  | { readonly kind: 'untrained'; readonly settings: DecoderSettings }
  /** The closed-form decoder. */
  | { readonly kind: 'ridge' }

export interface Condition {
  readonly name: string
  readonly mask: MaskSource
  readonly stage2: Stage2
  /** Share of the training trials, from the first, that mask and decoder may see. */
  readonly share: number
}

export const experimentNames = ['controls', 'ablation', 'budget', 'data-amount', 'cross-validation', 'demo'] as const
export type ExperimentName = (typeof experimentNames)[number]

export interface ExperimentPlan {
  readonly experiment: ExperimentName
  readonly seeds: readonly number[]
  /** The method under test; its preset names its row. */
  readonly mask: MaskSettings
  readonly decoder: DecoderSettings
  /** Names of the rows wanted; all by default. */
  readonly only?: readonly string[]
}

/** Width of the filter for the scores of the controls, as measured best for ridge and encoding. */
const controlSigma = 0.7

/** The rows of an experiment for one seed, in order; controls that the subject cannot have are left out. */
export function conditionsOf(
  plan: ExperimentPlan,
  seed: number,
  subject: Pick<SubjectData, 'annotated' | 'truth' | 'space'>,
  pretrained: boolean,
): Condition[] {
  const build = new ConditionBuilder({ ...plan.mask, seed }, { ...plan.decoder, seed }, pretrained)
  const all = {
    controls: () => controls(build),
    ablation: () => ablation(build),
    budget: () => budgets(build, subject.space.index.length),
    'data-amount': () => dataAmounts(build),
    'cross-validation': () => crossValidation(build),
    demo: () => [...controls(build), ...otherPresets(build), ...ablation(build)],
  }[plan.experiment]()
  const seen = new Set<string>()
  return all.filter(({ name, mask }) => {
    const missing =
      mask.kind === 'fixed' &&
      ((mask.control === 'true' && subject.truth === null) ||
        ((mask.control === 'annotated' || mask.control === 'random-in-annotated') && subject.annotated === null))
    const unwanted = plan.only !== undefined && !plan.only.includes(name)
    if (missing || unwanted || seen.has(name)) return false
    seen.add(name)
    return true
  })
}

class ConditionBuilder {
  readonly mask: MaskSettings
  readonly pretrained: boolean
  readonly #decoder: DecoderSettings

  constructor(mask: MaskSettings, decoder: DecoderSettings, pretrained: boolean) {
    this.mask = mask
    this.pretrained = pretrained
    this.#decoder = decoder
  }

  /** Whether there are input weights that stage 2 could keep: Algorithm 1's, or a ridge fit to a backbone's latents. */
  get keepsWeights(): boolean {
    return this.pretrained || !(this.mask.preset === 'troi' || this.mask.preset === 'instant')
  }

  selected(
    change: (settings: MaskSettings) => MaskSettings = (same) => same,
    pretrained = this.pretrained,
  ): MaskSource {
    return { kind: 'selected', settings: change(this.mask), pretrained }
  }

  preset(preset: PresetName): MaskSource {
    const { budget, seed } = this.mask
    return this.selected((own) => (own.preset === preset ? own : { ...maskPresets[preset], budget, seed }))
  }

  fixed(control: FixedControl): MaskSource {
    return { kind: 'fixed', control, budget: this.mask.budget }
  }

  score(control: ScoreControl, sigma: number): MaskSource {
    return { kind: 'score', control, budget: this.mask.budget, sigma }
  }

  network(change: Partial<DecoderSettings> = {}, pretrained = this.pretrained): Stage2 {
    return { kind: 'network', settings: { ...this.#decoder, ...change }, pretrained }
  }

  untrained(): Stage2 {
    return { kind: 'untrained', settings: { ...this.#decoder, restart: 'rewind' } }
  }

  row(name: string, mask: MaskSource, stage2: Stage2 = this.network(), share = 1): Condition {
    return { name, mask, stage2, share }
  }
}

/** Everything a mask must beat. */
function controls(build: ConditionBuilder): Condition[] {
  const method = build.mask.preset
  const ridge: Stage2 = { kind: 'ridge' }
  return [
    build.row(method, build.selected()),
    build.row('annotated', build.fixed('annotated')),
    build.row('whole', build.fixed('whole')),
    build.row('random', build.fixed('random')),
    build.row('random-in-annotated', build.fixed('random-in-annotated')),
    ...(['noise-ceiling', 'encoding', 'ridge'] as const).flatMap((control) => [
      build.row(control, build.score(control, 0)),
      build.row(`${control}+filter`, build.score(control, controlSigma)),
    ]),
    build.row('instant', build.preset('instant')),
    build.row('true', build.fixed('true')),
    build.row(`decoder-ridge:${method}`, build.selected(), ridge),
    build.row('decoder-ridge:annotated', build.fixed('annotated'), ridge),
    build.row('decoder-ridge:whole', build.fixed('whole'), ridge),
    build.row('decoder-ridge:true', build.fixed('true'), ridge),
  ]
}

function otherPresets(build: ConditionBuilder): Condition[] {
  return (['troi', 'memory', 'paper'] as const).map((preset) => build.row(preset, build.preset(preset)))
}

function unfiltered(settings: MaskSettings): MaskSettings {
  return { ...settings, sigma: 0, algorithm1: { ...settings.algorithm1, loopSigma: 0 } }
}

/** Table 2 of the paper, and what it leaves open. "Rewinding" there means that stage 2 exists at all. */
function ablation(build: ConditionBuilder): Condition[] {
  const method = build.row(build.mask.preset, build.selected())
  const noFilter = build.row('without-filter', build.selected(unfiltered))
  return [
    method,
    ...(build.pretrained ? withoutPretraining(build) : []),
    noFilter,
    ...(build.keepsWeights ? restarts(build) : []),
    ...(build.pretrained ? unfrozen(build) : []),
  ]
}

function withoutPretraining(build: ConditionBuilder): Condition[] {
  const stage2 = build.network({ restart: 'scratch' }, false)
  return [
    build.row('without-pretraining', build.selected(undefined, false), stage2),
    build.row('annotated-without-pretraining', build.fixed('annotated'), stage2),
  ]
}

function restarts(build: ConditionBuilder): Condition[] {
  return [
    build.row('without-rewinding', build.selected(), build.untrained()),
    build.row('without-filter-and-rewinding', build.selected(unfiltered), build.untrained()),
    build.row('rewind', build.selected(), build.network({ restart: 'rewind' })),
    build.row('finetune', build.selected(), build.network({ restart: 'finetune' })),
  ]
}

function unfrozen(build: ConditionBuilder): Condition[] {
  return [
    build.row('unfrozen', build.selected(), build.network({ trainBackbone: true })),
    build.row('annotated-unfrozen', build.fixed('annotated'), build.network({ trainBackbone: true })),
  ]
}

/** Table 3 of the paper. */
function budgets(build: ConditionBuilder, voxels: number): Condition[] {
  const { budget, preset } = build.mask
  const steps = [
    ['V/3', 1 / 3],
    ['2V/3', 2 / 3],
    ['V', 1],
    ['2V', 2],
  ] as const
  const rows = steps.map(([label, factor]) => {
    const own = Math.min(voxels, Math.max(1, Math.round(factor * budget)))
    return build.row(
      `${preset}@${label}`,
      build.selected((settings) => ({ ...settings, budget: own })),
    )
  })
  return [...rows, build.row('annotated', build.fixed('annotated'))]
}

/** Figure 1 of the paper: less of the session. */
function dataAmounts(build: ConditionBuilder): Condition[] {
  return [0.25, 0.5, 0.75, 1].flatMap((share) => {
    const label = `@${100 * share}%`
    return [
      build.row(`${build.mask.preset}${label}`, build.selected(), undefined, share),
      build.row(`annotated${label}`, build.fixed('annotated'), undefined, share),
    ]
  })
}

/** The method and the strongest cheap controls, for data with labels. */
function crossValidation(build: ConditionBuilder): Condition[] {
  const method = build.mask.preset
  const ridge: Stage2 = { kind: 'ridge' }
  return [
    build.row(method, build.selected()),
    build.row(`decoder-ridge:${method}`, build.selected(), ridge),
    build.row('annotated', build.fixed('annotated')),
    build.row('decoder-ridge:annotated', build.fixed('annotated'), ridge),
    build.row('whole', build.fixed('whole')),
    build.row('decoder-ridge:whole', build.fixed('whole'), ridge),
    build.row('random', build.fixed('random')),
    build.row('encoding+filter', build.score('encoding', controlSigma)),
    build.row('ridge+filter', build.score('ridge', controlSigma)),
  ]
}
