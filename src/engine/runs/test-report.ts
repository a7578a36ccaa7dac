/** What a test run has shown, in its folder; nothing of it is among the project's results. */
import { isTestRun, type Run, type TestReport, testReportSchema } from '../../core/contract/run.ts'
import type { ProjectStore } from '../project/project-store.ts'

export const testReportFile = 'results/test-run.json'

export function testReportOf(store: ProjectStore, run: Run): TestReport | null {
  if (!isTestRun(run.request)) return null
  const found = store.runFolder(run.id).readJson(testReportFile)
  return found === null ? null : testReportSchema.parse(found)
}
