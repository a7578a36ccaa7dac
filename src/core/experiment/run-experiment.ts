/**
 * Runs the rows of an experiment, one after the other: for every seed and condition a mask, a decoder, its metrics on
 * held-out trials, and the time it took. A finished row is never computed again, whoever stopped the run.
 */
import type { TableRow } from '../contract/result.ts'
import type { Metric } from '../evaluate/metric.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import type { Compute } from '../tensor/compute.ts'
import { resumeOf, savedNumbers } from '../troi/saved.ts'
import { type Condition, conditionsOf, type ExperimentPlan } from './conditions.ts'
import { ConditionRunner } from './run-condition.ts'
import type { World } from './world.ts'

export interface ExperimentDeps {
  readonly compute: Compute
  /** Milliseconds of a clock that only runs forward. */
  now(): number
  /** The data of a seed: the same subject for every seed, or a simulated cohort of its own. */
  world(seed: number, context: RunContext): Promise<World>
  /** Rows that an earlier start of this run finished. */
  readonly rowsSoFar: readonly TableRow[]
  rowDone(row: TableRow): Promise<void>
}

const stage = 'experiment'

/** All rows, those of earlier starts included, in the order of seeds and conditions. Throws what the stages throw. */
export async function runExperiment(
  plan: ExperimentPlan,
  deps: ExperimentDeps,
  context: RunContext,
): Promise<TableRow[]> {
  const finished = new Map(deps.rowsSoFar.map((row) => [rowKey(row.seed, row.condition), row]))
  const seedsDone = resumedSeeds(context)
  const rows: TableRow[] = []
  const state = async () => ({ stage, epoch: rows.length, values: { seedsDone: seedsDone.slice() }, arrays: {} })
  for (const seed of plan.seeds) {
    // Its data need not be made again only to find that nothing is left to do.
    if (seedsDone.includes(seed)) {
      rows.push(...deps.rowsSoFar.filter((row) => row.seed === seed))
      continue
    }
    const seedContext = context.child(`seed ${seed}`)
    const world = await deps.world(seed, seedContext)
    const subject = world.folds[0].subject()
    const conditions = conditionsOf(plan, seed, subject, world.backbone !== null)
    const runner = new ConditionRunner(world, deps, seed)
    context.phase(`Compare conditions, seed ${seed}`, conditions.length)
    for (const condition of conditions) {
      const known = finished.get(rowKey(seed, condition.name))
      const row = known ?? (await computeRow(condition, seed, runner, deps, seedContext.child(condition.name)))
      if (known === undefined) await deps.rowDone(row)
      rows.push(row)
      if (condition === conditions.at(-1)) seedsDone.push(seed)
      await context.epochEnd(rows.length, state)
    }
  }
  return rows
}

function resumedSeeds(context: RunContext): number[] {
  const resumed = resumeOf(context.resume, stage)
  return resumed ? savedNumbers(resumed, 'seedsDone') : []
}

function rowKey(seed: number, condition: string): string {
  return `${seed} ${condition}`
}

async function computeRow(
  condition: Condition,
  seed: number,
  runner: ConditionRunner,
  deps: ExperimentDeps,
  context: RunContext,
): Promise<TableRow> {
  const start = deps.now()
  const outcome = await runner.run(condition, context)
  const { metrics } = outcome
  const value = (name: string) => metrics[name]?.value ?? null
  return {
    seed,
    condition: condition.name,
    voxels: outcome.voxels,
    dice: outcome.dice,
    brainToImage: value('brainToImage'),
    imageToBrain: value('imageToBrain'),
    pixCorr: value('pixCorr'),
    ssim: value('ssim'),
    accuracy: value('accuracy'),
    // A mask that another row of this seed made first is not made again, but it counts.
    seconds: (deps.now() - start + outcome.reusedMilliseconds) / 1000,
    metrics: { ...metrics } satisfies Record<string, Metric>,
  }
}
