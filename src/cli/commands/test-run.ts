/** A test run from the command line: the request of the full run, tried; what it has shown; and no result. */
import type { Project } from '../../core/contract/contract.ts'
import { asTestRun, type RunRequest, type TestReport } from '../../core/contract/run.ts'
import type { Answer } from '../command.ts'
import type { Session } from '../session.ts'

function testReportText(run: string, report: TestReport): string {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`
  return [
    `Test run ${run} went through. It is no result, and nothing of it was kept.`,
    `${report.trainTrials} of ${report.ofTrainTrials} training and ${report.testTrials} of ${report.ofTestTrials} held-out trials, ${report.epochs} epochs, at full width.`,
    ...report.checks.map((check) => `  ${check}`),
    `Memory at most ${megabytes(report.peakMemoryBytes)}, ${megabytes(report.writtenBytes)} written.`,
  ].join('\n')
}

/** Follows the test run of a request to its end. A run that fails becomes its problem, as the full run would. */
export async function tryOut(session: Session, project: Project, request: RunRequest): Promise<Answer> {
  const test = asTestRun(request)
  if (test === null) throw new Error(`${request.kind} has no test run`)
  const run = await session.start(project, test)
  const report = await session.client.runs.testReport({ project: project.id, run: run.id })
  if (report === null) throw new Error('a test run that is done has a report')
  return { json: { run: run.name, testRun: true, ...report }, text: testReportText(run.name, report) }
}
