/** A finished mask with everything around it, for tests of what leaves a project: subject, run, result, on a small oriented grid. */
import { type Mask, maskSchema, type Subject, subjectSchema } from '../../src/core/contract/result.ts'
import { type Run, runSchema } from '../../src/core/contract/run.ts'
import { maskPresets } from '../../src/core/contract/settings.ts'
import type { MaskResult } from '../../src/core/troi/mask-result.ts'
import { applyAffine } from '../../src/core/volume/affine.ts'
import type { Grid } from '../../src/core/volume/grid.ts'

const id = (number: number) => `0193a000-0000-7000-8000-${String(number).padStart(12, '0')}`
const time = '2025-11-25T08:00:00.000Z'

export interface MaskItem {
  readonly grid: Grid
  readonly index: Int32Array
  readonly subject: Subject
  readonly run: Run
  readonly mask: Mask
  readonly result: MaskResult
}

/** Left-anterior-superior voxel order, the middle of the grid on the midline. */
export const lasGrid: Grid = {
  shape: [8, 6, 5],
  affine: [-2, 0, 0, 7, 0, 2, 0, -50, 0, 0, 3, -10, 0, 0, 0, 1],
}

/** The mask holds every third voxel in use, or those whose centre `inside` says yes to (mm, RAS). */
export function maskItem(
  options: {
    readonly grid?: Grid
    readonly subjectName?: string
    readonly inside?: (millimetres: readonly [number, number, number]) => boolean
  } = {},
): MaskItem {
  const grid = options.grid ?? lasGrid
  const [nx, ny, nz] = grid.shape
  // Voxels on the outside of the grid are not in use.
  const used: number[] = []
  for (let x = 1; x < nx - 1; x++)
    for (let y = 1; y < ny - 1; y++) for (let z = 0; z < nz; z++) used.push((x * ny + y) * nz + z)
  const index = Int32Array.from(used)
  const placeOf = (flat: number) =>
    applyAffine(grid.affine, [Math.floor(flat / (ny * nz)), Math.floor(flat / nz) % ny, flat % nz])
  const chosen = Uint8Array.from(index, (flat, v) => ((options.inside?.(placeOf(flat)) ?? v % 3 === 0) ? 1 : 0))
  const score = Float32Array.from(index, (_, v) => chosen[v]! + v / 1000)
  const count = chosen.reduce((sum, value) => sum + value, 0)
  const left = index.reduce((sum, flat, v) => sum + (chosen[v] && placeOf(flat)[0] < 0 ? 1 : 0), 0)
  const settings = { ...maskPresets.troi, budget: count, seed: 3 }
  const ownGrid = { shape: [nx, ny, nz], affine: [...grid.affine] }
  const name = options.subjectName ?? 'sub-01'
  const subject = subjectSchema.parse({
    ...{ id: id(1), name, origin: 'imported', role: 'new', voxels: index.length, grid: ownGrid },
    ...{ trainTrials: 60, testTrials: 12, targets: 'labels', items: 4, labels: ['face', 'house', 'cat', 'shoe'] },
    ...{ annotatedVoxels: 20, trueVoxels: null, notes: ['orientation: sform'] },
  })
  const run = runSchema.parse({
    ...{ id: id(2), name: 'm-01', kind: 'mask', subject: subject.id, parents: [], status: 'done' },
    request: { kind: 'mask', subject: subject.id, backbone: null, settings },
    ...{ created: time, started: time, ended: time, phases: [], elapsed: 2, remaining: null },
    ...{ device: 'wasm, 2 threads', problem: null },
  })
  const mask = maskSchema.parse({
    ...{ id: id(3), run: run.id, name: 'm-01', subject: subject.id, preset: 'troi', budget: count, voxels: count },
    ...{ rawVoxels: null, threshold: 1, counts: [], flags: [], created: time, grid: ownGrid },
    overlap: [{ with: 'annotated', dice: 0.5, precision: 0.4, recall: 0.6 }],
    ...{ leftVoxels: left, rightVoxels: count - left, components: 1, largestComponent: count, cubicCentimetres: 0.24 },
  })
  const result: MaskResult = {
    ...{ preset: 'troi', budget: count, mask: chosen, score, weights: score, threshold: 1, raw: null, counts: [] },
    ...{ rhoHistory: [], psi: 0.1, flags: [], diceRawExact: null, stage1: null },
  }
  return { grid, index, subject, run, mask, result }
}
