/**
 * An import recipe: everything that turns a lab's files into one subject of a project. The wizard writes it, the command
 * line reads it, and running it again on the same files gives the same subject bit for bit. Paths are relative to the
 * recipe file, with forward slashes.
 */
import { z } from 'zod'
import { confoundsSchema, timingSchema, trialsSchema } from './trials.ts'

const path = z.string().min(1).max(4096)

/** A column's name, or its 0-based number where there is no header. */
const column = z.union([z.string(), z.number().int().nonnegative()])
/** Whether a count starts at 0 or at 1. There is no default: a picture off by one would look right and be wrong. */
const firstIndex = z.union([z.literal(0), z.literal(1)])

/** Axes of an array of volumes: one of volumes, and either x, y and z or one of voxels. */
const axisSchema = z.enum(['volume', 'x', 'y', 'z', 'voxel'])
export type ArrayAxis = z.infer<typeof axisSchema>

const boldFileSchema = z.object({
  path,
  /** Run and session of every volume of this file, when the table does not say. */
  run: z.number().int().optional(),
  session: z.number().int().optional(),
  /** A table of this image alone, in place of `table.path`, read the same way. */
  table: path.optional(),
  /** Confounds of this image, one row per volume, as fMRIPrep writes them. */
  confounds: path.optional(),
  /** Brain mask of this image; a voxel must lie in the masks of all images and in `brainMask`. */
  brainMask: path.optional(),
  /** Where the numbers are inside the file: path of an HDF5 dataset, name of a MATLAB variable. */
  dataset: z.string().min(1).max(1000).optional(),
  /**
   * What each axis of the dataset counts, in the order in which its own world shows sizes: HDF5 as h5py (NSD's betas are
   * volume, z, y, x), MATLAB as size(). Needed for HDF5 and MATLAB; never guessed.
   */
  axes: z.array(axisSchema).min(2).max(4).optional(),
  /** Stored numbers are the values times this, and are divided by it: 300 in NSD's betas. */
  scale: z.number().positive().optional(),
})

const tableFileSchema = z.object({
  /** Left out only where every image names a table of its own. */
  path: path.optional(),
  /** space: columns parted by blanks, as in PyMVPA attribute files. */
  separator: z.enum(['tab', 'comma', 'space']).default('tab'),
  header: z.boolean().default(true),
  /** Column names, or 0-based numbers where there is no header. */
  columns: z
    .object({
      label: column.optional(),
      /** The picture that was shown: a file's name, or a number. Needs `pictures`; an empty cell or n/a is no trial. */
      picture: column.optional(),
      run: column.optional(),
      session: column.optional(),
      /** Of events: seconds from the start of the run, and seconds; `onset` and `duration` where not given. */
      onset: column.optional(),
      duration: column.optional(),
      /** For rows that are trials: which volume of the images is this trial's, where they are not in the same order. */
      volume: column.optional(),
      /** Marks pictures that are kept for the test: 1, true or yes. */
      shared: column.optional(),
    })
    .refine((columns) => columns.label !== undefined || columns.picture !== undefined, 'a label or a picture column'),
  /** Number of the first volume in the `volume` column. */
  firstVolume: firstIndex.optional(),
  /** What one row of the table describes: one volume of the series, one trial (one volume of a beta series), or an event in time. */
  rows: z.enum(['volumes', 'trials', 'events']),
  /** Rows with these labels are no trials (rest, fixation); they still count for a run's baseline. */
  ignoreLabels: z.array(z.string()).default([]),
  /** Events with these labels are no trials, but the response model accounts for them (cues, button presses). */
  nuisanceLabels: z.array(z.string()).default([]),
  /** How the numbers of events are written: 12.5 or 12,5. */
  decimal: z.enum(['point', 'comma']).default('point'),
  /** Events without an onset (n/a), or that begin after the run's end: stop with a question, or leave them out. */
  unplaced: z.enum(['ask', 'leave-out']).default('ask'),
  /** Seconds for events whose duration is n/a; without it they stop the import with a question. */
  missingDuration: z.number().nonnegative().max(3600).nullable().default(null),
  /** Events of one label that follow each other with at most this gap in seconds become one event. */
  joinSeconds: z.number().nonnegative().max(600).nullable().default(null),
  /** The table is NSD's experiment design (nsd_expdesign.mat): trials of this subject (1 to 8) in these sessions, in order. */
  nsd: z
    .object({
      subject: z.number().int().min(1).max(8),
      sessions: z.array(z.number().int().min(1).max(40)).min(1).max(40),
    })
    .optional(),
})

/**
 * What becomes of pictures that a split would put on both sides. `apart` (the default) stops the import. `leave-out-of-training`
 * drops the training trials of every test picture. `average-in-test` is for designs that show the same pictures in every run: the
 * decoder may know a picture, and its repeats within the test are averaged.
 */
const repeats = z.enum(['apart', 'leave-out-of-training', 'average-in-test']).optional()

export const splitSchema = z.discriminatedUnion('rule', [
  /** Each run is held out once. */
  z.object({ rule: z.literal('leave-one-run-out'), repeats }),
  /** Each session is held out once. */
  z.object({ rule: z.literal('leave-one-session-out'), repeats }),
  /** These runs are held out. */
  z.object({ rule: z.literal('runs'), test: z.array(z.number().int()).min(1), repeats }),
  /** These sessions are held out. */
  z.object({ rule: z.literal('sessions'), test: z.array(z.number().int()).min(1), repeats }),
  /** All trials of these pictures are held out; without a list, of those that the table's `shared` column marks. */
  z.object({ rule: z.literal('pictures'), test: z.array(z.string().min(1)).min(1).optional() }),
])
export type Split = z.infer<typeof splitSchema>

/** Where the pictures of the `picture` column are. */
export const picturesSchema = z.discriminatedUnion('from', [
  z.object({
    from: z.literal('folder'),
    path,
    /** name: cells are file names, with or without ending. position: cells count the folder's pictures, sorted by name. */
    by: z.enum(['name', 'position']).default('name'),
    firstIndex: firstIndex.optional(),
    /** What becomes of pictures that are not square. */
    fit: z.enum(['pad', 'crop', 'stretch']).default('pad'),
  }),
  z.object({
    from: z.literal('hdf5'),
    path,
    /** Path of the dataset inside the file; its first axis counts pictures. */
    dataset: z.string().min(1).max(1024),
    firstIndex,
    /** Where the colour channels are, when the shape leaves it open. */
    channels: z.enum(['first', 'last', 'none']).optional(),
    /** The value of white: 255 for whole numbers, 1 for fractions, unless said otherwise. */
    white: z.number().positive().optional(),
    /**
     * A table that says which picture is whose where the cells hold other numbers or names, as NSD's stim_info does with cocoId: a
     * cell is looked up in `column`, and `position` counts the picture in the dataset from `firstIndex`. Tab or comma, with a header.
     */
    ids: z.object({ path, column: z.string().min(1), position: z.string().min(1) }).optional(),
    fit: z.enum(['pad', 'crop', 'stretch']).default('pad'),
  }),
])
export type PicturesFrom = z.infer<typeof picturesSchema>

const voxelTriple = z.tuple([z.number().int(), z.number().int(), z.number().int()])
const millimetreTriple = z.tuple([z.number(), z.number(), z.number()])
export const cropSchema = z.discriminatedUnion('rule', [
  z.object({ rule: z.literal('none') }),
  /** The lower back of the brain, 108 × 72 × 72 mm. */
  z.object({ rule: z.literal('occipital') }),
  /** First voxel and number of voxels along each axis of the images as stored. */
  z.object({ rule: z.literal('voxels'), start: voxelTriple, shape: voxelTriple }),
  /** Two opposite corners in millimetres of the images' own space (RAS+). */
  z.object({ rule: z.literal('millimetres'), from: millimetreTriple, to: millimetreTriple }),
])

/** The one grid on which all images are read by linear interpolation, where a recipe asks for it. */
const resampleImagesSchema = z.discriminatedUnion('to', [
  /** The grid of the file in `brainMask`. */
  z.object({ to: z.literal('brainMask') }),
  /** The grid of this NIfTI file, which may be one of the images. */
  z.object({ to: z.literal('reference'), path }),
  /** The space of the first image, its axes kept, with voxels of this edge length. */
  z.object({ to: z.literal('voxelSize'), millimetres: z.number().min(0.2).max(50) }),
])
export type ResampleImages = z.infer<typeof resampleImagesSchema>

/** Annotated ROI on the grid of the images: non-zero voxels, or those with one of `labels`. */
const annotatedRoiSchema = z.object({ path, labels: z.array(z.number().int()).optional() }).nullable()
const subjectName = z.string().regex(/^[A-Za-z0-9]+$/, 'letters and digits only')
const orientation = z.enum(['ask', 'sform', 'qform'])

export const recipeSchema = z
  .object({
    version: z.literal(1),
    /** Letters and digits only, as BIDS asks of a participant label. */
    subject: subjectName,
    description: z.string().max(2000).default(''),
    /** One 4D series, or one per run in the order of the table. */
    images: z.array(boldFileSchema).min(1),
    table: tableFileSchema,
    /** A NIfTI file on the grid of the images, for images that carry no affine (HDF5, MATLAB, NIfTI without one). */
    grid: path.optional(),
    /**
     * Which voxels the columns of a trials × voxels array are: those above 0 in this NIfTI mask, counted with the last axis
     * fastest (C, as numpy's boolean indexing) or the first (F, as MATLAB's find).
     */
    voxels: z.object({ mask: path, order: z.enum(['C', 'F']) }).optional(),
    /** With pictures, they are what is decoded; without, the labels are. */
    pictures: picturesSchema.nullable().optional(),
    /** Brain mask on the grid of the images, or the bright part of their mean (Otsu). Without one, all voxels that vary are used. */
    brainMask: z
      .union([path, z.object({ rule: z.literal('otsu') })])
      .nullable()
      .default(null),
    annotatedRoi: annotatedRoiSchema.default(null),
    /** Voxels outside the box are left out. The grid stays that of the images, and so do the masks that are exported. */
    crop: cropSchema.optional(),
    /** nearest: a mask or ROI on another grid is read on the images' grid by nearest neighbour. Without it, that stops the import. */
    resampleMasks: z.enum(['nearest']).optional(),
    /** Images are read on this grid. Without it, images on different grids stop the import; never done unasked. */
    resampleImages: resampleImagesSchema.optional(),
    /**
     * Voxels that have no finite number in some volume: `refuse` (as without the field) stops the import, `leave-out` leaves them
     * out and counts them. Without a brain mask, voxels without numbers in any volume lie outside and are left out anyway.
     */
    missingVoxels: z.enum(['refuse', 'leave-out']).optional(),
    /** Which affine to believe where sform and qform disagree. `ask` stops with a question. */
    orientation: orientation.default('ask'),
    trials: trialsSchema,
    /** Times of the volumes, for events and for the high-pass filter. */
    timing: timingSchema.prefault({}),
    /** Columns of the images' confounds that are removed together with drift; null removes none. */
    confounds: confoundsSchema.nullable().default(null),
    /** Statistics of the z-score come from training trials of the same run or session; see the sidecar for held-out runs. */
    standardise: z.enum(['run', 'session']).default('run'),
    split: splitSchema,
  })
  .refine(({ pictures, table }) => !pictures || table.columns.picture !== undefined, {
    path: ['table', 'columns', 'picture'],
    message: 'pictures need a picture column in the table',
  })
  .refine(({ pictures, table }) => pictures || table.columns.label !== undefined, {
    path: ['pictures'],
    message: 'a table without labels needs "pictures" that says where the pictures are',
  })
  .refine(
    ({ pictures }) => !(pictures?.from === 'folder' && pictures.by === 'position') || pictures.firstIndex !== undefined,
    {
      path: ['pictures', 'firstIndex'],
      message: 'positions need "firstIndex": 0 or 1',
    },
  )
  .refine(
    ({ table }) => table.columns.volume === undefined || (table.rows === 'trials' && table.firstVolume !== undefined),
    {
      path: ['table', 'firstVolume'],
      message: 'a volume column needs rows that are trials, and "firstVolume": 0 or 1',
    },
  )
  .refine(({ resampleImages, brainMask }) => resampleImages?.to !== 'brainMask' || typeof brainMask === 'string', {
    path: ['resampleImages', 'to'],
    message: 'to read images on the grid of the brain mask, name its file in "brainMask"',
  })
  .refine(({ split, pictures }) => split.rule !== 'pictures' || pictures, {
    path: ['split', 'rule'],
    message: 'only trials of pictures can be split by picture',
  })
  .refine(
    ({ split, table }) => split.rule !== 'pictures' || split.test !== undefined || table.columns.shared !== undefined,
    {
      path: ['split', 'test'],
      message: 'name the test pictures here, or the column that marks them as "shared" in the table',
    },
  )
export type Recipe = z.infer<typeof recipeSchema>

/** What a person may change in a recipe that is there or was proposed, without giving up the questions that are still open. */
export const recipeChangesSchema = z
  .object({
    subject: subjectName,
    split: splitSchema,
    crop: cropSchema,
    annotatedRoi: annotatedRoiSchema,
    orientation,
  })
  .partial()
export type RecipeChanges = z.infer<typeof recipeChangesSchema>
