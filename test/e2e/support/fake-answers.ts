/** Answers of the stand-in engine that never change: its computer, its folders, and one recipe with its preview. */
import type { Doctor, Preview, PreviewVolume } from '../../../src/core/contract/contract.ts'
import type { Estimate } from '../../../src/core/contract/estimate.ts'
import type { InputFile, Relinked } from '../../../src/core/contract/inputs.ts'
import type { PackInstall, PackSummary } from '../../../src/core/contract/pack.ts'
import { type Recipe, type RecipeChanges, recipeSchema } from '../../../src/core/contract/recipe.ts'
import type { RunRequest, TestReport } from '../../../src/core/contract/run.ts'
import { maskPresets } from '../../../src/core/contract/settings.ts'
import type { Blobs } from './blobs.ts'
import { ids, time } from './fake-state.ts'
import { labels } from './generated-results.ts'
import * as head from './generated-volumes.ts'

export const doctor: Doctor = {
  version: '0.0.0',
  node: 'v24.21.0',
  platform: 'linux x64',
  cores: 8,
  memoryBytes: { total: 16e9, free: 9.4e9 },
  diskBytes: { free: 212e9 },
  backends: [
    {
      name: 'wasm',
      available: true,
      chosen: true,
      reason: 'Chosen because it is the fastest that passed the self-test.',
    },
    { name: 'webgpu', available: false, chosen: false, reason: 'No adapter was found.' },
    {
      name: 'tensorflow',
      available: false,
      chosen: false,
      reason: 'Not enabled.',
      howToEnable: 'npm run engine:tensorflow',
    },
  ],
  selfTest: { passed: true, worstRelativeError: 2e-7 },
  libraries: {},
}

/** As the engine answers where this backend is asked for: one that is not there trains nothing, and nothing is put in its place. */
export function doctorFor(asked = 'auto'): Doctor {
  const there = asked === 'auto' || doctor.backends.some(({ name, available }) => name === asked && available)
  return there
    ? { ...doctor, asked, device: 'CPU, WASM SIMD, 8 threads' }
    : { ...doctor, asked, device: null, backends: doctor.backends.map((one) => ({ ...one, chosen: false })) }
}

export const roots = [
  { name: 'workspace', label: 'Workspace', writable: true },
  { name: 'examples', label: 'Examples', writable: false },
  { name: 'home', label: 'Home', writable: true },
]

export const entries = [
  { name: 'Pilot 2026', kind: 'folder' as const, bytes: 0 },
  { name: 'incoming', kind: 'folder' as const, bytes: 0 },
  { name: 'recipe.json', kind: 'file' as const, bytes: 912 },
  { name: 'betas_session01.nii.gz', kind: 'file' as const, bytes: 4.1e9 },
]

export const exportedFiles = [
  'dataset_description.json',
  'sub-00/func/sub-00_space-orig_desc-troi_mask.nii.gz',
  'sub-00/func/sub-00_space-orig_desc-troi_mask.json',
].map((name, at) => ({ name, bytes: 640 * (at + 1), sha256: String(at).repeat(64) }))

export const recipe: Recipe = recipeSchema.parse({
  version: 1,
  subject: 'sub05',
  description: 'Pilot, one session',
  images: [{ path: 'betas_session01.nii.gz' }],
  table: {
    path: 'sub05_events.tsv',
    separator: 'tab',
    header: true,
    columns: { label: 'category', run: 'run' },
    rows: 'trials',
    ignoreLabels: ['rest'],
  },
  brainMask: 'brainmask.nii.gz',
  annotatedRoi: { path: 'visual_areas.nii.gz' },
  orientation: 'ask',
  trials: { from: 'volumes', delayVolumes: 0, detrend: true },
  standardise: 'run',
  split: { rule: 'leave-one-run-out' },
})

const images = [
  ['betas_session01.nii.gz', [81, 104, 83, 240], 'float32'],
  ['brainmask.nii.gz', [81, 104, 83], 'uint8'],
  ['visual_areas.nii.gz', [81, 104, 83], 'int16'],
] as const

function cropOf({ crop }: Recipe): Preview['crop'] {
  const size = { brainCoverage: 0.4, annotatedCoverage: 1 }
  if (crop?.rule === 'voxels') return { start: crop.start, shape: crop.shape, ...size }
  return crop?.rule === 'occipital' ? { start: [4, 2, 3], shape: [36, 24, 18], ...size } : null
}

export function preview(of: Recipe): Preview {
  const settled = of.orientation !== 'ask'
  return {
    subject: of.subject,
    images: images.map(([path, shape, dtype]) => ({
      path,
      shape: [...shape],
      voxelMillimetres: [1.8, 1.8, 1.8],
      orientation: 'LAS',
      dtype,
    })),
    grid: head.grid,
    volumes: 240,
    trials: 240,
    perLabel: Object.fromEntries(labels.map((label) => [label, 30])),
    perRun: Object.fromEntries(Array.from({ length: 10 }, (_, run) => [String(run + 1), 24])),
    voxels: 47_590,
    constantVoxels: 12,
    annotatedVoxels: 5200,
    folds: 10,
    memoryBytes: 1.3e9,
    diskBytes: 4.1e8,
    brain: { voxels: 47_590, from: 'brainmask.nii.gz' },
    pairing: {
      rows: 240,
      volumes: 240,
      pictures: null,
      unmatched: [],
      unusedPictures: 0,
      repeats: {},
      duplicates: null,
      unmatchedRows: {
        count: 412,
        first: Array.from({ length: 300 }, (_, at) => ({
          what: at < 2 ? ('row without volume' as const) : ('volume without row' as const),
          item: at < 2 ? `line ${242 + at} (volume ${652 + at})` : `volume ${238 + at}`,
          reason: at < 2 ? 'The images have volumes 0 to 651.' : 'No row of the table names this volume.',
        })),
      },
    },
    trialStrip: {
      trials: 240,
      names: [...labels],
      runs: Array.from({ length: 10 }, (_, run) => ({
        run: run + 1,
        session: 0,
        items: Array.from({ length: 24 }, (_, at) => (at * 5 + run) % labels.length),
      })),
      folds: Array.from({ length: 10 }, (_, fold) => ({
        name: `held out: run ${fold + 1}`,
        parts: Array.from({ length: 240 }, (_, at) => (Math.floor(at / 24) === fold ? '1' : '0')).join(''),
      })),
    },
    split: {
      folds: Array.from({ length: 10 }, (_, run) => ({
        name: `held out: run ${run + 1}`,
        ...{ trainTrials: 216, testTrials: 24, leftOut: 0, trainItems: 8, testItems: 8 },
      })),
      straddling: { pictures: 0, trials: 0 },
    },
    crop: cropOf(of),
    problems: [
      ...(settled
        ? []
        : [
            {
              level: 'question' as const,
              problem: {
                code: 'ORIENTATION_UNSETTLED' as const,
                message: 'The two headers of betas_session01.nii.gz disagree about left and right.',
                where: 'betas_session01.nii.gz: sform says LAS, qform says RAS',
                expected: 'sform and qform that agree',
                fix: 'Say which of the two is right.',
              },
            },
          ]),
      {
        level: 'note' as const,
        problem: {
          code: 'BAD_FILE' as const,
          message: 'Voxels without variance were left out.',
          where: 'betas_session01.nii.gz',
          count: 12,
        },
      },
    ],
  }
}

/** A smaller request for each one that the disk of the stand-in cannot hold: Algorithm 1, the demo at full size, ablations. */
function smallerThan(request: RunRequest): { words: string; request: RunRequest } | null {
  if (request.kind === 'mask' && request.settings.preset !== 'troi' && request.settings.preset !== 'instant')
    return {
      words: 'Preset troi',
      request: { ...request, settings: { ...maskPresets.troi, budget: request.settings.budget } },
    }
  if (request.kind === 'demo' && request.size === 'full')
    return { words: 'Size medium', request: { ...request, size: 'medium' } }
  if (request.kind === 'experiment' && request.seeds.length > 1)
    return { words: 'One seed', request: { ...request, seeds: request.seeds.slice(0, 1) } }
  return null
}

/** A disk on which some things do not fit, and everything else does. */
export function estimateOf(request: RunRequest): Estimate {
  const smaller = smallerThan(request)
  const large = smaller !== null
  const verdict = large ? 'will not fit' : 'fits'
  const seeds = request.kind === 'demo' || request.kind === 'experiment' ? request.seeds.length : 0
  return {
    ...{ verdict, seconds: large ? 5400 : 140, secondsPerWeight: 2.5e-9, notes: [] },
    memory: { neededBytes: 1.2e9, freeBytes: 9.4e9, verdict: 'fits' },
    disk: { neededBytes: large ? 9e9 : 1.4e8, freeBytes: 6e9, verdict },
    ...(seeds === 0 ? {} : { work: { conditions: 12, seeds, folds: 1, atOnce: 1 } }),
    smaller: large ? { ...smaller, verdict: 'fits', seconds: 140, neededBytes: { memory: 1.2e9, disk: 1.4e8 } } : null,
  }
}

export const testReport: TestReport = {
  ...{ trainTrials: 160, testTrials: 40, ofTrainTrials: 600, ofTestTrials: 100, epochs: 2 },
  ...{ peakMemoryBytes: 1.1e9, writtenBytes: 1.4e8 },
  checks: ['Data: all of it read and standardised, every number finite', 'Mask: found among all voxels, at full width'],
}

function pack(name: string, title: string, origin: PackSummary['origin'], standIn: boolean): PackSummary {
  const output = { name: 'features', shape: [1280], standsFor: 'Mean of the last map of channels.', standIn }
  return {
    ...{ name, title, version: '1', origin, bytes: 9_100_000, manifest: 'c'.repeat(64), licence: 'Apache-2.0' },
    ...{ kinds: ['encoder', 'metrics'], source: 'a laboratory', trainingData: 'ImageNet, 1000 classes' },
    outputs: [{ ...output, embedding: true, metric: 'correlation distance' }],
    ...{ draws: [], problem: null },
  }
}
export const shippedPack = pack('small-net', 'Small network', 'shipped', true)
export const installedPack = pack('lab-net', 'Network of the lab', 'installed', false)

/** A picture with some structure, so that a crop box can be seen on it. */
export function previewVolume(blobs: Blobs): PreviewVolume {
  const values = Float32Array.from(head.brain, (value, at) => value * (1 + (at % 7) / 7 + head.weights[at]!))
  return {
    grid: head.grid,
    volume: blobs.put(values, head.shape),
    brain: blobs.put(head.brain, head.shape),
    annotated: blobs.put(head.annotated, head.shape),
    labels: [
      { label: 1, voxels: 120 },
      { label: 2, voxels: 80 },
    ],
  }
}

/** The recipe given, or the one recipe there is, with the changes in it. */
export function answerPreview(input: { recipe?: Recipe | undefined; changes?: RecipeChanges | undefined }) {
  const own = recipeSchema.parse({ ...(input.recipe ?? recipe), ...input.changes })
  return { recipe: own, preview: preview(own) }
}

/** Inputs of the Haxby example: one at its place, two that were moved away. */
export const movedInputs: readonly InputFile[] = (
  [
    ['bold.nii.gz', 'missing'],
    ['attributes_literal.txt', 'missing'],
    ['mask.nii.gz', 'there'],
  ] as const
).map(([path, state], at) => ({
  ...{ run: ids.importRun, subject: 'haxby1', path, bytes: 4200 * (at + 1), sha256: String(at).repeat(64), state },
  ...{ at: `~/scans/${path}`, relinked: null },
}))

/** In the folder "incoming" lies the first of them under another name, and another file under the name of the second. */
export function relinkedIn(inputs: readonly InputFile[], folder: string): Relinked {
  if (folder !== 'incoming') return { inputs: [...inputs], found: [], refused: [], searched: 3 }
  const at = '~/incoming/renamed.nii.gz'
  return {
    inputs: inputs.map((one) =>
      one.path === 'bold.nii.gz' ? { ...one, state: 'there', at, relinked: time('10:00') } : one,
    ),
    found: [{ path: 'bold.nii.gz', at }],
    refused: [
      {
        code: 'CHECKSUM',
        message:
          'attributes_literal.txt has other content than the file that haxby1 was imported from; it was not taken.',
        where: '~/incoming/attributes_literal.txt',
        fix: 'Look in another folder.',
      },
    ],
    searched: 12,
  }
}

/** The events of an installation; with a signal it stops half-way and waits until that is given. */
export async function* installing(
  pack: PackSummary,
  held: AbortSignal | undefined,
  add: () => void,
): AsyncGenerator<PackInstall> {
  const sizes = { name: pack.name, totalBytes: pack.bytes }
  yield { ...sizes, phase: 'copy', bytes: Math.floor(pack.bytes / 2), pack: null }
  if (held !== undefined) {
    await new Promise((resolve) => held.addEventListener('abort', resolve))
    return
  }
  yield { ...sizes, phase: 'try', bytes: pack.bytes, pack: null }
  add()
  yield { ...sizes, phase: 'done', bytes: pack.bytes, pack }
}
