/** The JSON beside the images: what BIDS asks for, and under one key of our own how the mask came about and who judged it. */
import { z } from 'zod'
import { describeReview } from '../../core/contract/review.ts'
import type { Box } from '../../core/volume/crop.ts'
import type { MaskDossier } from '../mask-dossier.ts'
import { settingsOfMask } from './mask-settings.ts'

export const ownGrid = 'The grid of the subject’s own functional images; voxel to mm by the sform of this file.'

/** Name of the program in what it exports. */
export const maker = 'TROI Workstation'

/** The description of the folder as a derivative data set. The same for every export of one version. */
export function datasetDescription(version: string) {
  return {
    Name: 'TROI Workstation masks',
    BIDSVersion: '1.9.0',
    DatasetType: 'derivative',
    GeneratedBy: [
      {
        Name: maker,
        Version: version,
        Description: 'Trainable voxel selection for fMRI decoding (TROI, arXiv 2502.00412).',
      },
    ],
  }
}

export const readme = `# Masks of TROI Workstation

One folder per subject. \`_mask.nii.gz\` holds 0 and 1; the JSON beside it says how the mask was found, with every setting, and
who judged it. \`_weights.nii.gz\` is the score the mask was chosen by, \`_frequency.nii.gz\` the share of repeats that chose a voxel;
BIDS has no names for them, so they are listed in .bidsignore. Files with \`space-crop\` hold the same on the box that
the import was restricted to. \`tables/\` holds the voxels and the results as TSV, and the same as CSV for spreadsheets.
`

/** Maps and tables that BIDS has no names for. The same in every export, so that masks can share a folder. */
export const bidsIgnore = [
  '*_weights.nii.gz',
  '*_weights.json',
  '*_frequency.nii.gz',
  '*_frequency.json',
  'tables',
  '',
].join('\n')

/** "sub-01" and the participant label BIDS allows: letters and digits. */
export function participant(name: string): string {
  return `sub-${name.replace(/^sub-/, '').replace(/[^A-Za-z0-9]/g, '')}`
}

const withImages = z.object({ recipe: z.object({ images: z.array(z.object({ path: z.string() })) }) })

/**
 * The task of the scans, which BIDS wants in the name of a functional file: as the imported files name it, where all name one
 * and the same; else "unnamed". Nothing else in a project says it.
 */
export function taskOf(provenance: unknown): string {
  const parsed = withImages.safeParse(provenance)
  if (!parsed.success) return 'unnamed'
  const tasks = new Set(parsed.data.recipe.images.map(({ path }) => /_task-([A-Za-z0-9]+)_/.exec(path)?.[1]))
  const [task] = tasks
  return tasks.size === 1 && task !== undefined ? task : 'unnamed'
}

/** Sidecar of the mask; the grid is described per file. */
export function maskSidecar(dossier: MaskDossier, version: string) {
  const { mask, result, subject, run, reviews, statistics, stability } = dossier
  const [newest] = reviews
  return {
    Type: 'ROI',
    Description: `${mask.voxels} voxels chosen by the ${result.preset} preset for decoding ${subject.targets} of ${subject.name}.`,
    Sources: [`bids::${participant(subject.name)}`],
    TROIWorkstation: {
      version,
      run: {
        ...{ id: run.id, name: run.name, created: run.created, started: run.started },
        ...{ ended: run.ended, device: run.device },
      },
      request: run.request,
      settings: settingsOfMask(mask, run),
      backbone: dossier.backbone?.name ?? null,
      voxels: {
        ...{ budget: mask.budget, mask: mask.voxels, beforeExactSelection: mask.rawVoxels },
        ...{ left: mask.leftVoxels, right: mask.rightVoxels },
      },
      threshold: mask.threshold,
      overlap: mask.overlap,
      flags: mask.flags,
      statistics,
      stability:
        stability === null
          ? null
          : {
              ...{ run: stability.run.name, repeats: stability.result.repeats },
              ...{ pairwiseDice: stability.result.pairwiseDice, often: stability.often, ...stability.ofMask },
              remarks: stability.remarks,
            },
      // A verdict is about the file with this hash in the project.
      maskFileSha256: mask.sha256,
      review: { status: describeReview(newest ?? null), newest: newest ?? null, history: reviews },
      subject: { name: subject.name, origin: subject.origin, notes: subject.notes },
      provenance: dossier.provenance,
    },
  }
}

/** What a crop's grid is, in words, for the files on it. */
export function cropReference({ start, shape }: Box): string {
  const last = start.map((first, axis) => first + shape[axis]! - 1)
  return `A box of the subject’s own grid: voxels ${start.join(', ')} to ${last.join(', ')}; voxel to mm by the sform of this file.`
}
