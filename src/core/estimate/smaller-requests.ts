/** Requests that ask the same with less, the least change first. Each differs in one thing, which its words name. */
import { cohortSizes, type RunRequest } from '../contract/run.ts'
import { maskPresets } from '../troi/settings.ts'
import type { SmallerRequest } from './estimate-run.ts'

export function smallerRequests(request: RunRequest): SmallerRequest[] {
  switch (request.kind) {
    case 'pretrain':
      return pretrain(request)
    case 'mask':
      return mask(request)
    case 'decode':
      return request.settings.epochs < 2
        ? []
        : [decodeWith(request, Math.round(request.settings.epochs / 2)), decodeWith(request, 1)]
    case 'experiment':
      return experiment(request)
    case 'demo':
      return demo(request)
    default:
      return []
  }
}

function pretrain(request: Extract<RunRequest, { kind: 'pretrain' }>): SmallerRequest[] {
  const { settings } = request
  const halves = [settings.model.hidden / 2, settings.model.hidden / 4].map(Math.round).filter((hidden) => hidden >= 16)
  return halves.map((hidden) => ({
    words: `${hidden} hidden units`,
    request: { ...request, settings: { ...settings, model: { ...settings.model, hidden } } },
  }))
}

/** troi needs no checkpoint of the input layer, instant no training at all. */
function mask(request: Extract<RunRequest, { kind: 'mask' }>): SmallerRequest[] {
  const { preset, budget, seed, embedding } = request.settings
  const kept = { budget, seed, ...(embedding === undefined ? {} : { embedding }) }
  return (['troi', 'instant'] as const)
    .filter((name) => name !== preset && preset !== 'instant')
    .map((name) => ({
      words: `Preset ${name}`,
      request: { ...request, settings: { ...maskPresets[name], ...kept } },
    }))
}

/** Stability needs its repeats; everything else can be asked with one seed, then with a quicker preset, then with half the epochs. */
function experiment(request: Extract<RunRequest, { kind: 'experiment' }>): SmallerRequest[] {
  const { seeds, mask: own, decoder, experiment: kind } = request
  const oneSeed = { ...request, seeds: seeds.slice(0, 1) }
  const quicker = (['troi', 'instant'] as const).filter((name) => name !== own.preset && own.preset !== 'instant')
  return [
    ...(seeds.length < 2 || kind === 'stability' ? [] : [{ words: 'One seed', request: oneSeed }]),
    ...quicker.map((name) => ({
      words: `Preset ${name}`,
      request: { ...request, mask: { ...maskPresets[name], budget: own.budget, seed: own.seed } },
    })),
    ...(decoder.epochs < 2
      ? []
      : [
          {
            words: `${Math.round(decoder.epochs / 2)} epochs per decoder`,
            request: { ...request, decoder: { ...decoder, epochs: Math.round(decoder.epochs / 2) } },
          },
        ]),
  ]
}

function demo(request: Extract<RunRequest, { kind: 'demo' }>): SmallerRequest[] {
  const smaller = cohortSizes.slice(0, cohortSizes.indexOf(request.size)).reverse()
  return [
    ...(request.seeds.length < 2
      ? []
      : [{ words: 'One seed', request: { ...request, seeds: request.seeds.slice(0, 1) } }]),
    ...smaller.map((size) => ({
      words: `Size ${size}`,
      request: { ...request, size, seeds: request.seeds.slice(0, 1) },
    })),
  ]
}

function decodeWith(request: Extract<RunRequest, { kind: 'decode' }>, epochs: number): SmallerRequest {
  return {
    words: `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
    request: { ...request, settings: { ...request.settings, epochs } },
  }
}
