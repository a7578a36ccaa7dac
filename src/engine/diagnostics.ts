/**
 * A text that a user can send to support: this computer, versions, and which kinds of runs ended with which problem codes. Built only
 * from what is listed here, so that no name, path, picture, note or number of a subject can get in; projects and runs are counted,
 * never named. Free texts of the engine pass `withoutPlaces` first.
 */
import type { Doctor } from '../core/contract/contract.ts'
import type { Run } from '../core/contract/run.ts'

/** Paths, addresses and what stands in quotation marks replaced by a word. */
export function withoutPlaces(text: string): string {
  return text
    .replace(/["“„'‘][^"”“'’]*["”“'’]/g, '[quoted]')
    .replace(/\b[a-z]+:\/\/\S+/gi, '[address]')
    .replace(/(?:[A-Za-z]:)?(?:~|\.{1,2})?[\\/][^\s,;)]+/g, '[path]')
    .replace(/[\w.+-]+@[\w.-]+/g, '[address]')
}

type Counts = Record<string, number>

function countBy(runs: readonly Run[], key: (run: Run) => string | null): Counts {
  const counts: Counts = {}
  for (const run of runs) {
    const name = key(run)
    if (name !== null) counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function aboutRuns(runs: readonly Run[]) {
  return {
    runs: runs.length,
    byKindAndState: countBy(runs, (run) => `${run.kind}, ${run.status}`),
    problems: countBy(runs, (run) => (run.problem === null ? null : `${run.kind}: ${run.problem.code}`)),
    seconds: Math.round(runs.reduce((sum, run) => sum + run.elapsed, 0)),
  }
}

/** `projects` holds the runs of every open project. `made` is ISO 8601. */
export function diagnosticsText(doctor: Doctor, projects: readonly (readonly Run[])[], made: string): string {
  const { version, node, platform, cores, memoryBytes, diskBytes, backends, selfTest, libraries } = doctor
  const gigabytes = (bytes: number) => Math.round(bytes / 1e8) / 10
  return `${JSON.stringify(
    {
      about: 'TROI Workstation diagnostics. Holds no names, paths, notes or pictures.',
      made,
      version,
      node,
      platform,
      cores,
      memoryGigabytes: { total: gigabytes(memoryBytes.total), free: gigabytes(memoryBytes.free) },
      diskGigabytesFree: gigabytes(diskBytes.free),
      backends: backends.map(({ name, available, chosen, reason }) => ({
        name,
        available,
        chosen,
        reason: withoutPlaces(reason),
      })),
      selfTest,
      libraries,
      openProjects: projects.map(aboutRuns),
    },
    null,
    2,
  )}\n`
}
