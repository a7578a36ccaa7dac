/** What a training stage needs from the machine: the two engine-dependent objects, handed in by the host. */
import type { PictureComparer } from '../evaluate/image-metrics.ts'
import type { DenseKernels } from './dense-kernels.ts'
import type { SubjectLayerFactory } from './subject-layer.ts'

export interface Compute {
  readonly subjectLayer: SubjectLayerFactory
  readonly kernels: DenseKernels
  /** PixCorr and SSIM of many pictures on all threads; one after the other where it is missing. */
  readonly comparePictures?: PictureComparer
}
