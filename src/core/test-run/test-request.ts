/**
 * A test run asks the same as the full run, of few trials and for few epochs, and keeps nothing. Voxels, the width of the network,
 * batches and folds stay as they are: what does not fit into memory or onto the disk, has the wrong shape or is no number shows
 * within about a minute instead of after an hour.
 */
import type { RunRequest } from '../contract/run.ts'
import { fewestRepeats } from '../evaluate/stability.ts'
import type { DecoderSettings, MaskSettings, PretrainSettings } from '../troi/settings.ts'

/** Passes over the few trials; two, so that a checkpoint is followed by more training. */
export const testEpochs = 2
/** Trials that a test run keeps at most. A whole batch of the cross-fitted mask is among them. */
export const testTrials = { train: 160, test: 40, folds: 3 } as const

/** An epoch is one pass over what is there. */
const onePass = { epochTrials: 1 }

function testPretrain(settings: PretrainSettings): PretrainSettings {
  return { ...settings, ...onePass, epochs: Math.min(testEpochs, settings.epochs) }
}

export function testMask(settings: MaskSettings): MaskSettings {
  const { crossFit, algorithm1 } = settings
  return {
    ...settings,
    crossFit: { ...crossFit, ...onePass, epochs: Math.min(testEpochs, crossFit.epochs) },
    algorithm1: {
      ...{ ...algorithm1, ...onePass, adaptRho: false, warmUpEpochs: Math.min(1, algorithm1.warmUpEpochs) },
      plannedEpochs: Math.min(testEpochs, algorithm1.plannedEpochs),
      maximumEpochs: Math.min(testEpochs, algorithm1.maximumEpochs),
    },
  }
}

export function testDecoder(settings: DecoderSettings): DecoderSettings {
  return { ...settings, ...onePass, epochs: Math.min(testEpochs, settings.epochs) }
}

/** Of an experiment every condition of one seed; repeats of a mask need a few seeds to be compared. */
function testSeeds(request: Extract<RunRequest, { kind: 'experiment' }>): number[] {
  return request.seeds.slice(0, request.experiment === 'stability' ? fewestRepeats : 1)
}

/** What a test run of a request really does; other requests as they are. */
export function testRequest(request: RunRequest): RunRequest {
  switch (request.kind) {
    case 'pretrain':
      return { ...request, settings: testPretrain(request.settings) }
    case 'mask':
      return { ...request, settings: testMask(request.settings) }
    case 'decode':
      return { ...request, settings: testDecoder(request.settings) }
    case 'experiment':
      return {
        ...{ ...request, mask: testMask(request.mask), decoder: testDecoder(request.decoder) },
        seeds: testSeeds(request),
      }
    default:
      return request
  }
}
