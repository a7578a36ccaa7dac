/** What the engine and the thread that reads an HDF5 file say to each other. */

/** A dataset as its header describes it; sizes slowest first, as h5py shows them. */
export interface DatasetDescription {
  readonly path: string
  readonly shape: readonly number[]
  /** Sizes of a chunk; null where the numbers lie in one piece. */
  readonly chunks: readonly number[] | null
  /** integer, float, or the name of a class that holds no plain numbers. */
  readonly kind: string
  readonly bytesPerNumber: number
  readonly signed: boolean
  readonly filters: readonly { readonly id: number; readonly name: string }[]
  /** True where the numbers are in other files or datasets. */
  readonly virtual: boolean
  /** MATLAB's class of a variable in a v7.3 file, else null. */
  readonly matlabClass: string | null
}

export type Hdf5Request =
  | { readonly kind: 'list' }
  | { readonly kind: 'describe'; readonly dataset: string }
  /** The numbers of a block in the dataset's own type, little-endian whatever the file's order: `count` along every axis from `offset`. */
  | { readonly kind: 'read'; readonly dataset: string; readonly offset: number[]; readonly count: number[] }

export type Hdf5Answer =
  | { readonly kind: 'list'; readonly datasets: readonly DatasetDescription[]; readonly complete: boolean }
  | { readonly kind: 'describe'; readonly dataset: DatasetDescription | null }
  | { readonly kind: 'read'; readonly bytes: Uint8Array<ArrayBuffer> }

export interface Hdf5Envelope {
  readonly id: number
  readonly request: Hdf5Request
}

/** `opened` comes first, unasked: null, or why the file cannot be opened. */
export type Hdf5Reply =
  | { readonly opened: string | null }
  | { readonly id: number; readonly answer: Hdf5Answer }
  | { readonly id: number; readonly failed: string }

export interface Hdf5WorkerStart {
  readonly path: string
}
