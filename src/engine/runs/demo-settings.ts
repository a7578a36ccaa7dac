/** Settings of the demo's stages: the defaults, but fewer epochs in the tiny cohort, which only shows that everything works. */
import type { RunRequest } from '../../core/contract/run.ts'
import {
  type DecoderSettings,
  defaultDecoderSettings,
  defaultPretrainSettings,
  type PretrainSettings,
} from '../../core/contract/settings.ts'
import { demoEpochs } from '../../core/estimate/demo-cost.ts'

type Size = Extract<RunRequest, { kind: 'demo' }>['size']

export function demoPretrainSettings(size: Size, seed: number): PretrainSettings {
  return { ...defaultPretrainSettings, epochs: demoEpochs(size).pretrain, seed }
}

export function demoDecoderSettings(size: Size, seed: number): DecoderSettings {
  return { ...defaultDecoderSettings, epochs: demoEpochs(size).decoder, seed }
}
