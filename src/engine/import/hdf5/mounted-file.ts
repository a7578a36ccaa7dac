/**
 * One real file inside the HDF5 library's private file system. The library sees nothing else of the disk, so links to other
 * files, external storage and virtual datasets lead nowhere. Nothing is copied: what the library reads comes through one file
 * handle, with a window of read-ahead because chunks of one voxel are much smaller than a call is worth.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { H5Module } from './h5wasm.ts'

const windowBytes = 1 << 18

export interface MountedFile {
  /** Where the library finds the file. */
  readonly path: string
  readonly unmount: () => void
}

let mounted = 0

/** Makes a file of the disk appear to the library. Throws what `openSync` throws. */
export function mountFile(module: H5Module, path: string): MountedFile {
  const handle = openSync(path, 'r')
  const { size } = fstatSync(handle)
  const window = Buffer.allocUnsafe(windowBytes)
  let windowAt = 0
  let windowLength = 0

  const read = (into: Uint8Array, offset: number, wanted: number, position: number): number => {
    const length = Math.max(0, Math.min(wanted, size - position))
    if (length === 0) return 0
    if (length > windowBytes / 4) return readSync(handle, into, offset, length, position)
    if (position < windowAt || position + length > windowAt + windowLength) {
      windowAt = position
      windowLength = readSync(handle, window, 0, windowBytes, position)
    }
    const given = Math.min(length, windowLength)
    into.set(window.subarray(position - windowAt, position - windowAt + given), offset)
    return given
  }

  // A path of its own each time: the library keeps what it knows of a file by where it is.
  mounted++
  const inside = `/file-${mounted}`
  module.FS.writeFile(inside, new Uint8Array(0))
  const { node } = module.FS.lookupPath(inside)
  const attributes = node.node_ops.getattr
  node.node_ops = { ...node.node_ops, getattr: (of) => ({ ...attributes(of), size }) }
  node.stream_ops = {
    ...node.stream_ops,
    read: (_stream, buffer, offset, length, position) => read(buffer, offset, length, position),
    llseek: (stream, offset, whence) => (whence === 1 ? stream.position : whence === 2 ? size : 0) + offset,
    write: () => {
      throw new Error('the file is open for reading only')
    },
  }
  return {
    path: inside,
    unmount: () => {
      module.FS.unlink(inside)
      closeSync(handle)
    },
  }
}
