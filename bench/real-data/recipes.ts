/**
 * Recipes for the public data sets that `run.ts` decodes, with the product's usual settings. Nothing here was chosen by looking at
 * a held-out accuracy: the high-pass is 128 s, windows and delays are the schema's, budgets are about a fifth of the voxels.
 */
import { type Recipe, recipeSchema } from '../../src/core/contract/recipe.ts'

export interface Case {
  readonly name: string
  /** Folders below --data that must be there; paths of the recipe are relative to --data. */
  readonly folders: readonly string[]
  readonly budget: number
  readonly recipe: Recipe
}

const twelve = Array.from({ length: 12 }, (_, at) => at + 1)
const haxby = 'haxby2001_slice'
const openfmri = `${haxby}/haxby2001_openfmri_layout/sub001/BOLD`
const localizer = 'localizer_sub1005/sub-1005'
const two = (run: number) => String(run).padStart(2, '0')

/**
 * Haxby et al. 2001, subject 1, one slice, as separate runs. Events are those of the OpenfMRI layout that comes with the images (whole
 * blocks; their onsets are the labels of volumes, which lie some seconds after the pictures began), or those of ds105
 * (single pictures, joined to blocks, as the preview offers).
 */
function slice(name: string, events: 'openfmri' | 'ds105', trials: object): Case {
  const recipe = recipeSchema.parse({
    version: 1,
    subject: 'haxby1',
    description: 'Haxby et al. 2001, subject 1, one axial slice, 24 s blocks of eight categories, twelve runs.',
    images: twelve.map((run) => {
      const folder = `${openfmri}/task001_run0${two(run)}`
      const bids = `bids_ds105/sub-1/func/sub-1_task-objectviewing_run-${two(run)}_events.tsv`
      const table = events === 'openfmri' ? `${folder}/bold_events.tsv` : bids
      return { path: `${folder}/bold_1slice.nii.gz`, run, table }
    }),
    table: {
      ...{ columns: { label: 'trial_type' }, rows: 'events' },
      ...(events === 'ds105' ? { joinSeconds: 1.5 } : {}),
    },
    brainMask: `${haxby}/mask.nii.gz`,
    trials: { detrend: false, highPassSeconds: 128, ...trials },
    split: { rule: 'leave-one-run-out' },
  })
  return { name, folders: events === 'ds105' ? [haxby, 'bids_ds105'] : [haxby], budget: 100, recipe }
}

export const cases: readonly Case[] = [
  {
    name: 'haxby slice, table of volumes, blocks (as shipped)',
    folders: [haxby],
    budget: 100,
    recipe: recipeSchema.parse({
      version: 1,
      subject: 'haxby1',
      images: [{ path: `${haxby}/bold.nii.gz` }],
      table: {
        ...{ path: `${haxby}/attributes_literal.txt`, separator: 'space', header: false, rows: 'volumes' },
        ...{ columns: { label: 0, run: 1 }, ignoreLabels: ['rest'] },
      },
      brainMask: `${haxby}/mask.nii.gz`,
      trials: { from: 'blocks' },
      split: { rule: 'leave-one-run-out' },
    }),
  },
  slice('haxby slice, events of ds105, response model', 'ds105', { from: 'event-glm' }),
  slice('haxby slice, events of the layout, response model', 'openfmri', { from: 'event-glm' }),
  slice('haxby slice, events of the layout, window 4 to 8 s', 'openfmri', { from: 'event-window' }),
  slice('haxby slice, events of the layout, volume at 5 s', 'openfmri', { from: 'event-volume' }),
  betas('localizer betas, four categories', {}),
  betas('localizer betas, four categories, runs centred', { centreRuns: true }),
]

/** The visual localizer of rMVPA: one beta per block, four runs of eight blocks. */
function betas(name: string, trials: object): Case {
  const recipe = recipeSchema.parse({
    version: 1,
    subject: '1005',
    images: [1, 2, 3, 4].map((run) => ({
      path: `${localizer}_task-localizer_run-0${run}_bold_space-MNI_preproc_betas_small.nii.gz`,
      run,
      table: `${localizer}_task-localizer_run-0${run}_events.tsv`,
    })),
    table: { separator: 'space', columns: { label: 'BlockType' }, rows: 'trials' },
    brainMask: `${localizer}-MNI152NLin2009cAsym_small_global_mask.nii`,
    trials: { from: 'volumes', ...trials },
    split: { rule: 'leave-one-run-out' },
  })
  return { name, folders: ['localizer_sub1005'], budget: 240, recipe }
}
