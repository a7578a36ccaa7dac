import { describe, expect, it } from 'vitest'
import { doctor } from '../../test/e2e/support/fake-answers.ts'
import { haxbyRuns } from '../../test/e2e/support/fake-state.ts'
import { diagnosticsText, withoutPlaces } from './diagnostics.ts'

describe('diagnostics for support', () => {
  const runs = haxbyRuns().map((run) => ({
    ...run,
    name: 'Jane Doe session 2',
    problem:
      run.problem === null
        ? null
        : { ...run.problem, message: 'Jane Doe.nii is gone', where: '/data/patients/Jane Doe.nii', fix: 'Ask Jane.' },
  }))
  const text = diagnosticsText(
    {
      ...doctor,
      backends: [
        { ...doctor.backends[0]!, reason: 'Loaded from /home/jane/lib.so and "Jane Doe", see https://x.org/jane' },
      ],
    },
    [runs],
    '2026-01-01T00:00:00.000Z',
  )

  it('says what support needs: versions, device, kinds of runs and codes of problems', () => {
    const told = JSON.parse(text)
    expect(told).toMatchObject({ version: doctor.version, node: doctor.node, platform: doctor.platform })
    expect(told.openProjects).toHaveLength(1)
    expect(told.openProjects[0]).toMatchObject({ runs: runs.length, problems: { 'mask: JOB_LOST': 1 } })
    expect(told.openProjects[0].byKindAndState['mask, interrupted']).toBe(1)
  })

  it('holds no name, no path and no sentence of a run', () => {
    expect(text.toLowerCase()).not.toContain('jane')
    expect(text).not.toContain('/data')
    expect(text).not.toContain('/home')
    for (const run of runs) expect(text).not.toContain(run.id)
  })

  it.each([
    ['C:\\Users\\Jane\\a.nii is gone', '[path] is gone'],
    ['~/scans/Jane.nii, twice', '[path], twice'],
    ['“Jane Doe” is open', '[quoted] is open'],
    ['write to jane@clinic.org', 'write to [address]'],
    ['4 of 12 voxels and 0.5 s', '4 of 12 voxels and 0.5 s'],
  ])('%s becomes %s', (from, to) => {
    expect(withoutPlaces(from)).toBe(to)
  })
})
