/** vtk.js ships this filter without types; the part that is used. */
declare module '@kitware/vtk.js/Filters/General/ImageMarchingCubes' {
  import type { vtkAlgorithm, vtkObject } from '@kitware/vtk.js/interfaces'

  interface ImageMarchingCubes extends vtkAlgorithm, vtkObject {}
  const filter: {
    newInstance(options: { contourValue: number; computeNormals?: boolean; mergePoints?: boolean }): ImageMarchingCubes
  }
  export default filter
}
