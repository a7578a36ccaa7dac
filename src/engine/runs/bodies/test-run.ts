/**
 * A test run: the same body as the full run, on few trials and for few epochs. A mask is followed by a decoder and its evaluation,
 * because that is where a mask of the wrong shape would fail. Everything written is read back, and then nothing is handed over: no
 * list, report or export can hold what a test run made.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRequest, TestReport } from '../../../core/contract/run.ts'
import { defaultDecoderSettings } from '../../../core/contract/settings.ts'
import { ProblemError, unwrap } from '../../../core/problem.ts'
import { testEpochs, testRequest } from '../../../core/test-run/test-request.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { readDataFile } from '../../project/data-file.ts'
import { type Job, loadSubject, readInput } from '../job.ts'
import { unpackSubject } from '../subject-file.ts'
import { testReportFile } from '../test-report.ts'

type Body = (job: Job) => Promise<Artifact[]>

export async function testRun(job: Job, body: Body): Promise<Artifact[]> {
  job.context.phase('Check every number')
  const trials = checkSubjects(job)
  const checks = ['Data: all of it read and standardised, every number finite']
  const small: Job = { ...job, request: testRequest(job.request) }
  const made = await body(small)
  checks.push(wordsOf[job.request.kind] ?? job.request.kind)
  const mask = made.find((one) => one.type === 'mask')
  if (mask !== undefined) {
    made.push(...(await body(decoderAfter(small, mask))))
    checks.push('Decoder: trained on that mask and judged on held-out trials')
  }
  job.context.phase('Read back what was written')
  for (const file of filesOf(made)) unwrap(readDataFile(join(job.project, file)))
  checks.push('Disk: results and checkpoints of full width written and read back')
  const report: TestReport = {
    ...{ ...trials, epochs: testEpochs, checks },
    // Kilobytes on every system that Node runs on.
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    writtenBytes: job.folder.bytes(),
  }
  job.folder.writeJson(testReportFile, report)
  for (const file of filesOf(made)) rmSync(join(job.project, file), { force: true })
  return []
}

const wordsOf: Partial<Record<RunRequest['kind'], string>> = {
  pretrain: 'Backbone: trained at full width',
  mask: 'Mask: found among all voxels, at full width',
  decode: 'Decoder: trained at full width and judged on held-out trials',
  experiment: 'Experiment: every condition gone through once',
}

function checkSubjects(job: Job): Omit<TestReport, 'checks' | 'epochs' | 'peakMemoryBytes' | 'writtenBytes'> {
  const sums = { trainTrials: 0, testTrials: 0, ofTrainTrials: 0, ofTestTrials: 0 }
  for (const [at, input] of job.inputs.subjects.entries()) {
    const whole = unpackSubject(input.summary, readInput(job, input.file)).data
    for (const [part, set] of Object.entries({ training: whole.train, 'held-out': whole.test })) {
      const strange = set.betas.findIndex((value) => !Number.isFinite(value))
      if (strange < 0) continue
      const voxels = whole.space.index.length
      throw new ProblemError({
        code: 'NOT_FINITE',
        message: `${whole.name} holds a value that is no number.`,
        where: `${part} trial ${Math.floor(strange / voxels) + 1}, voxel ${strange % voxels}`,
        expected: 'finite numbers',
        fix: 'Import the subject again with a brain mask that leaves this voxel out.',
      })
    }
    sums.ofTrainTrials += whole.train.trials
    sums.ofTestTrials += whole.test.trials
    const few = loadSubject(job, at).data
    sums.trainTrials += few.train.trials
    sums.testTrials += few.test.trials
  }
  return sums
}

/** The decoder that the full run of a mask is usually followed by. */
function decoderAfter(job: Job, { id, file, summary }: Extract<Artifact, { type: 'mask' }>): Job {
  if (job.request.kind !== 'mask') throw new Error('only a mask run makes a mask')
  const { settings: mask } = job.request
  const embedding = mask.embedding === undefined ? {} : { embedding: mask.embedding }
  const decoder: RunRequest = {
    ...{ kind: 'decode', mask: id, testRun: true },
    settings: { ...defaultDecoderSettings, ...embedding, method: 'auto', seed: mask.seed },
  }
  return {
    ...job,
    request: testRequest(decoder),
    inputs: { ...job.inputs, mask: { summary, file, settings: mask } },
    // A checkpoint of its own, and the phases of the run.
    context: { ...job.context.child('decoder'), phase: (name, epochs) => job.context.phase(name, epochs) },
  }
}

const filesOf = (made: readonly Artifact[]) => made.flatMap((one) => ('file' in one ? [one.file] : []))
