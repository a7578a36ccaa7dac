/**
 * The bad inputs of docs/bad-inputs.md: each with what damages a sound study, and the file at fault, relative to the study's folder.
 * What a user is told of it stands in the page, word for word.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import {
  type BadStudy,
  bytesOf,
  eventStudy,
  hdf5Study,
  image,
  labelRows,
  labelStudy,
  pictureStudy,
  runs,
} from './bad-study.ts'

export interface BadInput {
  /** As the page calls it. */
  readonly input: string
  readonly make: (folder: string) => BadStudy | Promise<BadStudy>
  readonly damage: (study: BadStudy) => void
  readonly where: string
}

const [plain, packed] = runs
const table = 'essais à lire.tsv'
const picture = 'vues/bild 02 é.png'

const withNumber = (value: number) => bytesOf({ ...image(1), values: (i) => (i === 29 ? value : image(1).values(i)) })

type Row = [input: string, damage: BadInput['damage'], where: string]

function rowsOf(make: BadInput['make'], rows: readonly Row[]): BadInput[] {
  return rows.map(([input, damage, where]) => ({ input, make, damage, where }))
}

const images = rowsOf(labelStudy, [
  ['image: not there', (s) => rmSync(s.path(plain)), plain],
  ['image: empty', (s) => s.write(plain, ''), plain],
  ['image: shorter than a header', (s) => s.cut(plain, 200), plain],
  ['image: numbers cut off', (s) => s.cut(plain, -5), plain],
  ['image: gzip data cut off', (s) => s.cut(packed, -30), packed],
  ['image: gzip data damaged', (s) => s.patch(packed, 40, [0, 0, 0, 0]), packed],
  ['image: numbers missing inside gzip', (s) => s.write(packed, gzipSync(bytesOf(image(2)).subarray(0, 500))), packed],
  [
    'image: header that promises more than the gzip data can hold',
    (s) => {
      const bytes = Uint8Array.from(bytesOf(image(2)))
      new DataView(bytes.buffer).setInt16(48, 30000, true)
      s.write(packed, gzipSync(bytes))
    },
    packed,
  ],
  [
    'image: gzip data that goes on after the last volume (a gzip bomb)',
    (s) => s.write(packed, gzipSync(Buffer.concat([bytesOf(image(2)), Buffer.alloc(1 << 26)]))),
    packed,
  ],
  [
    'image: one volume too large',
    (s) => {
      const bytes = Uint8Array.from(bytesOf(image(2)))
      for (const at of [42, 44, 46]) new DataView(bytes.buffer).setInt16(at, 1000, true)
      s.write(packed, gzipSync(bytes))
    },
    packed,
  ],
  ['image: wrong magic', (s) => s.patch(plain, 344, [0x78, 0x78, 0x78]), plain],
  ['image: text', (s) => s.write(plain, 'a,b,c\n'.repeat(200)), plain],
  ['image: complex numbers', (s) => s.patch(plain, 70, [32, 0]), plain],
  [
    'image: a folder',
    (s) => {
      rmSync(s.path(plain))
      mkdirSync(s.path(plain))
    },
    plain,
  ],
  [
    'image: a pipe',
    (s) => {
      rmSync(s.path(plain))
      spawnSync('mkfifo', [s.path(plain)])
    },
    plain,
  ],
  [
    'image: a link that leads nowhere',
    (s) => {
      rmSync(s.path(plain))
      symlinkSync(plain, s.path(plain))
    },
    plain,
  ],
  ['image: NaN inside the brain', (s) => s.write(plain, withNumber(Number.NaN)), plain],
  ['image: infinity inside the brain', (s) => s.write(plain, withNumber(Number.POSITIVE_INFINITY)), plain],
  [
    'image: another grid than the first',
    (s) => s.write(packed, gzipSync(bytesOf({ ...image(2), shape: [2, 3, 2, 4] }))),
    packed,
  ],
  [
    'image: sform and qform disagree',
    (s) => s.write(plain, bytesOf({ ...image(1), qformCode: 1, qoffset: [0, 0, 0] })),
    plain,
  ],
  ['image: neither sform nor qform', (s) => s.write(plain, bytesOf({ ...image(1), sformCode: 0 })), plain],
  ['image: named twice', (s) => s.recipe({ images: [{ path: plain }, { path: plain }] }), plain],
  ['image: a copy of another one', (s) => s.write(packed, s.read(plain)), packed],
  ['image: two files of one run', (s) => s.recipe({ images: runs.map((path) => ({ path, run: 1 })) }), packed],
  [
    'image: no variance',
    (s) => {
      for (const path of runs)
        s.write(
          path,
          path === plain
            ? bytesOf({ ...image(1), values: () => 7 })
            : gzipSync(bytesOf({ ...image(2), values: () => 7 })),
        )
    },
    plain,
  ],
  ['brain mask: not there', (s) => rmSync(s.path('cerveau.nii')), 'cerveau.nii'],
  [
    'brain mask: empty of voxels',
    (s) => s.write('cerveau.nii', bytesOf({ shape: [3, 2, 2], type: 'uint8', values: () => 0 })),
    'cerveau.nii',
  ],
  [
    'brain mask: another grid',
    (s) => s.write('cerveau.nii', bytesOf({ shape: [2, 2, 2], type: 'uint8', values: () => 1 })),
    'cerveau.nii',
  ],
  [
    'annotated ROI: a folder',
    (s) => {
      mkdirSync(s.path('roi.nii'))
      s.recipe({ annotatedRoi: { path: 'roi.nii' } })
    },
    'roi.nii',
  ],
])

const tables = rowsOf(labelStudy, [
  ['table: not there', (s) => rmSync(s.path(table)), table],
  ['table: empty', (s) => s.write(table, ''), table],
  [
    'table: a folder',
    (s) => {
      rmSync(s.path(table))
      mkdirSync(s.path(table))
    },
    table,
  ],
  ['table: not text', (s) => s.write(table, bytesOf(image(1))), table],
  ['table: fewer rows than volumes', (s) => s.rows(labelRows.slice(0, 6)), table],
  ['table: more rows than volumes', (s) => s.rows([...labelRows, 'a\t2']), table],
  ['table: column missing', (s) => s.write(table, s.read(table).toString().replace('label', 'etiquette')), table],
  ['table: row without a label', (s) => s.rows([...labelRows.slice(0, 7), '\t2']), `${table}, line 9`],
  ['table: run that is no number', (s) => s.rows([...labelRows.slice(0, 7), 'a\ttwo']), `${table}, line 9`],
  [
    'table: a trial twice',
    (s) => {
      s.write(table, ['label\trun\tvolume', ...labelRows.map((row, t) => `${row}\t${t === 5 ? 4 : t}`)].join('\n'))
      s.recipe({
        table: {
          path: table,
          rows: 'trials',
          firstVolume: 0,
          columns: { label: 'label', run: 'run', volume: 'volume' },
        },
      })
    },
    table,
  ],
  ['table: one label only', (s) => s.rows(labelRows.map((row) => row.replace('b', 'a'))), table],
  [
    'table: a run in two places',
    (s) => s.rows(['a\t1', 'b\t2', 'a\t1', 'b\t2', 'b\t3', 'a\t3', 'b\t3', 'a\t3']),
    table,
  ],
  [
    'table: one run only, which cannot be held out',
    (s) => {
      s.rows(labelRows.slice(0, 4))
      s.recipe({ images: [{ path: plain }] })
    },
    'split',
  ],
  ['recipe: not there', (s) => rmSync(s.path('recipe.json')), ''],
  ['recipe: empty', (s) => s.write('recipe.json', ''), 'recipe.json'],
  ['recipe: cut off', (s) => s.cut('recipe.json', 100), 'recipe.json'],
  ['recipe: field missing', (s) => s.recipe({ split: undefined }), 'recipe.json'],
  [
    'recipe: a folder',
    (s) => {
      rmSync(s.path('recipe.json'))
      mkdirSync(s.path('recipe.json'))
    },
    'recipe.json',
  ],
  ['recipe: subject that is no name', (s) => s.recipe({ subject: '../other' }), 'recipe.json'],
])

const pictures = rowsOf(pictureStudy, [
  ['pictures: folder not there', (s) => renameSync(s.path('vues'), s.path('elsewhere')), 'vues'],
  [
    'pictures: a file in place of the folder',
    (s) => {
      rmSync(s.path('vues'), { recursive: true })
      s.write('vues', 'x')
    },
    'vues',
  ],
  ['pictures: one missing', (s) => rmSync(s.path(picture)), table],
  ['pictures: one empty', (s) => s.write(picture, ''), picture],
  ['pictures: one that is text', (s) => s.write(picture, 'not a picture'), picture],
  ['pictures: one cut off', (s) => s.cut(picture, -40), picture],
  [
    'pictures: one that is a folder',
    (s) => {
      rmSync(s.path(picture))
      mkdirSync(s.path(picture))
    },
    table,
  ],
  [
    'pictures: one that claims to be 60,000 pixels wide and high',
    (s) => s.patch(picture, 16, [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]),
    picture,
  ],
  ['pictures: one on both sides of the split', (s) => s.recipe({ split: { rule: 'leave-one-run-out' } }), 'split'],
])

const events = rowsOf(eventStudy, [
  ['events: not there', (s) => rmSync(s.path('événements 2.tsv')), 'événements 2.tsv'],
  ['events: empty', (s) => s.write('événements 2.tsv', ''), 'événements 2.tsv'],
  [
    'events: one after the end of the run',
    (s) => s.write('événements 2.tsv', 'onset\tduration\ttrial_type\n2\t2\ta\n10\t2\tb\n300\t2\ta\n'),
    'événements 2.tsv',
  ],
  [
    'events: one without an onset',
    (s) => s.write('événements 2.tsv', 'onset\tduration\ttrial_type\n2\t2\ta\nn/a\t2\tb\n20\t2\ta\n'),
    'événements 2.tsv',
  ],
  [
    'events: a trial twice',
    (s) => s.write('événements 2.tsv', 'onset\tduration\ttrial_type\n2\t2\ta\n2\t2\ta\n10\t2\tb\n'),
    'événements 2.tsv',
  ],
])

const arrays = rowsOf(hdf5Study, [
  ['HDF5: empty', (s) => s.write('séance.hdf5', ''), 'séance.hdf5'],
  ['HDF5: cut off', (s) => s.cut('séance.hdf5', 3000), 'séance.hdf5'],
  ['HDF5: no HDF5', (s) => s.write('séance.hdf5', 'no HDF5 at all'), 'séance.hdf5'],
  [
    'HDF5: dataset not there',
    (s) => s.recipe({ images: [{ path: 'séance.hdf5', dataset: 'gammas', axes: ['volume', 'z', 'y', 'x'] }] }),
    'séance.hdf5',
  ],
  [
    'HDF5: axes that do not fit',
    (s) => s.recipe({ images: [{ path: 'séance.hdf5', dataset: 'betas', axes: ['x', 'y', 'z', 'volume'] }] }),
    'séance.hdf5',
  ],
  [
    'MATLAB: cut off',
    (s) => {
      s.write(
        'séance.mat',
        Buffer.concat([
          Buffer.from('MATLAB 5.0 MAT-file'.padEnd(124)),
          Buffer.from([0, 1, 0x49, 0x4d, 14, 0, 0, 0, 0, 1, 0, 0]),
        ]),
      )
      s.recipe({ images: [{ path: 'séance.mat', dataset: 'betas', axes: ['x', 'y', 'z', 'volume'] }] })
    },
    'séance.mat',
  ],
])

export const badInputs: readonly BadInput[] = [...images, ...tables, ...pictures, ...events, ...arrays]
