/**
 * Recipes for the public data sets that `run.ts` decodes, with the product's usual settings. Nothing here was chosen by looking at
 * a held-out accuracy: the high-pass is 128 s, windows and delays are the schema's, budgets are about a fifth of the voxels.
 */
import { type Recipe, recipeSchema } from '../../src/core/contract/recipe.ts'

export interface Case {
  readonly name: string
  /** Folder below --data that must be there. */
  readonly folder: string
  readonly budget: number
  readonly recipe: Recipe
}

const twelve = Array.from({ length: 12 }, (_, at) => at + 1)
const openfmri = 'haxby2001_openfmri_layout/sub001/BOLD'

/** Haxby et al. 2001, subject 1, one slice, as separate runs with events (the layout of OpenfMRI). */
function slice(name: string, trials: object): Case {
  const recipe = recipeSchema.parse({
    version: 1,
    subject: 'haxby1',
    description: 'Haxby et al. 2001, subject 1, one axial slice, 24 s blocks of eight categories, twelve runs.',
    images: twelve.map((run) => {
      const folder = `${openfmri}/task001_run${String(run).padStart(3, '0')}`
      return { path: `${folder}/bold_1slice.nii.gz`, run, table: `${folder}/bold_events.tsv` }
    }),
    table: { columns: { label: 'trial_type' }, rows: 'events' },
    brainMask: 'mask.nii.gz',
    trials: { detrend: false, highPassSeconds: 128, ...trials },
    split: { rule: 'leave-one-run-out' },
  })
  return { name, folder: 'haxby2001_slice', budget: 100, recipe }
}

export const cases: readonly Case[] = [
  {
    name: 'haxby slice, table of volumes, blocks (as shipped)',
    folder: 'haxby2001_slice',
    budget: 100,
    recipe: recipeSchema.parse({
      version: 1,
      subject: 'haxby1',
      images: [{ path: 'bold.nii.gz' }],
      table: {
        ...{ path: 'attributes_literal.txt', separator: 'space', header: false, rows: 'volumes' },
        ...{ columns: { label: 0, run: 1 }, ignoreLabels: ['rest'] },
      },
      brainMask: 'mask.nii.gz',
      trials: { from: 'blocks' },
      split: { rule: 'leave-one-run-out' },
    }),
  },
  slice('haxby slice, events, response model', { from: 'event-glm' }),
  slice('haxby slice, events, window 4 to 8 s', { from: 'event-window' }),
  slice('haxby slice, events, volume at 5 s', { from: 'event-volume' }),
  {
    name: 'localizer betas, four categories',
    folder: 'localizer_sub1005',
    budget: 240,
    recipe: recipeSchema.parse({
      version: 1,
      subject: '1005',
      description: 'Visual localizer of rMVPA, one beta per block, four runs of eight blocks.',
      images: [1, 2, 3, 4].map((run) => ({
        path: `sub-1005_task-localizer_run-0${run}_bold_space-MNI_preproc_betas_small.nii.gz`,
        run,
        table: `sub-1005_task-localizer_run-0${run}_events.tsv`,
      })),
      table: { separator: 'space', columns: { label: 'BlockType' }, rows: 'trials' },
      brainMask: 'sub-1005-MNI152NLin2009cAsym_small_global_mask.nii',
      trials: { from: 'volumes' },
      split: { rule: 'leave-one-run-out' },
    }),
  },
]
