/** What is free decides before anything is queued; the same numbers reach the card. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectWithMask } from '../../../test/support/project-with-mask.ts'
import type { RunRequest } from '../../core/contract/run.ts'
import { maskPresets } from '../../core/contract/settings.ts'
import { ProblemError } from '../../core/problem.ts'
import { checkRoom, estimateOf, freeRoom } from './estimate-request.ts'

const room = (diskBytes: number) => async () => ({ memoryBytes: 8e9, diskBytes })

describe('room for a run', () => {
  it('is refused on a full disk, granted on a roomy one, and the estimate agrees', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'room-'))
    const { store, item } = await projectWithMask(join(folder, 'project'))
    const subject = item.subject.id
    try {
      const request: RunRequest = {
        kind: 'mask',
        subject,
        backbone: null,
        settings: { ...maskPresets.memory, budget: 2 },
      }
      const told = await estimateOf(store, request, room(1e12), 1e-9)
      expect(told).toMatchObject({ verdict: 'fits', disk: { freeBytes: 1e12 }, smaller: null })
      const needed = told!.disk.neededBytes
      await expect(checkRoom(store, request, room(needed))).resolves.toBeUndefined()
      const refused = await checkRoom(store, request, room(needed - 1)).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(ProblemError)
      expect((refused as ProblemError).problem).toMatchObject({ code: 'DISK_FULL', where: 'disk of the project' })
      expect((await estimateOf(store, request, room(needed - 1), 1e-9))?.verdict).toBe('will not fit')
    } finally {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('is read from the system', async () => {
    const { memoryBytes, diskBytes } = await freeRoom('.')
    expect(memoryBytes).toBeGreaterThan(1e6)
    expect(diskBytes).toBeGreaterThan(0)
  })
})
