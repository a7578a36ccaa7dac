/** A project with an imported subject and a finished mask in it, put there without running anything. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { planSplit } from '../../src/core/data/split.ts'
import { unwrap } from '../../src/core/problem.ts'
import { packMask } from '../../src/core/troi/mask-result.ts'
import { gridSize } from '../../src/core/volume/grid.ts'
import { writeDataFile } from '../../src/engine/project/data-file.ts'
import { ProjectStore } from '../../src/engine/project/project-store.ts'
import { packImported } from '../../src/engine/runs/subject-file.ts'
import { type MaskItem, maskItem } from './mask-item.ts'

export interface ProjectWithMask {
  readonly store: ProjectStore
  readonly item: MaskItem
  /** The run that made the mask, and the mask's file. */
  readonly run: string
  readonly file: string
}

/** The subject has four labels in three runs; `item` decides on grid and mask. */
export async function projectWithMask(folder: string, item: MaskItem = maskItem()): Promise<ProjectWithMask> {
  const store = await ProjectStore.create(folder, 'A lab')
  const added = await store.addRun(item.run.request, item.subject.id, [])
  const run = added.id
  const results = join(store.folder, 'runs', run, 'results')
  mkdirSync(results, { recursive: true })
  const trials = 12
  const voxels = item.index.length
  const per = (value: (trial: number) => number) => Int32Array.from({ length: trials }, (_, trial) => value(trial))
  const runs = per((trial) => Math.floor(trial / 4) + 1)
  const label = per((trial) => trial % 4)
  const session = per(() => 1)
  const split = { rule: 'leave-one-run-out' } as const
  const { name, labels } = item.subject
  const toSplit = { targets: 'labels', run: runs, session, item: label, itemNames: labels, shared: null } as const
  const subject = packImported({
    trials: {
      ...{ name, grid: item.grid, index: item.index, labels, targets: 'labels' },
      betas: Float32Array.from({ length: trials * voxels }, (_, at) => Math.sin(at * at)),
      ...{ label, run: runs, session },
      annotated: Uint8Array.from(item.index, (_, v) => (v % 5 === 0 ? 1 : 0)),
      standardise: 'run',
    },
    meanVolume: Float32Array.from({ length: gridSize(item.grid) }, (_, at) => 500 + (at % 97)),
    ...{ split, planned: unwrap(planSplit(split, toSplit)), shared: null, crop: null },
  })
  writeDataFile(join(results, 'subject.data'), subject)
  writeDataFile(join(results, 'mask.data'), packMask(item.result))
  const file = (name: string) => `runs/${run}/results/${name}.data`
  const summary = { ...item.mask, run }
  await store.finishRun(
    run,
    [
      { type: 'subject', id: item.subject.id, file: file('subject'), summary: item.subject },
      { type: 'mask', id: item.mask.id, file: file('mask'), backbone: null, summary },
    ],
    { status: 'done' },
  )
  return { store, item, run, file: file('mask') }
}
