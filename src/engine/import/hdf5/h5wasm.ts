/**
 * The HDF5 library, built for WebAssembly with a file system of its own in memory. The package has a second build for Node
 * that opens any path of the disk; this one sees only what we put before it. Its types leave out the parts of the
 * file system we need, so they are said here.
 */
import * as h5wasm from 'h5wasm'

export interface FileNode {
  node_ops: { getattr: (node: FileNode) => object }
  stream_ops: {
    read: (stream: FileStream, buffer: Uint8Array, offset: number, length: number, position: number) => number
    llseek: (stream: FileStream, offset: number, whence: number) => number
    write: () => number
  }
}

export interface FileStream {
  readonly position: number
}

type Library = Awaited<typeof h5wasm.ready>

export interface H5Module extends Omit<Library, 'FS'> {
  readonly FS: {
    writeFile(path: string, bytes: Uint8Array): void
    lookupPath(path: string): { node: FileNode }
    unlink(path: string): void
  }
}

export const { File, Group, Dataset } = h5wasm

/** The library once its code is compiled. */
export async function loadHdf5(): Promise<H5Module> {
  const library: unknown = await h5wasm.ready
  if (!isLibrary(library)) throw new Error('the HDF5 library has no file system')
  // HDF5's own error stack as a thrown message instead of lines on a console.
  library.activate_throwing_error_handler()
  return library
}

function isLibrary(value: unknown): value is H5Module {
  if (typeof value !== 'object' || value === null || !('FS' in value)) return false
  const fs = value.FS
  return typeof fs === 'object' && fs !== null && 'writeFile' in fs && 'lookupPath' in fs
}
