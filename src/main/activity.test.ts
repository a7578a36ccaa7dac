import { describe, expect, it } from 'vitest'
import { Activity } from './activity.ts'

function parts() {
  const blockers: number[] = []
  const told: string[] = []
  let next = 0
  const activity = new Activity({
    powerSaveBlocker: {
      start: () => {
        blockers.push(++next)
        return next
      },
      stop: (id: number) => {
        blockers.splice(blockers.indexOf(id), 1)
        return true
      },
    },
    notify: (text) => told.push(text),
  })
  const heard = (id: string, status: string) =>
    activity.heard({ id, name: `m-${id}`, status, project: 'Lab', folder: '/lab' })
  return { activity, heard, blockers, told }
}

describe('what runs', () => {
  it('keeps the computer awake from the first start to the last end', () => {
    const { heard, blockers, activity } = parts()
    heard('1', 'running')
    heard('2', 'running')
    expect(blockers).toEqual([1])
    heard('1', 'done')
    expect(blockers).toEqual([1])
    heard('2', 'paused')
    expect([blockers, activity.running]).toEqual([[], []])
    heard('2', 'running')
    expect(blockers).toEqual([2])
    activity.lost()
    expect([blockers, activity.running]).toEqual([[], []])
  })

  it('is told at its end, unless it was stopped on purpose or never ran', () => {
    const { heard, told } = parts()
    for (const [id, status] of [
      ['1', 'done'],
      ['2', 'failed'],
      ['3', 'interrupted'],
      ['4', 'cancelled'],
    ] as const) {
      heard(id, 'running')
      heard(id, status)
    }
    heard('5', 'failed')
    expect(told).toEqual([
      'm-1 of Lab is done.',
      'm-2 of Lab failed.',
      'm-3 of Lab was interrupted; it can be resumed.',
    ])
  })
})
