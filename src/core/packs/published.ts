/**
 * The numbers of published tables that need a network, and what a network must be to give them: which preparation, how its output
 * is compared, and how many numbers that output has. A pack may call an output by such a name only if all of this fits; a network
 * that merely plays the part stands in for it and keeps its own name.
 */
import type { PreparationName } from './preparation.ts'

export const measures = ['twoWay', 'correlationDistance'] as const
/** twoWay: two-way identification, higher is better. correlationDistance: 1 − Pearson, lower is better. */
export type Measure = (typeof measures)[number]

export interface PublishedMetric {
  readonly network: string
  readonly output: string
  readonly measure: Measure
  readonly preparation: PreparationName
  /** Numbers per picture. */
  readonly length: number
}

export const publishedNames = ['AlexNet(2)', 'AlexNet(5)', 'Inception', 'CLIP', 'EfficientNet-B1', 'SwAV'] as const
export type PublishedName = (typeof publishedNames)[number]

/** Source: MindEye2's final evaluation. */
export const publishedMetrics: Readonly<Record<PublishedName, PublishedMetric>> = {
  'AlexNet(2)': {
    network: 'torchvision AlexNet, IMAGENET1K_V1',
    output: 'features.4 (after ReLU), 192 × 31 × 31',
    measure: 'twoWay',
    preparation: 'mindeye2-alexnet',
    length: 192 * 31 * 31,
  },
  'AlexNet(5)': {
    network: 'torchvision AlexNet, IMAGENET1K_V1',
    output: 'features.11 (after ReLU), 256 × 15 × 15',
    measure: 'twoWay',
    preparation: 'mindeye2-alexnet',
    length: 256 * 15 * 15,
  },
  Inception: {
    network: 'torchvision Inception-v3',
    output: 'avgpool, 2048',
    measure: 'twoWay',
    preparation: 'mindeye2-inception-v3',
    length: 2048,
  },
  CLIP: {
    network: 'OpenAI CLIP ViT-L/14',
    output: 'image embedding, 768',
    measure: 'twoWay',
    preparation: 'mindeye2-clip',
    length: 768,
  },
  'EfficientNet-B1': {
    network: 'torchvision EfficientNet-B1',
    output: 'avgpool, 1280',
    measure: 'correlationDistance',
    preparation: 'mindeye2-efficientnet-b1',
    length: 1280,
  },
  SwAV: {
    network: 'SwAV ResNet-50',
    output: 'avgpool, 2048',
    measure: 'correlationDistance',
    preparation: 'mindeye2-swav',
    length: 2048,
  },
}
