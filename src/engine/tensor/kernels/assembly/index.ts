// Everything the engine calls. Memory is laid out by the caller from heapBase() on.
export { gemm, gemmScratchBytes } from './gemm'
export { gatherMasked, layerUpdate, packHidden, updateScratchBytes } from './layer'

export function heapBase(): usize {
  return __heap_base
}
