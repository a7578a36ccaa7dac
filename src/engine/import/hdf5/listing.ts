/**
 * What HDF5 files hold, remembered while they stay as they are: a person who answers one question after the other has the same files
 * looked at each time, and opening one costs a thread.
 */
import { stat } from 'node:fs/promises'
import { readProblem } from '../read-problem.ts'
import { Hdf5File } from './hdf5-file.ts'
import type { DatasetDescription } from './protocol.ts'

/** Lists of more files than this are not kept. */
const mostKept = 100
const kept = new Map<string, readonly DatasetDescription[]>()

/** The datasets of a file, in its order. Throws the Problem of a file that cannot be read. */
export async function listDatasets(path: string): Promise<readonly DatasetDescription[]> {
  const key = await stateOf(path)
  const known = kept.get(key)
  if (known !== undefined) return known
  const file = await Hdf5File.open(path)
  try {
    const { datasets } = await file.list()
    if (kept.size >= mostKept) kept.clear()
    kept.set(key, datasets)
    return datasets
  } finally {
    await file.close()
  }
}

async function stateOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path)
    return JSON.stringify([path, size, mtimeMs, ctimeMs, ino])
  } catch (error) {
    throw readProblem(path, error)
  }
}
