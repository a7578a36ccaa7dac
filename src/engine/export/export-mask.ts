/**
 * A mask as a BIDS derivative: the binary mask in the subject's own grid and, if asked for, on a crop of it, the
 * maps it was chosen by, tables, and sidecars that say how it came about and who judged it. Written into a folder that other masks
 * may share; a file that is there already with other content is never overwritten.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type ResultTable, toCsv, toTsv } from '../../core/table/table-text.ts'
import { type Box, cropGrid, cropVolume } from '../../core/volume/crop.ts'
import { gridSize } from '../../core/volume/grid.ts'
import type { ExperimentTable, MaskDossier } from '../mask-dossier.ts'
import { onWholeGrid } from '../mask-item.ts'
import {
  bidsIgnore,
  cropReference,
  datasetDescription,
  maker,
  maskSidecar,
  ownGrid,
  participant,
  readme,
  taskOf,
} from './sidecar.ts'
import { conditionTable, decodingTable, voxelTable } from './tables.ts'
import { type Exported, writeFiles } from './write-files.ts'
import { niftiGz } from './write-nifti.ts'

type NamedFile = readonly [string, Uint8Array]

const text = (value: string) => Buffer.from(value)
const json = (value: unknown) => text(`${JSON.stringify(value, null, 2)}\n`)

/** A map as a file in the subject's own grid, and another on the crop where there is one; each with its sidecar. */
function mapFiles(
  dossier: MaskDossier,
  { values, description }: { readonly values: Uint8Array | Float32Array; readonly description: string },
  sidecar: Readonly<Record<string, unknown>>,
  nameIn: (space: string) => string,
  box: Box | null,
): NamedFile[] {
  const { grid, index } = dossier.loaded.data.space
  const whole =
    values instanceof Uint8Array
      ? onWholeGrid(values, index, new Uint8Array(gridSize(grid)))
      : onWholeGrid(values, index, new Float32Array(gridSize(grid)))
  const own: NamedFile[] = [
    [`${nameIn('orig')}.nii.gz`, niftiGz({ grid, values: whole, description })],
    [`${nameIn('orig')}.json`, json({ ...sidecar, SpatialReference: ownGrid })],
  ]
  if (box === null) return own
  return [
    ...own,
    [
      `${nameIn('crop')}.nii.gz`,
      niftiGz({ grid: cropGrid(grid, box), values: cropVolume(whole, grid, box), description }),
    ],
    [`${nameIn('crop')}.json`, json({ ...sidecar, SpatialReference: cropReference(box) })],
  ]
}

export interface ExportForm {
  /** Of the workstation. */
  readonly version: string
  /** A box of the subject's grid to write the maps on as well; null for the whole grid only. */
  readonly crop: Box | null
}

/** Every file of one mask, relative to the folder of the data set. */
export function filesOfMask(
  dossier: MaskDossier,
  tables: readonly ExperimentTable[],
  { version, crop }: ExportForm,
): NamedFile[] {
  const { mask, result, subject, stability } = dossier
  const { grid, index } = dossier.loaded.data.space
  const who = participant(subject.name)
  const what = `${result.preset}${mask.name.replace(/[^A-Za-z0-9]/g, '')}`
  const task = taskOf(dossier.provenance)
  const named = (suffix: string) => (space: string) =>
    `${who}/func/${who}_task-${task}_space-${space}_label-visual_desc-${what}_${suffix}`
  const frequency = stability?.result.frequency ?? null
  const table = (name: string, content: ResultTable): NamedFile[] =>
    content.rows.length === 0
      ? []
      : [
          [`tables/${who}_${what}_${name}.tsv`, text(toTsv(content))],
          [`tables/${who}_${what}_${name}.csv`, text(toCsv(content))],
        ]
  return [
    ['dataset_description.json', json(datasetDescription(version))],
    ['README.md', text(readme)],
    ['.bidsignore', text(bidsIgnore)],
    ...mapFiles(
      dossier,
      { values: result.mask, description: `TROI mask, ${mask.voxels} voxels` },
      maskSidecar(dossier, version),
      named('mask'),
      crop,
    ),
    ...mapFiles(
      dossier,
      { values: result.score, description: 'TROI filtered score' },
      {
        Description: 'Filtered score of every voxel; the mask holds the highest ones. Not a probability.',
        Threshold: mask.threshold,
      },
      named('weights'),
      crop,
    ),
    ...(frequency === null
      ? []
      : mapFiles(
          dossier,
          { values: frequency, description: 'Share of repeats that chose a voxel' },
          {
            Description: `Share of ${stability?.result.repeats.length} repeats of the mask that chose each voxel, 0 to 1.`,
            Repeats: stability?.result.repeats,
          },
          named('frequency'),
          crop,
        )),
    ...table('voxels', voxelTable(result, grid, index, frequency)),
    ...table('decoding', decodingTable(dossier.decoders)),
    ...table('conditions', conditionTable(tables)),
  ]
}

/** What describes the folder as a whole. In a data set of ours people may add to it, their names for example. */
const describing = new Set(['dataset_description.json', 'README.md', '.bidsignore'])

const ours = z.looseObject({
  DatasetType: z.literal('derivative'),
  GeneratedBy: z.array(z.looseObject({ Name: z.string() })).refine((made) => made.some(({ Name }) => Name === maker)),
})

/** Whether a folder is a data set of exported masks already, by its own description. */
function isOurs(folder: string): boolean {
  try {
    return ours.safeParse(JSON.parse(readFileSync(join(folder, 'dataset_description.json'), 'utf8'))).success
  } catch {
    return false
  }
}

/**
 * Into a data set of earlier exports, also of another version, only the mask's own files are written. ALREADY_EXISTS, READ_ONLY or
 * DISK_FULL where the files cannot be written.
 */
export function exportMask(
  dossier: MaskDossier,
  tables: readonly ExperimentTable[],
  form: ExportForm,
  folder: string,
): Exported {
  const files = filesOfMask(dossier, tables, form)
  if (!isOurs(folder)) return writeFiles(folder, files)
  const isKept = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name)
    return describing.has(name) && existsSync(path) && !readFileSync(path).equals(bytes)
  }
  return writeFiles(
    folder,
    files.filter(([name, bytes]) => !isKept(name, bytes)),
  )
}
