/** What a file is, by its first bytes: the name's ending is only for people. */
import { open } from 'node:fs/promises'
import { failure, type Result, success } from '../../core/problem.ts'
import { readProblem, sizeOfFile } from './read-problem.ts'

export type FileKind = 'nifti' | 'hdf5' | 'matlab5'

const hdf5Signature = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
/** HDF5 may begin after a block of the user's own: at 0, or at 512 doubled any number of times. MATLAB v7.3 uses 512. */
const signatureOffsets = [0, 512, 1024, 2048]

/** Everything that is neither HDF5 nor MATLAB counts as NIfTI; its reader then says what is wrong with it. */
export async function fileKind(path: string): Promise<Result<FileKind>> {
  try {
    await sizeOfFile(path)
    const file = await open(path, 'r')
    try {
      const start = Buffer.alloc(2056)
      const { bytesRead } = await file.read(start, 0, start.length, 0)
      const has = (at: number) => bytesRead >= at + 8 && start.subarray(at, at + 8).equals(hdf5Signature)
      if (signatureOffsets.some(has)) return success('hdf5')
      const endian = start.toString('latin1', 126, 128)
      if (start.toString('latin1', 0, 6) === 'MATLAB' && (endian === 'IM' || endian === 'MI')) return success('matlab5')
      if (/\.(mat|h5|hdf5|hdf)$/i.test(path))
        return failure({
          code: 'BAD_FILE',
          message:
            bytesRead === 0 ? 'The file is empty.' : 'This is neither HDF5 nor a MATLAB file of version 5 or later.',
          where: path,
          expected: 'the signature of HDF5 or the header of a MAT-file',
          fix: 'Copy the file again from its source; save MATLAB variables with -v7 or -v7.3.',
        })
      return success('nifti')
    } finally {
      await file.close()
    }
  } catch (error) {
    return failure(readProblem(path, error).problem)
  }
}
