/** The body of every kind of run. */
import { isTestRun } from '../../../core/contract/run.ts'
import type { Artifact } from '../../project/artifacts.ts'
import type { Job } from '../job.ts'
import { trainDecoder } from './decode.ts'
import { runDemo } from './demo.ts'
import { evaluateAgain } from './evaluate.ts'
import { compareConditions } from './experiment.ts'
import { importFiles } from './import.ts'
import { findMask } from './mask.ts'
import { pretrainBackbone } from './pretrain.ts'
import { simulate } from './simulate.ts'
import { repeatTheMask } from './stability.ts'
import { testRun } from './test-run.ts'

/** A test run goes through the same body and keeps nothing. */
export function runBody(job: Job): Promise<Artifact[]> {
  return isTestRun(job.request) ? testRun(job, fullBody) : fullBody(job)
}

function fullBody(job: Job): Promise<Artifact[]> {
  const { request } = job
  switch (request.kind) {
    case 'simulate':
      return simulate({ ...job, request })
    case 'import':
      return importFiles({ ...job, request })
    case 'pretrain':
      return pretrainBackbone({ ...job, request })
    case 'mask':
      return findMask({ ...job, request })
    case 'decode':
      return trainDecoder({ ...job, request })
    case 'evaluate':
      return evaluateAgain({ ...job, request })
    case 'experiment':
      return request.experiment === 'stability'
        ? repeatTheMask({ ...job, request })
        : compareConditions({ ...job, request })
    case 'demo':
      return runDemo({ ...job, request })
    default:
      return request satisfies never
  }
}
