/**
 * The repeats that belong to a mask. A stability experiment fits a mask if it repeated the same settings (but for the seed) with the
 * same backbone on the same subject; nothing is stored to tie the two together.
 */
import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Mask } from '../core/contract/result.ts'
import { isTestRun, type Run } from '../core/contract/run.ts'
import type { StabilityAnswer } from '../core/contract/statistics.ts'
import { often, stabilityOfMask } from '../core/evaluate/stability.ts'
import { ProblemError, unwrap } from '../core/problem.ts'
import { gridSize } from '../core/volume/grid.ts'
import { settingsOfMask } from './export/mask-settings.ts'
import { maskItem, onWholeGrid } from './mask-item.ts'
import { readDataFile } from './project/data-file.ts'
import type { ProjectStore } from './project/project-store.ts'
import { type StabilityResult, stabilityRemarks, unpackStability } from './runs/stability-file.ts'
import { unpackSubject } from './runs/subject-file.ts'

export interface Repeats {
  readonly run: Run
  readonly result: StabilityResult
}

function readRepeats(store: ProjectStore, run: Run): Repeats | null {
  const { request } = run
  if (request.kind !== 'experiment' || request.experiment !== 'stability' || run.status !== 'done') return null
  if (isTestRun(request)) return null
  const path = store.runFolder(run.id).result('stability.data')
  return existsSync(path) ? { run, result: unpackStability(unwrap(readDataFile(path))) } : null
}

/** The newest repeats that fit a mask, or null. */
export async function repeatsOfMask(store: ProjectStore, mask: Mask): Promise<Repeats | null> {
  const settings = { ...settingsOfMask(mask, await store.run(mask.run)), seed: 0 }
  const backbone = await store.maskBackbone(mask.id)
  const fitting = (await store.runs()).filter(
    ({ request }) =>
      request.kind === 'experiment' &&
      request.subject === mask.subject &&
      request.backbone === backbone &&
      isDeepStrictEqual({ ...request.mask, seed: 0 }, settings),
  )
  for (const run of fitting.reverse()) {
    const found = readRepeats(store, run)
    if (found !== null) return found
  }
  return null
}

/** BAD_PARAMETER where neither a run nor a mask is named, NOT_FOUND for what is not there. */
export async function stabilityOf(
  store: ProjectStore,
  asked: { readonly run?: string | undefined; readonly mask?: string | undefined },
): Promise<StabilityAnswer | null> {
  if (asked.run === undefined && asked.mask === undefined)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: 'Neither a stability experiment nor a mask was named.',
      where: 'run, mask',
      expected: 'one of them, or both',
    })
  const item = asked.mask === undefined ? null : await maskItem(store, asked.mask)
  const repeats =
    asked.run === undefined ? await repeatsOfMask(store, item!.mask) : readRepeats(store, await store.run(asked.run))
  if (repeats === null) return null
  const { run, result } = repeats
  const space = item?.loaded.data.space ?? (await spaceOf(store, run))
  if (result.frequency.length !== space.index.length)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `${run.name} repeated a mask of another subject.`,
      where: run.name,
      fix: 'Name a mask of the same subject.',
    })
  const { grid, index } = space
  return {
    ...{ run: run.id, name: run.name, repeats: [...result.repeats], pairwiseDice: result.pairwiseDice },
    remarks: stabilityRemarks(result),
    grid: { shape: [...grid.shape], affine: [...grid.affine] },
    frequency: store.blobs.put(onWholeGrid(result.frequency, index, new Float32Array(gridSize(grid))), grid.shape),
    ofMask:
      item === null
        ? null
        : {
            ...{ mask: item.mask.id, voxels: item.mask.voxels, often },
            ...stabilityOfMask(result.frequency, item.result.mask, result.repeats.length, result.chosenShare),
          },
  }
}

async function spaceOf(store: ProjectStore, { subject: id }: Run) {
  const subject = (await store.subjects()).find((one) => one.id === id)
  if (subject === undefined)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'The subject of this experiment is missing.',
      where: id ?? '',
    })
  return unpackSubject(subject, store.readData(await store.fileOf('subject', subject.id))).data.space
}
