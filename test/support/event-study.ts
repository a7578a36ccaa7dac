/**
 * A study of events for tests of the import: one BOLD image and one events table per run, a few voxels that answer to a label with
 * the canonical response, slow drift in all of them, and a confound that can be switched on.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import { type Recipe, recipeSchema } from '../../src/core/contract/recipe.ts'
import { responseAt } from '../../src/core/data/hrf.ts'
import { type TestNifti, writeNifti } from './make-nifti.ts'

export const shape = [3, 2, 2] as const
export const voxels = 12
export const volumes = 80
export const repetition = 2
/** Percent by which a voxel with an answer rises at the plateau of its response. */
export const height = 3

export interface StudyEvent {
  onset: number
  duration: number
  label: string
}

/** Eight events per run, four of each label, at times that differ from run to run. */
export function eventsOf(run: number): StudyEvent[] {
  return Array.from({ length: 8 }, (_, at) => ({
    onset: 6 + 17 * at + ((run * 5 + at * 3) % 7),
    duration: 4,
    label: (at + run) % 2 === 0 ? 'face' : 'house',
  }))
}

/** A number in [−1, 1) that is the same on every machine. */
export function noise(index: number): number {
  let state = Math.imul(index + 1, 2654435761) >>> 0
  state = Math.imul(state ^ (state >>> 15), 2246822519) >>> 0
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 31 - 1
}

export function confoundAt(run: number, t: number): number {
  return noise(run * 1000 + t) + Math.sin(t / 3 + run)
}

export interface StudyOptions {
  readonly runs?: number
  /** How strongly the confound shows in every voxel. */
  readonly confound?: number
  readonly image?: Partial<TestNifti>
}

/** Voxel 0 (file order) answers to faces, voxel 1 to houses; the rest only drift. */
export function boldOf(run: number, { confound = 0, image = {} }: StudyOptions = {}): TestNifti {
  const events = eventsOf(run)
  return {
    shape: [...shape, volumes],
    type: 'float32',
    repetition,
    values: (index) => {
      const v = index % voxels
      const t = Math.floor(index / voxels)
      const label = v === 0 ? 'face' : v === 1 ? 'house' : null
      let answer = 0
      for (const event of events)
        if (event.label === label) answer += responseAt(t * repetition - event.onset, event.duration)
      const drift = 8 * Math.cos((Math.PI * (t + 0.5)) / volumes) * (1 + (v % 3))
      return 1000 + 10 * height * answer + drift + confound * confoundAt(run, t) + 0.05 * noise(index + run * 7919)
    },
    ...image,
  }
}

export function tableText(events: readonly StudyEvent[], header = 'onset\tduration\ttrial_type'): string {
  return [header, ...events.map(({ onset, duration, label }) => `${onset}\t${duration}\t${label}`), ''].join('\n')
}

export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Writes run-N.nii and run-N.tsv for each run, and returns the recipe, changed by `overrides`. */
export function writeStudy(
  folder: string,
  options: StudyOptions = {},
  overrides: Partial<z.input<typeof recipeSchema>> = {},
): Recipe {
  const { runs = 3 } = options
  const numbers = Array.from({ length: runs }, (_, at) => at + 1)
  for (const run of numbers) {
    writeNifti(join(folder, `run-${run}.nii`), boldOf(run, options))
    writeText(join(folder, `run-${run}.tsv`), tableText(eventsOf(run)))
    const rows = Array.from({ length: volumes }, (_, t) => `${t === 0 ? 'n/a' : t}\t${confoundAt(run, t)}`)
    writeText(join(folder, `run-${run}_confounds.tsv`), ['slow\tfast', ...rows, ''].join('\n'))
  }
  return recipeSchema.parse({
    version: 1,
    subject: '01',
    images: numbers.map((run) => ({ path: `run-${run}.nii`, run, table: `run-${run}.tsv` })),
    table: { columns: { label: 'trial_type' }, rows: 'events' },
    trials: { from: 'event-glm', detrend: false, highPassSeconds: 60 },
    split: { rule: 'leave-one-run-out' },
    ...overrides,
  })
}
