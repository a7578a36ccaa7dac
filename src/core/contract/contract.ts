/**
 * The contract: the one description of everything a client (window, command line, test) can ask of the engine.
 * Transports carry it unchanged: in process for the command line, WebSocket for a window. Expected failures arrive as the
 * typed error PROBLEM whose data is a `Problem`.
 */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { problemSchema } from '../problem.ts'
import { blobRefSchema, gridSchema, idSchema, placeSchema, timeSchema } from './common.ts'
import { estimateSchema } from './estimate.ts'
import { inputFileSchema, relinkedSchema, relinkRequestSchema } from './inputs.ts'
import { packInstallSchema, packSummarySchema } from './pack.ts'
import { trialStripSchema, unmatchedRowsSchema } from './pairing.ts'
import { ratingInputSchema, ratingSchema } from './rating.ts'
import { recipeChangesSchema, recipeSchema } from './recipe.ts'
import { regionsRequestSchema, regionsSchema } from './regions.ts'
import {
  backboneSchema,
  decoderSchema,
  evaluationSchema,
  exportSchema,
  filmSchema,
  gallerySchema,
  listedMaskSchema,
  maskExportSchema,
  maskVolumesSchema,
  subjectSchema,
  tableSchema,
} from './result.ts'
import { newReviewSchema, reviewSchema } from './review.ts'
import { cohortSizes, runEventSchema, runRequestSchema, runSchema, testReportSchema } from './run.ts'
import { slurmSettingsSchema } from './slurm.ts'
import { atlasRequestSchema, maskStatisticsSchema, stabilityRequestSchema, stabilitySchema } from './statistics.ts'

const base = oc.errors({ PROBLEM: { status: 422, data: problemSchema } })
const inProject = z.object({ project: idSchema })
const demoSchema = z.object({ size: z.enum(cohortSizes), seeds: z.array(z.number().int()).min(1) })

export const projectSchema = z.object({
  id: idSchema,
  name: z.string(),
  /** Absolute folder, home shortened to ~: for reading, not for calls. */
  folder: z.string(),
  place: placeSchema,
  opened: timeSchema,
  missing: z.boolean(),
  /** What waits: an interrupted run, a mask without a verdict, … in words; null if nothing. */
  next: z.string().nullable(),
})
export type Project = z.infer<typeof projectSchema>

export const backendSchema = z.object({
  name: z.string(),
  available: z.boolean(),
  chosen: z.boolean(),
  reason: z.string(),
  howToEnable: z.string().optional(),
})
export const doctorSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  cores: z.number().int(),
  memoryBytes: z.object({ total: z.number(), free: z.number() }),
  diskBytes: z.object({ free: z.number() }),
  backends: z.array(backendSchema),
  /** The engine asked for, `auto` for the first that can be used. */
  asked: z.string().optional(),
  /** What trains, in a line; null where the engine asked for cannot be used. */
  device: z.string().nullable().optional(),
  selfTest: z.object({ passed: z.boolean(), worstRelativeError: z.number() }),
  libraries: z.record(z.string(), z.string()),
  packs: z.array(packSummarySchema).optional(),
})
export type Doctor = z.infer<typeof doctorSchema>

/** One way out of a problem of a preview. Nothing is done unless it is chosen. */
export const choiceSchema = z.object({ question: z.string(), answer: z.string(), text: z.string() })
export type Choice = z.infer<typeof choiceSchema>

/** What belongs together in an import, and what is left over. Lists hold the first 20; the count is of all. */
export const pairingSchema = z.object({
  rows: z.number().int(),
  volumes: z.number().int(),
  /** Different pictures that trials show; null for data with labels. */
  pictures: z.number().int().nullable(),
  unmatched: z.array(
    z.object({
      what: z.enum(['volume without row', 'row without volume', 'row without picture', 'missing picture']),
      count: z.number().int(),
      first: z.array(z.string()),
    }),
  ),
  /** Pictures at the recipe's place that no trial shows. */
  unusedPictures: z.number().int(),
  /** How many pictures are shown once, twice, …: {"1": 40, "3": 100}. Empty for labels. */
  repeats: z.record(z.string(), z.number().int()),
  /** Pictures that are there under several names: one picture. null: counted at import. */
  duplicates: z.object({ count: z.number().int(), first: z.array(z.array(z.string())) }).nullable(),
  /** Everything that belongs to nothing, one by one with the reason; the first few hundred. */
  unmatchedRows: unmatchedRowsSchema.optional(),
})
export type Pairing = z.infer<typeof pairingSchema>

export const splitPreviewSchema = z.object({
  folds: z.array(
    z.object({
      name: z.string(),
      trainTrials: z.number().int(),
      testTrials: z.number().int(),
      leftOut: z.number().int(),
      /** Different pictures or labels on each side. */
      trainItems: z.number().int(),
      testItems: z.number().int(),
    }),
  ),
  /** Pictures that would have been on both sides, and their training trials, before "repeats" was applied. */
  straddling: z.object({ pictures: z.number().int(), trials: z.number().int() }),
})
export type SplitPreview = z.infer<typeof splitPreviewSchema>

export const cropPreviewSchema = z.object({
  start: z.array(z.number().int()).length(3),
  shape: z.array(z.number().int()).length(3),
  /** Share of the brain mask and of the annotated ROI that lies in the box; null without one. */
  brainCoverage: z.number().nullable(),
  annotatedCoverage: z.number().nullable(),
})

export const previewSchema = z.object({
  subject: z.string(),
  images: z.array(
    z.object({
      path: z.string(),
      shape: z.array(z.number()),
      voxelMillimetres: z.array(z.number()),
      orientation: z.string(),
      dtype: z.string(),
    }),
  ),
  grid: gridSchema.nullable(),
  volumes: z.number().int(),
  trials: z.number().int(),
  perLabel: z.record(z.string(), z.number().int()),
  perRun: z.record(z.string(), z.number().int()),
  voxels: z.number().int(),
  /** null: counted at import. */
  constantVoxels: z.number().int().nullable(),
  annotatedVoxels: z.number().int().nullable(),
  folds: z.number().int(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
  pairing: pairingSchema.optional(),
  split: splitPreviewSchema.optional(),
  crop: cropPreviewSchema.nullable().optional(),
  trialStrip: trialStripSchema.optional(),
  /** Voxels of the brain mask before any crop, and where it is from, in words. */
  brain: z.object({ voxels: z.number().int(), from: z.string() }).optional(),
  /** stop: cannot be imported; question: needs a decision; note: imported as said. */
  problems: z.array(
    z.object({
      level: z.enum(['stop', 'question', 'note']),
      problem: problemSchema,
      /** Ways out that can be taken here; taken by asking again with `answers` that hold question and answer. */
      choices: z.array(choiceSchema).optional(),
    }),
  ),
  /** How volumes become trials, in words, in order. */
  steps: z.array(z.string()).optional(),
  /** Where a folder holds several subjects: their names, without sub-. */
  subjects: z.array(z.string()).optional(),
})
export type Preview = z.infer<typeof previewSchema>

export const previewVolumeSchema = z.object({
  grid: gridSchema,
  volume: blobRefSchema,
  /** 0/1; null without a brain mask. */
  brain: blobRefSchema.nullable(),
  /** 0/1 of the labels that the recipe takes; null without an annotated ROI. */
  annotated: blobRefSchema.nullable(),
  /** Labels in the file of the annotated ROI with their voxels, at most 200; empty without one. */
  labels: z.array(z.object({ label: z.number().int(), voxels: z.number().int() })),
})
export type PreviewVolume = z.infer<typeof previewVolumeSchema>

export const preferencesSchema = z.record(z.string().min(1).max(40), z.string().max(20_000))
export type Preferences = z.infer<typeof preferencesSchema>

export const contract = {
  system: {
    doctor: base.output(doctorSchema),
    roots: base.output(z.array(z.object({ name: z.string(), label: z.string(), writable: z.boolean() }))),
    /** Folders and files at a place, folders first. */
    list: base
      .input(placeSchema)
      .output(z.array(z.object({ name: z.string(), kind: z.enum(['folder', 'file']), bytes: z.number() }))),
    /** The place of an absolute path that the user chose with a native dialog or dropped; PROBLEM NOT_ALLOWED outside every root. */
    locate: base.input(z.object({ path: z.string() })).output(placeSchema),
    /** What this user chose for every window: theme, orientation, keys. Values are texts that only the window understands. */
    preferences: base.output(preferencesSchema),
    savePreferences: base.input(preferencesSchema).output(z.null()),
    /** A text for support: this computer, versions, which problems occurred. No names, paths, pictures or numbers of subjects. */
    diagnostics: base.output(z.object({ name: z.string(), text: z.string() })),
  },
  projects: {
    recent: base.output(z.array(projectSchema)),
    create: base.input(z.object({ place: placeSchema, name: z.string().min(1).max(200) })).output(projectSchema),
    open: base.input(z.object({ place: placeSchema })).output(projectSchema),
    close: base.input(inProject).output(z.null()),
    forget: base.input(inProject).output(z.null()),
    /** A new project in the workspace with the demo queued in it. */
    demo: base.input(demoSchema).output(z.object({ project: projectSchema, run: runSchema })),
    /** What a demo would need in the workspace, before there is a project. Starts nothing. */
    estimateDemo: base.input(demoSchema).output(estimateSchema),
    /** A new project in the workspace with the shipped example imported. */
    example: base
      .input(z.object({ name: z.enum(['haxby2001']) }))
      .output(z.object({ project: projectSchema, run: runSchema })),
  },
  data: {
    subjects: base.input(inProject).output(z.array(subjectSchema)),
    /**
     * Looks without copying anything. `place` is a recipe file, a folder that holds recipe.json or is a BIDS dataset, or an image
     * (NIfTI, HDF5, MATLAB) with its table beside it; where there is no recipe, one is proposed. `changes` are made to the recipe
     * first. `answers` are choices of earlier previews (question to answer); the recipe that comes back
     * has them in it. Paths of a recipe proposed for a folder are relative to that folder.
     */
    preview: base
      .input(
        z.object({
          place: placeSchema,
          recipe: recipeSchema.optional(),
          changes: recipeChangesSchema.optional(),
          answers: z.record(z.string().max(100), z.string().max(300)).optional(),
        }),
      )
      .output(z.object({ recipe: recipeSchema, preview: previewSchema })),
    import: base.input(inProject.extend({ place: placeSchema, recipe: recipeSchema })).output(runSchema),
    /** The files that subjects were imported from, and whether they are where they were. */
    inputs: base.input(inProject).output(z.array(inputFileSchema)),
    /** Looks below a folder for input files that are not at their places, by SHA-256. What is found is recorded; hashes never change. */
    relink: base.input(inProject.extend(relinkRequestSchema.shape)).output(relinkedSchema),
    /** Writes a recipe to a new file, its paths leading from there to the same files. ALREADY_EXISTS where there is one. */
    saveRecipe: base
      .input(z.object({ place: placeSchema, recipe: recipeSchema, file: placeSchema }))
      .output(z.object({ file: z.string() })),
    /** Writes all of a preview's `unmatchedRows` to a new text table (tab-separated). ALREADY_EXISTS where there is one. */
    saveUnmatched: base
      .input(z.object({ place: placeSchema, recipe: recipeSchema, file: placeSchema }))
      .output(z.object({ file: z.string(), rows: z.number().int() })),
    /** The first volume of a recipe's images with its masks, on the whole grid, to place a crop by. Nothing is imported. */
    previewVolume: base
      .input(inProject.extend({ place: placeSchema, recipe: recipeSchema }))
      .output(previewVolumeSchema),
  },
  /** Networks that a lab brings: picture encoders, metric networks, picture decoders. */
  packs: {
    list: base.output(z.array(packSummarySchema)),
    /**
     * Checks the pack in a folder and copies it into the workspace, telling how far it is; the last event has the pack. Refused by name
     * if anything is wrong with it. Who leaves the stream cancels; nothing is left then.
     */
    install: base.input(z.object({ place: placeSchema })).output(eventIterator(packInstallSchema)),
    remove: base.input(z.object({ name: z.string().max(64) })).output(z.null()),
  },
  runs: {
    start: base.input(inProject.extend({ request: runRequestSchema })).output(runSchema),
    /** What a run would need, and what there is; null for runs whose work cannot be counted before. Starts nothing. */
    estimate: base.input(inProject.extend({ request: runRequestSchema })).output(estimateSchema.nullable()),
    list: base.input(inProject).output(z.array(runSchema)),
    get: base.input(inProject.extend({ run: idSchema })).output(runSchema),
    pause: base.input(inProject.extend({ run: idSchema })).output(runSchema),
    /**
     * Continues a paused, interrupted, cancelled or failed run from its last checkpoint. `slurm` changes what was said of its Slurm
     * jobs, for jobs that are submitted from now on.
     */
    resume: base.input(inProject.extend({ run: idSchema, slurm: slurmSettingsSchema.optional() })).output(runSchema),
    /** Ends a run; of an interrupted one on Slurm, the jobs that still go on. */
    cancel: base.input(inProject.extend({ run: idSchema })).output(runSchema),
    /** Moves a finished or cancelled run that nothing depends on to the project's bin. */
    discard: base.input(inProject.extend({ run: idSchema })).output(z.null()),
    /** Everything after `since`, then live until the run ends or the reader leaves. */
    watch: base
      .input(inProject.extend({ run: idSchema, since: z.number().int().nonnegative().default(0) }))
      .output(eventIterator(runEventSchema)),
    /** The newest mask picture of a running stage 1, whole grid. */
    snapshot: base
      .input(inProject.extend({ run: idSchema }))
      .output(z.object({ epoch: z.number(), grid: gridSchema, mask: blobRefSchema, brain: blobRefSchema }).nullable()),
    /** The pictures that were kept while a mask was found, oldest first: a film of what it lost. Null where none was kept. */
    film: base.input(inProject.extend({ run: idSchema })).output(filmSchema.nullable()),
    /** What a test run went through; null until it is done, and for other runs. */
    testReport: base.input(inProject.extend({ run: idSchema })).output(testReportSchema.nullable()),
    /** Null for runs that are no experiment, and for test runs, whose numbers mean nothing. */
    table: base.input(inProject.extend({ run: idSchema })).output(tableSchema.nullable()),
    log: base.input(inProject.extend({ run: idSchema })).output(z.string()),
  },
  results: {
    backbones: base.input(inProject).output(z.array(backboneSchema)),
    masks: base.input(inProject).output(z.array(listedMaskSchema)),
    volumes: base.input(inProject.extend({ mask: idSchema })).output(maskVolumesSchema),
    /** Counted from the mask's file; an atlas of another grid is refused unless `resample`. */
    maskStatistics: base
      .input(inProject.extend({ mask: idSchema, ...atlasRequestSchema.shape }))
      .output(maskStatisticsSchema),
    /** Labels to look places up in; null where no atlas is named and the subject's annotated ROI has none. */
    regions: base.input(inProject.extend(regionsRequestSchema.shape)).output(regionsSchema.nullable()),
    /** Null while no stability experiment fits the mask, or the one that was named is not done. */
    stability: base.input(inProject.extend(stabilityRequestSchema.shape)).output(stabilitySchema.nullable()),
    decoders: base.input(inProject).output(z.array(decoderSchema)),
    evaluation: base.input(inProject.extend({ decoder: idSchema })).output(evaluationSchema.nullable()),
    gallery: base.input(inProject.extend({ decoder: idSchema })).output(gallerySchema.nullable()),
    /**
     * On the grid of the subject's images; with `cropGrid`, also on the grid of the crop that the import was restricted to. A
     * rejected mask is refused with NOT_ALLOWED unless `evenIfRejected`; one that was not reviewed says so in its sidecar.
     */
    exportMask: base
      .input(
        inProject.extend({
          mask: idSchema,
          folder: placeSchema,
          evenIfRejected: z.boolean().default(false),
          cropGrid: z.boolean().default(false),
        }),
      )
      .output(exportSchema),
    /** Several masks into one folder; one that cannot be written is listed with its problem and does not stop the others. */
    exportMasks: base
      .input(
        inProject.extend({
          masks: z.array(idSchema).min(1).max(1000),
          folder: placeSchema,
          evenIfRejected: z.boolean().default(false),
          cropGrid: z.boolean().default(false),
        }),
      )
      .output(z.object({ folder: z.string(), masks: z.array(maskExportSchema) })),
    report: base
      .input(inProject.extend({ subject: idSchema, file: placeSchema, ...atlasRequestSchema.shape }))
      .output(exportSchema),
    /** The same page as a blob, to be printed: UTF-8 HTML that fetches nothing, under 10 MB. A name for its file comes with it. */
    reportPage: base
      .input(inProject.extend({ subject: idSchema, ...atlasRequestSchema.shape }))
      .output(z.object({ name: z.string(), page: blobRefSchema })),
  },
  /** Verdicts of people about masks; only ever added, the newest of a mask counts. */
  reviews: {
    /** CHECKSUM where the mask's file is not the one whose SHA-256 was signed. */
    add: base.input(inProject.extend(newReviewSchema.shape)).output(reviewSchema),
    /** Newest first; of one mask or of all. */
    list: base.input(inProject.extend({ mask: idSchema.optional() })).output(z.array(reviewSchema)),
  },
  /** What people think of decoded pictures. Only ever added to; the newest of a rater for a picture of a decoder counts. */
  ratings: {
    add: base.input(inProject.extend(ratingInputSchema.shape)).output(ratingSchema),
    list: base.input(inProject).output(z.array(ratingSchema)),
  },
}
export type Contract = typeof contract
