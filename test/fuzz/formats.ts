/**
 * What is damaged and what reads it, per format. A reader has to end, with a value or with a problem that has a known code,
 * a message and a place; anything it throws is a finding.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { recipeSchema } from '../../src/core/contract/recipe.ts'
import type { Problem } from '../../src/core/problem.ts'
import { openMatFile, readMatVariable } from '../../src/engine/import/matlab/mat-file.ts'
import { numbersOf } from '../../src/engine/import/matlab/matlab-source.ts'
import { openNiftiSource } from '../../src/engine/import/nifti-source.ts'
import { readTrialTable } from '../../src/engine/import/trial-table.ts'
import { matBytes } from '../support/make-mat.ts'
import { niftiBytes } from '../support/make-nifti.ts'

export interface FuzzFormat {
  readonly name: string
  /** Sound files to damage. */
  readonly seeds: readonly Uint8Array[]
  /** Bytes at the start that hold the header. */
  readonly focus: number
  /** The problem the file was refused with, or null if it was read. */
  readonly read: (bytes: Uint8Array, folder: string) => Promise<Problem | null>
}

const nifti = (version: 1 | 2, littleEndian: boolean, type: 'int16' | 'float32' | 'int64') =>
  niftiBytes({ shape: [5, 4, 3, 4], version, littleEndian, type, slope: 2, values: (i) => i })
const niftis = [
  nifti(1, true, 'int16'),
  nifti(1, false, 'float32'),
  nifti(2, true, 'float32'),
  nifti(2, false, 'int64'),
]

async function readNifti(bytes: Uint8Array, folder: string, name: string): Promise<Problem | null> {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const source = await openNiftiSource(path, 'ask')
  if (!source.ok) return source.problem
  const done = await source.value.forEachVolume(() => {})
  return done.ok ? null : done.problem
}

const rows = Array.from({ length: 40 }, (_, i) => `${['face', 'house', 'rest'][i % 3]}\t${1 + (i >> 3)}\t1`)
const tables = [
  `label\trun\tsession\n${rows.join('\n')}\n`,
  `﻿label\trun\tsession\r\n${rows.map((row) => `"${row.replaceAll('\t', '"\t"')}"`).join('\r\n')}`,
]
const table = recipeSchema.shape.table.parse({
  path: 'table.tsv',
  rows: 'volumes',
  columns: { label: 'label', run: 'run', session: 'session' },
})

const matVariables = [
  { name: 'betas', sizes: [5, 4, 3], stored: 3, classCode: 10, values: (i: number) => i },
  { name: 'label', sizes: [1, 9], values: (i: number) => i % 2 },
] as const

async function readMat(bytes: Uint8Array, folder: string): Promise<Problem | null> {
  const path = join(folder, 'fuzz.mat')
  writeFileSync(path, bytes)
  const file = await openMatFile(path)
  if (!file.ok) return file.problem
  let problem: Problem | null = null
  for (const { name } of file.value.variables) {
    const variable = await readMatVariable(file.value, name)
    const numbers = variable.ok ? numbersOf(variable.value, path) : variable
    if (!numbers.ok) problem ??= numbers.problem
  }
  return problem
}

const text = (content: string) => new TextEncoder().encode(content)

export const formats: readonly FuzzFormat[] = [
  {
    name: 'NIfTI',
    seeds: niftis,
    focus: 560,
    read: (bytes, folder) => readNifti(bytes, folder, 'fuzz.nii'),
  },
  {
    name: 'gzip',
    seeds: niftis.map((bytes) => Uint8Array.from(gzipSync(bytes))),
    focus: 32,
    read: (bytes, folder) => readNifti(bytes, folder, 'fuzz.nii.gz'),
  },
  {
    name: 'gzip of damaged NIfTI',
    seeds: niftis,
    focus: 560,
    read: (bytes, folder) => readNifti(Uint8Array.from(gzipSync(bytes)), folder, 'fuzz.nii.gz'),
  },
  {
    name: 'TSV',
    seeds: tables.map(text),
    focus: 64,
    async read(bytes, folder) {
      const path = join(folder, 'fuzz.tsv')
      writeFileSync(path, bytes)
      const read = await readTrialTable(path, table)
      return read.ok ? null : read.problem
    },
  },
  {
    name: 'MATLAB',
    seeds: [false, true].flatMap((packed) => [true, false].map((little) => matBytes(matVariables, packed, little))),
    focus: 256,
    read: readMat,
  },
]
