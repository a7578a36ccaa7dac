import { beforeAll, describe, expect, it } from 'vitest'
import { type TableRow, tableRowSchema } from '../contract/result.ts'
import type { ImportedTrials } from '../data/imported-trials.ts'
import { type RunContext, silentContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import { Random } from '../random/random.ts'
import { tf } from '../tensor/tf.ts'
import { pretrain } from '../troi/pretrain.ts'
import { maskPresets } from '../troi/settings.ts'
import { openReference, tinyDecoderSettings, tinyMaskSettings, tinyPretrainSettings } from '../troi/test-support.ts'
import { tinySubject, tinyTargets } from '../troi/tiny-world.ts'
import { conditionsOf, type ExperimentName, type ExperimentPlan } from './conditions.ts'
import { type ExperimentDeps, runExperiment } from './run-experiment.ts'
import { labelWorld, pictureWorld, type World } from './world.ts'

const targets = tinyTargets(160, 1)
const subject = tinySubject('new', targets, 5)
const compute = openReference()
let world: World

beforeAll(async () => {
  await tf.setBackend('wasm')
  await tf.ready()
  const inputs = [1, 2].map((seed) => ({ subject: tinySubject(`s${seed}`, targets, seed), targets }))
  const backbone = await pretrain(inputs, { ...tinyPretrainSettings, epochs: 2 }, compute, silentContext())
  world = pictureWorld(subject, targets, backbone, null)
})

function plan(experiment: ExperimentName, seeds = [0]): ExperimentPlan {
  const decoder = { ...tinyDecoderSettings, epochs: 1 }
  return { experiment, seeds, mask: tinyMaskSettings('troi', 19), decoder }
}

function deps(overrides: Partial<ExperimentDeps> = {}): ExperimentDeps {
  let clock = 0
  // One second passes between any two looks at the clock.
  const now = () => 1000 * clock++
  return { compute, now, world: async () => world, rowsSoFar: [], rowDone: async () => {}, ...overrides }
}

describe('conditions', () => {
  const names = (experiment: ExperimentName, pretrained = true, of = subject) =>
    conditionsOf(plan(experiment), 0, of, pretrained).map((condition) => condition.name)

  it('are named as on the command line, the method first', () => {
    expect(names('controls')).toEqual([
      ...['troi', 'annotated', 'whole', 'random', 'random-in-annotated'],
      ...['noise-ceiling', 'noise-ceiling+filter', 'encoding', 'encoding+filter', 'ridge', 'ridge+filter'],
      ...['instant', 'true'],
      ...['decoder-ridge:troi', 'decoder-ridge:annotated', 'decoder-ridge:whole', 'decoder-ridge:true'],
    ])
    expect(names('budget')).toEqual(['troi@V/3', 'troi@2V/3', 'troi@V', 'troi@2V', 'annotated'])
    expect(names('data-amount')).toContain('troi@25%')
    expect(names('ablation')[0]).toBe('troi')
    const demo = names('demo')
    expect(demo).toEqual(expect.arrayContaining(['troi', 'memory', 'paper', 'without-pretraining', 'without-filter']))
    expect(new Set(demo).size).toBe(demo.length)
  })

  it('leave out what a subject cannot have', () => {
    const bare = { ...subject, annotated: null, truth: null }
    expect(names('controls', true, bare).filter((name) => /annotated|true/.test(name))).toEqual([])
    // Without a backbone there is nothing to leave out or to unfreeze, and the closed form keeps no weights.
    expect(names('ablation', false)).toEqual(['troi', 'without-filter'])
  })

  it('give every row the seed of its table', () => {
    for (const { mask, stage2 } of conditionsOf(plan('ablation'), 7, subject, true)) {
      if (mask.kind === 'selected') expect(mask.settings.seed).toBe(7)
      if (stage2.kind !== 'ridge') expect(stage2.settings.seed).toBe(7)
    }
  })
})

describe('running an experiment', () => {
  it('gives rows as the contract describes them', async () => {
    const done: TableRow[] = []
    const rows = await runExperiment(
      plan('budget'),
      deps({ rowDone: async (row) => void done.push(row) }),
      silentContext(),
    )
    expect(done).toEqual(rows)
    for (const row of rows) expect(tableRowSchema.parse(row)).toEqual(row)
    expect(rows.map((row) => row.voxels)).toEqual([6, 13, 19, 38, 66])
    expect(rows.every((row) => row.dice !== null && row.brainToImage !== null && row.accuracy === null)).toBe(true)
    expect(rows.every((row) => row.seconds >= 1)).toBe(true)
    expect(rows[2]!.metrics.brainToImage).toMatchObject({ direction: 'higher', chance: 1 / 40, n: 40 })
  })

  it('counts the time of a mask in every row that uses it', async () => {
    const rows = await runExperiment(plan('controls'), deps(), silentContext())
    const seconds = Object.fromEntries(rows.map((row) => [row.condition, row.seconds]))
    // Start, two looks around the mask, end; a reused mask has no looks of its own but its second counts.
    expect(seconds.troi).toBe(3)
    expect(seconds['decoder-ridge:troi']).toBe(2)
    expect(rows.find((row) => row.condition === 'true')!.dice).toBe(1)
    const without = rows.filter((row) => !row.condition.startsWith('decoder-ridge'))
    expect(new Set(without.map((row) => row.condition)).size).toBe(without.length)
  })

  it('does not make a mask again that was made before by the same settings, and counts its time', async () => {
    const settings = { ...tinyMaskSettings('troi', 19), seed: 0 }
    // A mask that the selector would not choose, so that it can be told from one that it made.
    const mask = Uint8Array.from(subject.space.index, (_, v) => (v < 5 ? 1 : 0))
    const made = [{ settings, result: { mask, stage1: null }, milliseconds: 7000 }]
    const only = ['troi', 'annotated', 'decoder-ridge:troi', 'instant']
    const rows = async (of: World) =>
      runExperiment({ ...plan('controls'), only }, deps({ world: async () => of }), silentContext())
    const [own, given] = [await rows(world), await rows({ ...world, made })]
    const row = (among: TableRow[], name: string) => among.find(({ condition }) => condition === name)!
    expect(row(own, 'troi').voxels).toBe(19)
    expect(row(given, 'troi')).toMatchObject({ voxels: 5, seconds: 8 })
    expect(row(given, 'decoder-ridge:troi')).toMatchObject({ voxels: 5, seconds: 8 })
    for (const other of ['annotated', 'instant'])
      expect({ ...row(given, other), seconds: 0 }).toEqual({ ...row(own, other), seconds: 0 })
  })

  it('knows no Dice where the true voxels are not known', async () => {
    const unknown = pictureWorld({ ...subject, truth: null }, targets, world.backbone, null)
    const rows = await runExperiment(plan('budget'), deps({ world: async () => unknown }), silentContext())
    expect(rows.map((row) => row.dice)).toEqual([null, null, null, null, null])
  })

  it('continues after the last finished row, and makes no data for a finished seed', async () => {
    const whole = await runExperiment(plan('budget', [0, 1]), deps(), silentContext())
    const seeds: number[] = []
    for (const stopAt of [2, 5, 7]) {
      const finished: TableRow[] = []
      let state: RunContext['resume'] = null
      const stopping: RunContext = {
        ...silentContext(),
        async epochEnd(epoch, save) {
          if (epoch !== stopAt) return
          state = await save()
          throw new ProblemError({ code: 'CANCELLED', message: 'Cancelled.' })
        },
      }
      const recorded = deps({ rowDone: async (row) => void finished.push(row) })
      await expect(runExperiment(plan('budget', [0, 1]), recorded, stopping)).rejects.toThrow('Cancelled')
      expect(finished.length).toBe(stopAt)

      seeds.length = 0
      const computed: TableRow[] = []
      const again = deps({
        rowsSoFar: finished,
        rowDone: async (row) => void computed.push(row),
        world: async (seed) => {
          seeds.push(seed)
          return world
        },
      })
      const rows = await runExperiment(plan('budget', [0, 1]), again, silentContext(state))
      expect(computed.length).toBe(whole.length - stopAt)
      expect(seeds).toEqual(stopAt >= 5 ? [1] : [0, 1])
      expect(rows.map((row) => ({ ...row, seconds: 0 }))).toEqual(whole.map((row) => ({ ...row, seconds: 0 })))
    }
  })

  it('restricts mask and decoder to the first trials for the data amount', async () => {
    const rows = await runExperiment(plan('data-amount'), deps(), silentContext())
    expect(rows.map((row) => row.condition).slice(0, 2)).toEqual(['troi@25%', 'annotated@25%'])
    const dice = (name: string) => rows.find((row) => row.condition === name)!.dice!
    expect(dice('troi@100%')).toBeGreaterThan(dice('troi@25%'))
  })

  it('runs the ablation with the restarts of both families of presets', async () => {
    for (const preset of ['troi', 'memory'] as const) {
      const own = { ...plan('ablation'), mask: tinyMaskSettings(preset, 19) }
      const rows = await runExperiment(own, deps(), silentContext())
      expect(rows.map((row) => row.condition)).toEqual(
        expect.arrayContaining([preset, 'without-rewinding', 'rewind', 'finetune', 'unfrozen']),
      )
      for (const row of rows) expect(row.voxels).toBe(row.condition.startsWith('annotated') ? 66 : 19)
    }
  })
})

describe('data with labels', () => {
  const labels = tinyTargets(4, 3, 'labels')
  const faces = tinySubject('labelled', labels, 9, { trials: 48 })
  const trials: ImportedTrials = {
    ...{ name: 'labelled', grid: faces.space.grid, index: faces.space.index, betas: faces.train.betas },
    ...{ label: faces.train.target, labels: labels.names, run: faces.train.run, session: faces.train.session },
    ...{ annotated: faces.annotated, standardise: 'run' as const, targets: 'labels' as const },
  }

  it('pools the answers of all held-out runs', async () => {
    const own: ExperimentPlan = {
      ...plan('cross-validation'),
      mask: { ...maskPresets.instant, budget: 19 },
      decoder: { ...tinyDecoderSettings, epochs: 1 },
    }
    const rows = await runExperiment(
      own,
      deps({ world: async () => labelWorld(trials, labels, null) }),
      silentContext(),
    )
    const ridge = rows.find((row) => row.condition === 'decoder-ridge:instant')!
    expect(ridge.metrics.accuracy).toMatchObject({ n: 48, chance: 0.25 })
    expect(ridge.accuracy).toBeGreaterThan(0.8)
    expect(ridge.brainToImage).toBeNull()
  })

  it('is at chance where labels are shuffled', async () => {
    const order = Random.of(4).permutation(48)
    const shuffled = { ...trials, label: trials.label.map((_, i) => trials.label[order[i]!]!) }
    const own: ExperimentPlan = { ...plan('cross-validation'), mask: { ...maskPresets.instant, budget: 19 } }
    const [first] = conditionsOf(own, 0, faces, false).filter(({ name }) => name === 'decoder-ridge:instant')
    expect(first).toBeDefined()
    const rows = await runExperiment(
      { ...own, decoder: { ...tinyDecoderSettings, epochs: 1 } },
      deps({ world: async () => labelWorld(shuffled, labels, null) }),
      silentContext(),
    )
    const ridge = rows.find((row) => row.condition === 'decoder-ridge:instant')!
    expect(ridge.metrics.accuracy!.interval[0]).toBeLessThan(0.25)
  })
})
