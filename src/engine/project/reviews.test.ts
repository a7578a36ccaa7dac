/** Verdicts are bound to the mask's bytes, only ever added, and go with a discarded run. */
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { projectWithMask } from '../../../test/support/project-with-mask.ts'
import { describeReview, type NewReview } from '../../core/contract/review.ts'
import { ProjectStore } from './project-store.ts'

const folder = freshFolder()
const place = () => join(folder(), 'lab')
const other = 'c'.repeat(64)

async function lab() {
  const made = await projectWithMask(place())
  const [mask] = await made.store.listMasks()
  const sign = (own: Partial<NewReview> = {}) =>
    made.store.reviews.add({
      ...{ mask: mask!.id, verdict: 'accepted', reviewer: 'A. Rossi', note: '', sha256: mask!.sha256 },
      ...own,
    })
  return { ...made, mask: mask!, sign }
}

describe('a verdict', () => {
  it('is listed newest first, and the newest counts', async () => {
    const { store, mask, sign } = await lab()
    expect(await store.listMasks()).toMatchObject([{ verdict: null }])
    for (const verdict of ['unsure', 'accepted', 'rejected'] as const) await sign({ verdict, note: `was ${verdict}` })
    const all = await store.reviews.list()
    expect(all.map(({ verdict, note, holds }) => [verdict, note, holds])).toEqual([
      ['rejected', 'was rejected', true],
      ['accepted', 'was accepted', true],
      ['unsure', 'was unsure', true],
    ])
    expect(await store.reviews.list(mask.id)).toEqual(all)
    expect(await store.reviews.newest(mask.id)).toEqual(all[0])
    expect(await store.listMasks()).toMatchObject([{ id: mask.id, verdict: 'rejected' }])
    await store.close()
  })

  it('stays when the project is opened again', async () => {
    const { store, sign } = await lab()
    const signed = await sign({ note: 'plausible; two stray voxels' })
    await store.close()
    const again = await ProjectStore.open(place())
    expect(await again.reviews.list()).toEqual([signed])
    await again.close()
  })

  it('on other bytes than the mask has is refused, and nothing is kept', async () => {
    const { store, mask, sign } = await lab()
    await expect(sign({ sha256: other })).rejects.toMatchObject({
      problem: { code: 'CHECKSUM', where: 'sha256', expected: mask.sha256 },
    })
    expect(await store.reviews.list()).toEqual([])
    await store.close()
  })

  it('no longer holds once the file is changed, nor can the changed file be signed', async () => {
    const { store, file, sign } = await lab()
    await sign()
    appendFileSync(join(store.folder, file), 'x')
    const [review] = await store.reviews.list()
    expect(review).toMatchObject({ verdict: 'accepted', holds: false })
    expect(describeReview(review!)).toMatch(/^Not reviewed as it is: Accepted by A\. Rossi on .* changed since\.$/)
    await expect(sign()).rejects.toMatchObject({ problem: { code: 'CHECKSUM', where: file } })
    rmSync(join(store.folder, file))
    await expect(sign()).rejects.toMatchObject({ problem: { message: expect.stringContaining('is gone') } })
    expect(await store.reviews.list()).toMatchObject([{ verdict: 'accepted', holds: false }])
    await store.close()
  })

  it('on a mask that is not there is refused', async () => {
    const { store, sign } = await lab()
    const nowhere = crypto.randomUUID()
    const problem = { code: 'NOT_FOUND', where: nowhere }
    await expect(sign({ mask: nowhere })).rejects.toMatchObject({ problem })
    await expect(store.reviews.list(nowhere)).rejects.toMatchObject({ problem })
    await store.close()
  })

  it('goes into the folder of a run that is discarded', async () => {
    const { store, run, sign } = await lab()
    const signed = await sign({ verdict: 'rejected' })
    await store.discardRun(run)
    expect(await store.reviews.list()).toEqual([])
    const [binned] = readdirSync(join(store.folder, 'bin'))
    const kept = z
      .array(z.object({ id: z.string(), verdict: z.string(), sha256: z.string() }))
      .parse(JSON.parse(readFileSync(join(store.folder, 'bin', binned!, 'reviews.json'), 'utf8')))
    expect(kept).toEqual([{ id: signed.id, verdict: 'rejected', sha256: signed.sha256 }])
    await store.close()
  })
})

it('says in words where a mask stands', () => {
  const review = { verdict: 'unsure', reviewer: 'B. Ohno', note: '', sha256: other, holds: true } as const
  expect(describeReview(null)).toMatch(/^Not reviewed/)
  expect(describeReview({ ...review, created: '2026-11-25T09:00:00.000Z' })).toBe(
    'Marked as unsure by B. Ohno on 2026-11-25.',
  )
})
