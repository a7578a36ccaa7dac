/** Looks up the sizes that an estimate needs, and what is free. A run that cannot fit on the disk is refused before it is queued. */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Estimate } from '../../core/contract/estimate.ts'
import type { Subject } from '../../core/contract/result.ts'
import { type RunRequest, withoutTestRun } from '../../core/contract/run.ts'
import { estimateRun, type Room, type RunSizes, roomVerdict, runCost } from '../../core/estimate/estimate-run.ts'
import { smallerRequests } from '../../core/estimate/smaller-requests.ts'
import type { SubjectSize } from '../../core/estimate/stage-cost.ts'
import { ProblemError } from '../../core/problem.ts'
import { defaultModelSettings, labelModelSettings, type MaskSettings } from '../../core/troi/settings.ts'
import { settingsOfMask } from '../export/mask-settings.ts'
import type { ProjectStore } from '../project/project-store.ts'

export type FreeRoom = (folder: string) => Promise<Room>

/** Memory that a new process can have, and what the folder's disk has left for this user. */
export const freeRoom: FreeRoom = async (folder) => {
  const disk = await statfs(folder)
  return { memoryBytes: process.availableMemory(), diskBytes: disk.bavail * disk.bsize }
}

const sizeOf = ({ voxels, trainTrials, testTrials, grid }: Subject): SubjectSize => ({
  ...{ voxels, trainTrials, testTrials },
  gridVoxels: grid.shape.reduce((product, side) => product * side, 1),
})

interface Named {
  readonly subjects: readonly string[]
  readonly backbone: string | null
  readonly mask: { readonly voxels: number; readonly settings: MaskSettings } | null
}

async function namedIn(store: ProjectStore, request: RunRequest): Promise<Named> {
  if (request.kind === 'pretrain') return { subjects: request.subjects, backbone: null, mask: null }
  if (request.kind === 'mask' || request.kind === 'experiment')
    return { subjects: [request.subject], backbone: request.backbone, mask: null }
  if (request.kind !== 'decode') return { subjects: [], backbone: null, mask: null }
  const mask = (await store.listMasks()).find(({ id }) => id === request.mask)
  if (mask === undefined) return { subjects: [], backbone: null, mask: null }
  const settings = settingsOfMask(mask, await store.run(mask.run))
  return { subjects: [mask.subject], backbone: mask.backbone, mask: { voxels: mask.voxels, settings } }
}

/** Width of the input layer that a backbone expects; the usual one where its run does not say. */
async function hiddenOf(store: ProjectStore, backbone: string | null, labels: boolean): Promise<number> {
  if (backbone === null) return (labels ? labelModelSettings : defaultModelSettings).hidden
  const found = (await store.backbones()).find(({ id }) => id === backbone)
  if (found === undefined) return defaultModelSettings.hidden
  const { request } = await store.run(found.run)
  return request.kind === 'pretrain' ? request.settings.model.hidden : defaultModelSettings.hidden
}

/** The sizes that an estimate of a request needs. */
export async function sizesOf(store: ProjectStore, request: RunRequest): Promise<RunSizes> {
  const { subjects: ids, backbone, mask } = await namedIn(store, request)
  const all = await store.subjects()
  const subjects = all.filter(({ id }) => ids.includes(id))
  const labels = subjects.some(({ targets }) => targets === 'labels')
  return {
    subjects: subjects.map(sizeOf),
    hidden: await hiddenOf(store, backbone, labels),
    ...{ maskVoxels: mask?.voxels ?? 0, maskSettings: mask?.settings ?? null },
    ...{ labels, pretrained: backbone !== null },
  }
}

export async function estimateOf(
  store: ProjectStore,
  request: RunRequest,
  free: FreeRoom,
  secondsPerWeight: number,
): Promise<Estimate | null> {
  const sizes = await sizesOf(store, request)
  return estimateRun(request, sizes, await free(store.folder), secondsPerWeight, smallerRequests(request))
}

/** Of a demo, which needs no project; `folder` is where one would be made. */
export async function estimateDemo(
  size: Extract<RunRequest, { kind: 'demo' }>['size'],
  seeds: readonly number[],
  folder: string,
  free: FreeRoom,
  secondsPerWeight: number,
): Promise<Estimate> {
  const request: RunRequest = { kind: 'demo', size, seeds: [...seeds] }
  const room = await free(existingFolder(folder))
  const found = estimateRun(request, noSizes, room, secondsPerWeight, smallerRequests(request))
  if (found === null) throw new Error('a demo can be counted')
  return found
}

const noSizes: RunSizes = {
  ...{ subjects: [], hidden: 0, maskVoxels: 0, maskSettings: null, labels: false, pretrained: true },
}

/** The folder itself, or the nearest above it that is there: it lies on the same disk. */
function existingFolder(folder: string): string {
  const up = dirname(folder)
  return existsSync(folder) || up === folder ? folder : existingFolder(up)
}

/** DISK_FULL where a demo cannot be kept on the disk of a folder, which need not be there yet. */
export async function checkDemoRoom(
  size: Extract<RunRequest, { kind: 'demo' }>['size'],
  seeds: readonly number[],
  folder: string,
  free: FreeRoom,
): Promise<void> {
  const cost = runCost({ kind: 'demo', size, seeds: [...seeds] }, noSizes, 1)
  if (cost !== null) refuseWithoutDisk(cost.diskBytes, (await free(existingFolder(folder))).diskBytes)
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`

/**
 * DISK_FULL where the run cannot be kept on the disk of its project. Memory is not refused: systems lend more than they say is
 * free, so the card warns and the person decides.
 */
export async function checkRoom(store: ProjectStore, request: RunRequest, free: FreeRoom): Promise<void> {
  // A test run is refused where the full run would be.
  const cost = runCost(withoutTestRun(request), await sizesOf(store, request), 1)
  if (cost === null) return
  const { diskBytes } = await free(store.folder)
  refuseWithoutDisk(cost.diskBytes, diskBytes)
}

function refuseWithoutDisk(neededBytes: number, freeBytes: number): void {
  if (roomVerdict(neededBytes, freeBytes) !== 'will not fit') return
  throw new ProblemError({
    code: 'DISK_FULL',
    message: `This run needs about ${megabytes(neededBytes)} on the disk; ${megabytes(freeBytes)} are free.`,
    where: 'disk of the project',
    expected: `${megabytes(neededBytes)} free`,
    fix: 'Free some space, or choose a smaller run. Nothing was started.',
  })
}
