/**
 * The functional runs of one subject: every BOLD image, raw or preprocessed, with the events, confounds, brain mask and times that
 * belong to it.
 */
import { z } from 'zod'
import { type BidsDataset, subjectFiles } from './dataset.ts'
import { applicable, inheritedJson } from './inherit.ts'
import { type BidsFile, compareLabels, sameLabel } from './names.ts'

export interface BidsRun {
  readonly image: BidsFile
  /** What `space` in questions calls it: raw, or the space of a preprocessed image, with its resolution and pipeline where needed. */
  readonly space: string
  readonly events: string | null
  readonly confounds: string | null
  readonly brainMask: string | null
  readonly repetitionSeconds: number | null
  readonly startSeconds: number
}

export interface SubjectRuns {
  readonly runs: readonly BidsRun[]
  /** Events files that lie beside no image. */
  readonly eventsAlone: readonly string[]
}

const imageExtensions = new Set(['.nii', '.nii.gz'])
/** Entities that a derivative adds to the name of its raw image. */
const derived = new Set(['space', 'res', 'den', 'desc', 'label'])

function isImage(file: BidsFile): boolean {
  return file.suffix === 'bold' && imageExtensions.has(file.extension) && file.entities.part !== 'phase'
}

/** Entities without those that a derivative adds. */
export function rawEntities(file: BidsFile): Record<string, string> {
  return Object.fromEntries(Object.entries(file.entities).filter(([name]) => !derived.has(name)))
}

const timesSchema = z.looseObject({
  RepetitionTime: z.number().positive().optional().catch(undefined),
  StartTime: z.number().optional().catch(undefined),
})

export async function runsOfSubject(dataset: BidsDataset, subject: string): Promise<SubjectRuns> {
  const raw = await subjectFiles(dataset, '', subject)
  const funcOf = (file: BidsFile) => file.folder.replace(/^derivatives\/[^/]+\//, '')
  const runs: BidsRun[] = []
  for (const image of raw.filter((file) => isImage(file) && file.entities.sub === subject))
    runs.push(await rawRun(dataset, raw, image))
  for (const pipeline of dataset.pipelines) {
    const files = await subjectFiles(dataset, `derivatives/${pipeline}`, subject)
    for (const image of files.filter((file) => isImage(file) && file.entities.desc === 'preproc')) {
      const own = rawEntities(image)
      const beside = (suffixes: readonly string[], desc: string, space: boolean) =>
        files.find(
          (file) =>
            suffixes.includes(file.suffix) &&
            file.entities.desc === desc &&
            file.folder === image.folder &&
            sameEntities(rawEntities(file), own) &&
            (!space || (file.entities.space === image.entities.space && file.entities.res === image.entities.res)) &&
            (space ? imageExtensions.has(file.extension) : file.extension === '.tsv'),
        )?.path ?? null
      const times = timesSchema.parse({
        ...(await inheritedJson(dataset, raw, 'bold', own, funcOf(image))),
        ...(await inheritedJson(dataset, files, 'bold', image.entities, image.folder)),
      })
      const { space = 'func', res } = image.entities
      const name = res === undefined ? space : `${space}:res-${res}`
      runs.push({
        image,
        space: dataset.pipelines.length > 1 ? `${pipeline}:${name}` : name,
        events: applicable(raw, 'events', '.tsv', own, funcOf(image)).at(-1)?.path ?? null,
        confounds: beside(['timeseries', 'regressors'], 'confounds', false),
        brainMask: beside(['mask'], 'brain', true),
        repetitionSeconds: times.RepetitionTime ?? null,
        startSeconds: times.StartTime ?? 0,
      })
    }
  }
  const eventsAlone = raw
    .filter((file) => file.suffix === 'events' && file.extension === '.tsv' && file.entities.run !== undefined)
    .filter((file) => file.entities.sub === subject && !runs.some((run) => run.events === file.path))
    .map((file) => file.path)
  return { runs: runs.toSorted((a, b) => compareRuns(a.image, b.image)), eventsAlone }
}

async function rawRun(dataset: BidsDataset, files: readonly BidsFile[], image: BidsFile): Promise<BidsRun> {
  const times = timesSchema.parse(await inheritedJson(dataset, files, 'bold', image.entities, image.folder))
  return {
    image,
    space: 'raw',
    events: applicable(files, 'events', '.tsv', image.entities, image.folder).at(-1)?.path ?? null,
    confounds: null,
    brainMask: null,
    repetitionSeconds: times.RepetitionTime ?? null,
    // Raw slices are measured over the whole repetition; the first volume stands for its beginning until they are corrected.
    startSeconds: 0,
  }
}

function sameEntities(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => sameLabel(name, a[name], b[name]))
}

function compareRuns(a: BidsFile, b: BidsFile): number {
  return (
    compareLabels(a.entities.ses, b.entities.ses) ||
    compareLabels(a.entities.run, b.entities.run) ||
    compareLabels(a.path, b.path)
  )
}
