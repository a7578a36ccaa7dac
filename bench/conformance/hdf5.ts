/**
 * Compares what we read from every dataset of an HDF5 file with what h5py read: shape, number type and the numbers in their
 * order; datasets that hold no plain numbers have to be refused by name.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { ProblemError } from '../../src/core/problem.ts'
import { answerHdf5, openHdf5 } from '../../src/engine/import/hdf5/answers.ts'
import { loadHdf5 } from '../../src/engine/import/hdf5/h5wasm.ts'
import { Hdf5File } from '../../src/engine/import/hdf5/hdf5-file.ts'
import { numberTypeOf } from '../../src/engine/import/hdf5/hdf5-source.ts'
import { toNumbers } from '../../src/engine/import/number-types.ts'
import type { Outcome } from './nifti.ts'

/** One entry of expected.json, made by make_expected.py. */
export const expectedHdf5Schema = z.object({
  file: z.string(),
  datasets: z.array(
    z.object({
      path: z.string(),
      shape: z.array(z.number()),
      dtype: z.string(),
      sum: z.number().optional(),
      weighted: z.number().optional(),
    }),
  ),
})
export type ExpectedHdf5 = z.infer<typeof expectedHdf5Schema>

/** What the comparison asks of an open file. */
export type ReadHdf5 = Pick<Hdf5File, 'list' | 'read' | 'close'>

/**
 * A file opened by the library in this thread, which is started once for all files: for files known to be sound. The product
 * gives every file a thread of its own (Hdf5File), whose start costs more than reading these files.
 */
export async function openInThisThread(path: string): Promise<ReadHdf5> {
  const library = await loadHdf5()
  const file = openHdf5(library, path)
  return {
    async list() {
      const answer = answerHdf5(library, file, { kind: 'list' })
      if (answer.kind !== 'list') throw new Error('no list')
      return answer
    },
    async read(dataset, offset, count) {
      const answer = answerHdf5(library, file, { kind: 'read', dataset, offset: [...offset], count: [...count] })
      if (answer.kind !== 'read') throw new Error('no numbers')
      return answer.bytes
    },
    async close() {
      file.close()
    },
  }
}

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b))

/** One outcome per dataset; a file without datasets counts as equal if we list none either. */
export async function checkHdf5(
  folder: string,
  expected: ExpectedHdf5,
  open: (path: string) => Promise<ReadHdf5> = (path) => Hdf5File.open(path),
): Promise<Outcome[]> {
  const path = join(folder, expected.file)
  const out: Outcome[] = []
  const say = (name: string, what: Outcome['what'], words: string) =>
    out.push({ file: name === '' ? expected.file : `${expected.file}, ${name}`, what, words })
  let file: ReadHdf5
  try {
    file = await open(path)
  } catch (error) {
    say('', 'wrong', error instanceof ProblemError ? error.problem.message : String(error))
    return out
  }
  try {
    const { datasets } = await file.list()
    const listed = datasets.map((dataset) => dataset.path).sort()
    const known = expected.datasets.map((dataset) => dataset.path).sort()
    if (listed.join() !== known.join()) say('', 'wrong', `datasets ${listed} instead of ${known}`)
    else if (known.length === 0) say('', 'equal', 'no datasets')
    for (const { path: name, shape, dtype, sum, weighted } of expected.datasets) {
      const dataset = datasets.find((candidate) => candidate.path === name)
      if (dataset === undefined) continue
      const type = numberTypeOf(dataset, path)
      if (!type.ok) {
        const named = type.problem.where?.includes(name) === true && sum === undefined
        say(name, named ? 'refused' : 'wrong', `${type.problem.code}: ${type.problem.message}`)
        continue
      }
      const bytes = await file.read(
        name,
        shape.map(() => 0),
        shape,
      )
      let [ourSum, ourWeighted, at] = [0, 0, 0]
      for (const value of toNumbers(bytes, type.value, true)) {
        at++
        if (Number.isNaN(value)) continue
        ourSum += value
        ourWeighted += value * at
      }
      const equal =
        dataset.shape.join() === shape.join() &&
        type.value === dtype &&
        sum !== undefined &&
        weighted !== undefined &&
        close(ourSum, sum) &&
        close(ourWeighted, weighted)
      say(
        name,
        equal ? 'equal' : 'wrong',
        equal ? '' : `${type.value} ${dataset.shape}, sum ${ourSum} instead of ${sum}`,
      )
    }
  } finally {
    await file.close()
  }
  return out
}
