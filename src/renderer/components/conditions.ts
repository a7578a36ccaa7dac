/** The conditions of experiments as people read them: name, remark, mark and group for the names in the engine's tables. */
import type { Mark } from './marks.tsx'

export const conditionGroups = [
  'Method',
  'Controls',
  'Changed or one part taken out',
  'Closed-form decoder',
  'Upper bound',
] as const
export type ConditionGroup = (typeof conditionGroups)[number]

export interface ConditionLook {
  readonly name: string
  readonly remark: string
  readonly mark: Mark
  readonly group: ConditionGroup
}

const names: Readonly<Record<string, readonly [name: string, remark?: string]>> = {
  troi: ['TROI'],
  memory: ['Algorithm 1', 'memory score'],
  paper: ['Algorithm 1', 'as printed'],
  mindeye2: ['Algorithm 1', 'MindEye2 training'],
  instant: ['Instant mask', 'closed form'],
  annotated: ['Annotated ROI'],
  whole: ['Whole crop', 'all voxels in the brain'],
  random: ['Random voxels', 'same count'],
  'random-in-annotated': ['Random in the ROI', 'same count'],
  'noise-ceiling': ['Noise ceiling'],
  encoding: ['Encoding score'],
  ridge: ['Ridge weights'],
  true: ['True voxels', 'simulated only'],
  'without-filter': ['without filter'],
  'without-pretraining': ['without pretraining'],
  'without-rewinding': ['without rewinding'],
  'without-filter-and-rewinding': ['without filter, rewinding'],
  'annotated-without-pretraining': ['Annotated ROI', 'without pretraining'],
  'annotated-unfrozen': ['Annotated ROI', 'backbone trained'],
  rewind: ['rewind', 'keeps weights'],
  finetune: ['finetune', 'keeps weights'],
  unfrozen: ['backbone trained'],
}

const controls = new Set([
  'annotated',
  'whole',
  'random',
  'random-in-annotated',
  'noise-ceiling',
  'encoding',
  'ridge',
  'instant',
])

/** A share of the session or of the budget behind an @, as in troi@25% or troi@2V/3. */
function amount(text: string): string {
  return text.endsWith('%') ? `${text.slice(0, -1)} % of the trials` : `budget ${text}`
}

/** `method` is the condition under test. Names that are not known are shown as they are. */
export function lookOf(condition: string, method: string): ConditionLook {
  const closedForm = condition.startsWith('decoder-ridge:')
  const [withFilter, at] = condition.replace('decoder-ridge:', '').split('@') as [string, string | undefined]
  const base = withFilter.replace('+filter', '')
  const [name, remark = ''] = names[base] ?? [base]
  const remarks = [remark, withFilter.endsWith('+filter') ? 'filtered' : '', at === undefined ? '' : amount(at)]
  return {
    name,
    remark: remarks.filter((part) => part !== '').join(', '),
    mark: markOf(base, method),
    group: closedForm ? 'Closed-form decoder' : groupOf(base, method),
  }
}

function markOf(base: string, method: string): Mark {
  if (base === 'true') return 'truth'
  if (base.startsWith('annotated')) return 'annotated'
  if (base === method) return 'method'
  return controls.has(base) ? 'control' : 'variant'
}

function groupOf(base: string, method: string): ConditionGroup {
  if (base === method) return 'Method'
  if (base === 'true') return 'Upper bound'
  return controls.has(base) ? 'Controls' : 'Changed or one part taken out'
}
