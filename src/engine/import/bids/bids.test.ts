/** A BIDS dataset on disk, and what is proposed for it. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  boldOf,
  confoundAt,
  eventsOf,
  shape,
  tableText,
  volumes,
  writeText,
} from '../../../../test/support/event-study.ts'
import { writeNifti } from '../../../../test/support/make-nifti.ts'
import { recipeSchema } from '../../../core/contract/recipe.ts'
import { ProblemError } from '../../../core/problem.ts'
import { everywhere, standardPlaces } from '../../places.ts'
import { importSubject } from '../import-subject.ts'
import { previewAt } from '../recipe-places.ts'
import { entitiesWithin, parseBidsPath } from './names.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'troi bids ü '))
  writeText(join(root, 'dataset_description.json'), '{"Name": "Études", "BIDSVersion": "1.9.0"}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Writes a run of a subject; `what` lists its files: bold, events, and of fMRIPrep prep, mask, confounds. */
function writeRun(subject: string, run: number, what: readonly string[], task = 'faces', space = 'T1w', session = '') {
  const base = `sub-${subject}${session && `/ses-${session}`}/func/sub-${subject}${session && `_ses-${session}`}`
  const name = `${base}_task-${task}_run-${run}`
  const prep = `derivatives/fmriprep/${name}`
  if (what.includes('bold')) writeImage(`${name}_bold.nii.gz`, run)
  if (what.includes('events')) writeText(join(root, `${name}_events.tsv`), tableText(eventsOf(run)))
  if (what.includes('prep')) writeImage(`${prep}_space-${space}_desc-preproc_bold.nii.gz`, run)
  if (what.includes('mask')) {
    writeText(join(root, `${prep}.txt`), '')
    writeNifti(join(root, `${prep}_space-${space}_desc-brain_mask.nii.gz`), {
      shape: [...shape],
      type: 'uint8',
      values: (v) => (v === 10 + (run % 2) ? 0 : 1),
    })
  }
  if (what.includes('confounds')) {
    const names = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z']
    const rows = Array.from({ length: volumes }, (_, t) =>
      names.map((_n, at) => confoundAt(run + 10 * at, t)).join('\t'),
    )
    writeText(join(root, `${prep}_desc-confounds_timeseries.tsv`), [names.join('\t'), ...rows, ''].join('\n'))
  }
}

function writeImage(path: string, run: number) {
  writeText(join(root, path), '')
  writeNifti(join(root, path), boldOf(run))
}

function preview(answers: Record<string, string> = {}) {
  const places = everywhere([root])
  const located = places.locate(root)
  if (!located.ok) throw new Error(located.problem.message)
  return previewAt({ place: located.value, answers }, places)
}

const open = (found: Awaited<ReturnType<typeof preview>>) =>
  found.preview.problems
    .filter(({ level }) => level !== 'note')
    .map(({ level, problem, choices = [] }) => ({
      level,
      message: problem.message,
      answers: choices.map(({ question, answer }) => `${question}=${answer}`),
    }))
const notes = (found: Awaited<ReturnType<typeof preview>>) =>
  found.preview.problems.filter(({ level }) => level === 'note').map(({ problem }) => problem.message)

describe('names', () => {
  it('are entities, suffix and extension', () => {
    expect(parseBidsPath('sub-01/func/sub-01_task-a_run-2_bold.nii.gz')).toEqual({
      path: 'sub-01/func/sub-01_task-a_run-2_bold.nii.gz',
      folder: 'sub-01/func',
      entities: { sub: '01', task: 'a', run: '2' },
      suffix: 'bold',
      extension: '.nii.gz',
    })
    for (const name of ['README', '.bidsignore', 'sub-01_sub-02_bold.nii', 'sub-01_a b_bold.nii'])
      expect(parseBidsPath(name)).toBeNull()
  })
  it('apply to images that have all their entities', () => {
    const file = parseBidsPath('task-a_run-01_events.tsv')!
    expect(entitiesWithin(file, { sub: '1', task: 'a', run: '1' })).toBe(true)
    expect(entitiesWithin(file, { sub: '1', task: 'b', run: '1' })).toBe(false)
    expect(entitiesWithin(file, { sub: '1', task: 'a' })).toBe(false)
  })
})

describe('a raw dataset', () => {
  it('of one subject gives a recipe that imports and can be saved and run again', async () => {
    for (const run of [1, 2, 3]) writeRun('01', run, ['bold', 'events'])
    const found = await preview()
    expect(open(found)).toEqual([])
    expect(found.recipe).toMatchObject({
      subject: '01',
      table: { rows: 'events', columns: { label: 'trial_type' } },
      trials: { from: 'event-glm', detrend: false, highPassSeconds: 128 },
      confounds: null,
    })
    expect(found.recipe.images[1]).toEqual({
      path: 'sub-01/func/sub-01_task-faces_run-2_bold.nii.gz',
      run: 2,
      table: 'sub-01/func/sub-01_task-faces_run-2_events.tsv',
    })
    expect(found.preview).toMatchObject({ trials: 24, folds: 3, subjects: ['01'], voxels: 12 })
    expect(notes(found)).toContainEqual(expect.stringContaining('raw images'))
    const again = recipeSchema.parse(JSON.parse(JSON.stringify(found.recipe)))
    expect(again).toEqual(found.recipe)
    const imported = await importSubject(again, root, { progress: () => {}, breathe: async () => {} })
    expect(imported.ok && imported.value.trials.label.length).toBe(24)
  })

  it('takes events and times from above, the nearest first', async () => {
    for (const run of [1, 2]) writeRun('01', run, ['bold'])
    writeText(join(root, 'task-faces_events.tsv'), tableText(eventsOf(1)))
    writeText(join(root, 'sub-01/sub-01_task-faces_run-02_events.tsv'), tableText(eventsOf(2)))
    writeText(join(root, 'task-faces_bold.json'), '{"RepetitionTime": 3}')
    writeText(join(root, 'sub-01/sub-01_task-faces_bold.json'), '{"RepetitionTime": 2}')
    const { recipe, preview: shown } = await preview()
    expect(recipe.images.map(({ table }) => table)).toEqual([
      'task-faces_events.tsv',
      'sub-01/sub-01_task-faces_run-02_events.tsv',
    ])
    expect(recipe.timing.repetitionSeconds).toBe(2)
    expect(shown.trials).toBe(16)
  })

  it('whose sidecar and header disagree on the repetition time asks', async () => {
    for (const run of [1, 2]) writeRun('01', run, ['bold', 'events'])
    writeText(join(root, 'task-faces_bold.json'), '{"RepetitionTime": 2.2}')
    expect(open(await preview())).toMatchObject([{ answers: ['repetition=header', 'repetition=recipe'] }])
    const answered = await preview({ repetition: 'header' })
    expect(open(answered)).toEqual([])
    expect(answered.preview.steps?.[0]).toBe('Repetition time: 2 s.')
  })

  it('with several subjects asks which, and takes the one that is named', async () => {
    for (const subject of ['02', '10', '9']) for (const run of [1, 2]) writeRun(subject, run, ['bold', 'events'])
    writeText(join(root, 'participants.tsv'), 'participant_id\tage\nsub-02\t30\nsub-9\t31\nsub-11\t32\n')
    const found = await preview()
    expect(open(found)).toMatchObject([{ level: 'question', answers: ['subject=02', 'subject=9', 'subject=10'] }])
    expect(notes(found)).toEqual(
      expect.arrayContaining(['Listed, but without a folder: 11.', 'With a folder, but not listed: 10.']),
    )
    const chosen = await preview({ subject: '10' })
    expect([open(chosen), chosen.recipe.subject]).toEqual([[], '10'])
    await expect(preview({ subject: '77' })).rejects.toMatchObject({
      problem: { code: 'NOT_FOUND', expected: 'one of: 02, 9, 10' },
    })
  })

  it('with several tasks asks which; a task without events is no choice', async () => {
    for (const run of [1, 2]) {
      writeRun('01', run, ['bold', 'events'], 'places')
      writeRun('01', run, ['bold', 'events'], 'faces')
      writeRun('01', run, ['bold'], 'rest')
    }
    const found = await preview()
    expect(open(found)).toMatchObject([{ answers: ['task=faces', 'task=places'] }])
    expect(notes(found)).toContainEqual('No events for task rest; it cannot be used.')
    const places = await preview({ task: 'places' })
    expect(open(places)).toEqual([])
    expect(places.recipe.images.every(({ path }) => path.includes('task-places'))).toBe(true)
  })

  it('lists runs that lack a file and leaves them out', async () => {
    for (const run of [1, 2, 3]) writeRun('01', run, ['bold', 'events'])
    writeRun('01', 4, ['bold'])
    writeRun('01', 5, ['events'])
    const found = await preview()
    expect(found.recipe.images).toHaveLength(3)
    expect(notes(found)).toEqual(
      expect.arrayContaining([
        'Runs without events, left out: sub-01_task-faces_run-4_bold.nii.gz.',
        'Events without an image, left out: sub-01_task-faces_run-5_events.tsv.',
      ]),
    )
  })

  it('with sessions numbers runs so that none is taken for another', async () => {
    for (const session of ['pre', 'post'])
      for (const run of [1, 2]) writeRun('01', run, ['bold', 'events'], 'faces', 'T1w', session)
    const { recipe } = await preview()
    expect(recipe.images.map(({ run, session }) => [session, run])).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 4],
    ])
    expect(recipe.description).toContain('3 = ses-pre run-1')
  })

  it('whose label column has another name asks', async () => {
    for (const run of [1, 2]) {
      writeRun('01', run, ['bold'])
      const rows = eventsOf(run).map(
        (e, at) => `${e.onset}\t${e.duration}\t${e.label}\t${at}\t${at % 2 ? 'left' : 'right'}`,
      )
      writeText(
        join(root, `sub-01/func/sub-01_task-faces_run-${run}_events.tsv`),
        ['onset\tduration\tcategory\tnumber\thand', ...rows].join('\n'),
      )
    }
    expect(open(await preview())).toMatchObject([{ answers: ['label=category', 'label=hand'] }])
    const { recipe, preview: shown } = await preview({ label: 'category' })
    expect([recipe.table.columns.label, shown.trials]).toEqual(['category', 16])
  })
})

describe('pictures of a dataset', () => {
  const writeShown = () => {
    for (const run of [1, 2, 3]) {
      writeRun('01', run, ['bold'])
      const rows = eventsOf(run).map((e, at) => `${e.onset}\t${e.duration}\t${e.label}\tset/${at % 4}.png`)
      const header = 'onset\tduration\ttrial_type\tstim_file'
      writeText(join(root, `sub-01/func/sub-01_task-faces_run-${run}_events.tsv`), [header, ...rows].join('\n'))
    }
  }
  const picturesOffered = (found: Awaited<ReturnType<typeof preview>>) =>
    found.preview.problems.flatMap(({ choices = [] }) => choices).filter(({ question }) => question === 'targets')

  it('are offered where stim_file and the folder are there', async () => {
    writeShown()
    expect(picturesOffered(await preview())).toEqual([])
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
      .png()
      .toBuffer()
    mkdirSync(join(root, 'stimuli/set'), { recursive: true })
    for (let at = 0; at < 4; at++)
      writeFileSync(
        join(root, `stimuli/set/${at}.png`),
        await sharp(picture)
          .tint({ r: 60 * at, g: 255, b: 9 })
          .negate()
          .png()
          .toBuffer(),
      )
    const found = await preview()
    expect(found.recipe.pictures ?? null).toBeNull()
    expect(picturesOffered(found).map(({ answer }) => answer)).toEqual(['labels', 'pictures', 'known-pictures'])

    const known = await preview({ targets: 'known-pictures' })
    expect(open(known)).toEqual([])
    expect(known.recipe.table.columns).toMatchObject({ picture: 'stim_file', label: 'trial_type' })
    expect(known.preview.pairing).toMatchObject({ pictures: 4, repeats: { 6: 4 } })
    // Every run shows the same pictures, so nothing is left to train on where they must be apart.
    expect(open(await preview({ targets: 'pictures' }))).toMatchObject([{ level: 'stop' }])
  })
})

describe('fMRIPrep derivatives', () => {
  const whole = ['bold', 'events', 'prep', 'mask', 'confounds']
  it('are used with mask and confounds, raw images staying a choice', async () => {
    for (const run of [1, 2, 3]) writeRun('01', run, whole)
    writeText(
      join(root, 'derivatives/fmriprep/sub-01/func/sub-01_task-faces_run-1_space-T1w_desc-preproc_bold.json'),
      '{"StartTime": 1}',
    )
    const found = await preview()
    const prefix = 'derivatives/fmriprep/sub-01/func/sub-01_task-faces_run-2'
    expect(found.recipe.images[1]).toEqual({
      path: `${prefix}_space-T1w_desc-preproc_bold.nii.gz`,
      run: 2,
      table: 'sub-01/func/sub-01_task-faces_run-2_events.tsv',
      confounds: `${prefix}_desc-confounds_timeseries.tsv`,
      brainMask: `${prefix}_space-T1w_desc-brain_mask.nii.gz`,
    })
    expect(found.recipe.confounds).toEqual({ presets: ['motion-6'], columns: [] })
    // Two masks, each without another voxel: both are left out.
    expect(found.preview).toMatchObject({ voxels: 10, trials: 24 })
    expect(notes(found)).toContainEqual(expect.stringContaining('several repetition or start times'))
    const choices = found.preview.problems.flatMap(({ choices: all = [] }) =>
      all.map((c) => `${c.question}=${c.answer}`),
    )
    expect(choices).toEqual(
      expect.arrayContaining(['space=raw', 'confounds=motion-6', 'confounds=none', 'trials=window']),
    )
    expect(choices).not.toContain('confounds=compcor-5')
    const other = await preview({ space: 'raw', trials: 'window' })
    expect(other.recipe.images[0]!.path).toBe('sub-01/func/sub-01_task-faces_run-1_bold.nii.gz')
    expect(other.recipe.trials.from).toBe('event-window')
    expect((await preview({ confounds: 'none' })).recipe.confounds).toBeNull()
  })

  it('in several spaces ask which', async () => {
    for (const run of [1, 2]) {
      writeRun('01', run, whole)
      writeRun('01', run, ['prep', 'mask'], 'faces', 'MNI152NLin2009cAsym')
    }
    expect(open(await preview())).toMatchObject([
      { level: 'question', answers: ['space=MNI152NLin2009cAsym', 'space=T1w', 'space=raw'] },
    ])
    const { recipe } = await preview({ space: 'T1w' })
    expect(recipe.images.every(({ path }) => path.includes('space-T1w'))).toBe(true)
  })

  it('of which a run lacks confounds remove none and say so', async () => {
    writeRun('01', 1, whole)
    writeRun('01', 2, ['bold', 'events', 'prep', 'mask'])
    const found = await preview()
    expect(found.recipe.confounds).toBeNull()
    expect(notes(found)).toContainEqual(expect.stringContaining('Runs without confounds: sub-01_task-faces_run-2'))
    expect(found.preview.trials).toBe(16)
  })
})

describe('what cannot be proposed', () => {
  const problemOf = async (answers: Record<string, string> = {}) => {
    try {
      await preview(answers)
    } catch (error) {
      if (error instanceof ProblemError) return error.problem
      throw error
    }
    return null
  }
  it('a dataset without subjects, a subject without images, without events, a derivative alone', async () => {
    expect(await problemOf()).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('no subject') })
    writeText(join(root, 'sub-01/func/README'), '')
    expect(await problemOf()).toMatchObject({ code: 'NOT_FOUND', message: 'sub-01 has no BOLD image.' })
    writeRun('01', 1, ['bold'])
    expect(await problemOf()).toMatchObject({ code: 'NOT_FOUND', message: 'No run of sub-01 has events.' })
    writeText(join(root, 'dataset_description.json'), '{"DatasetType": "derivative"}')
    expect(await problemOf()).toMatchObject({ code: 'BAD_FILE' })
    writeText(join(root, 'dataset_description.json'), '{')
    expect(await problemOf()).toMatchObject({ code: 'BAD_FILE', where: join(root, 'dataset_description.json') })
  })

  it('an answer that meets no question stops', async () => {
    for (const run of [1, 2]) writeRun('01', run, ['bold', 'events'])
    expect(open(await preview({ colour: 'blue' }))).toMatchObject([
      { level: 'stop', message: 'Nothing here asks for colour=blue.' },
    ])
  })

  it('an image of 0 bytes, as in datasets whose contents were not fetched', async () => {
    for (const run of [1, 2]) writeRun('01', run, ['bold', 'events'])
    writeFileSync(join(root, 'sub-01/func/sub-01_task-faces_run-2_bold.nii.gz'), '')
    expect(open(await preview())).toMatchObject([{ level: 'stop', message: 'The file is empty.' }])
  })

  it('nothing is read through a link that leads out of what is offered', async () => {
    for (const run of [1, 2]) writeRun('01', run, ['bold', 'events'])
    const outside = mkdtempSync(join(tmpdir(), 'troi outside '))
    try {
      writeText(join(outside, 'task.json'), '{"RepetitionTime": 7}')
      writeText(join(outside, 'events.tsv'), tableText(eventsOf(1)))
      const places = standardPlaces({ workspace: join(root, 'workspace'), roots: [root] })
      const located = places.locate(root)
      if (!located.ok) throw new Error(located.problem.message)
      const inside = await previewAt({ place: located.value }, places)
      expect(inside.recipe.timing.repetitionSeconds).toBeNull()
      symlinkSync(join(outside, 'task.json'), join(root, 'task-faces_bold.json'))
      expect((await previewAt({ place: located.value }, places)).recipe.timing.repetitionSeconds).toBeNull()
      const events = join(root, 'sub-01/func/sub-01_task-faces_run-1_events.tsv')
      unlinkSync(events)
      symlinkSync(join(outside, 'events.tsv'), events)
      await expect(previewAt({ place: located.value }, places)).rejects.toMatchObject({
        problem: { code: 'NOT_ALLOWED' },
      })
    } finally {
      rmSync(outside, { recursive: true, force: true })
    }
  })
})
