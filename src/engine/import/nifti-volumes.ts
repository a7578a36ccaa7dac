/**
 * Reading NIfTI files as a stream of volumes: .nii, .nii.gz, .hdr with .img (each also gzipped). Nothing is allocated on
 * a header's word: a volume's numbers exist only once its bytes have arrived, and reading stops after the declared ones.
 */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { failure, type Problem, ProblemError, type Result, success } from '../../core/problem.ts'
import { type NiftiHeader, niftiHeaderBytes, parseNiftiHeader } from './nifti-header.ts'
import { decodeNumbers, numberBytes } from './number-types.ts'
import { readProblem, sizeOfFile } from './read-problem.ts'

export interface NiftiFile {
  readonly header: NiftiHeader
  /** The file that was named, for messages. */
  readonly path: string
  /** The file that holds the numbers, and the one that holds the header; the same where there is one file. */
  readonly imagePath: string
  readonly headerPath: string
}

/** Voxels of one volume at most, 512³: a whole brain at 0.5 mm is a fifth of it. What is made per voxel then has at most 1 GiB. */
const mostVoxels = 2 ** 27

/** Deflate turns at most 1032 bytes into one. */
const largestGzipRatio = 1032

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const magic = Buffer.alloc(2)
    const { bytesRead } = await file.read(magic, 0, 2, 0)
    return bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b
  } finally {
    await file.close()
  }
}

/** Decompressed bytes from the start, chunk by chunk. Ends early when the consumer does. */
async function* bytesOf(path: string, chunkBytes = 1 << 20): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: chunkBytes })
  const stream = (await isGzip(path)) ? source.pipe(createGunzip({ chunkSize: chunkBytes })) : source
  const failed = new Promise<never>((_, reject) => source.on('error', reject))
  failed.catch(() => {})
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } finally {
    source.destroy()
    stream.destroy()
  }
}

/** Opens a NIfTI file and reads its header. BAD_FILE, NOT_FOUND or TOO_LARGE name the file and the field. */
export async function openNifti(path: string): Promise<Result<NiftiFile>> {
  try {
    if ((await sizeOfFile(path)) === 0)
      return failure({
        code: 'BAD_FILE',
        message: 'The file is empty.',
        where: path,
        fix: 'Copy the file again from its source.',
      })
    const headerPath = path.replace(/\.img(\.gz)?$/i, '.hdr$1')
    const start: Buffer[] = []
    let length = 0
    for await (const chunk of bytesOf(headerPath, 1 << 14)) {
      start.push(chunk)
      length += chunk.length
      if (length >= niftiHeaderBytes) break
    }
    const parsed = parseNiftiHeader(Buffer.concat(start).subarray(0, niftiHeaderBytes), headerPath)
    if (!parsed.ok) return parsed
    const header = parsed.value
    const [nx, ny, nz] = header.shape as readonly [number, number, number]
    const volumeBytes = nx * ny * nz * numberBytes[header.numberType]
    if (nx * ny * nz > mostVoxels) {
      return failure({
        code: 'TOO_LARGE',
        message: `One volume would have ${Math.round((nx * ny * nz) / 1e6)} million voxels (dim ${header.shape.join(' × ')}).`,
        where: path,
        expected: `at most ${Math.floor(mostVoxels / 1e6)} million voxels per volume`,
        fix: 'If the file is really that large, crop or resample it first.',
      })
    }
    const imagePath = header.separateImage ? await siblingImage(headerPath) : path
    const needed = header.dataOffset + volumeBytes * header.volumes
    const size = await sizeOfFile(imagePath)
    if (await isGzip(imagePath)) {
      // Whoever plans by the header's word must not be led to allocate what such a file cannot hold.
      if (size * largestGzipRatio < needed)
        return failure({
          code: 'BAD_FILE',
          message: `The file cannot hold what its header says: ${size} compressed bytes for ${needed} (dim ${header.shape.join(' × ')}, ${header.numberType}).`,
          where: imagePath,
          expected: `${needed} bytes after unpacking`,
          fix: 'Copy the file again from its source.',
        })
    } else {
      if (size < needed)
        return failure({
          code: 'BAD_FILE',
          message: `The file ends early: ${size} of ${needed} bytes are there (dim ${header.shape.join(' × ')}, ${header.numberType}).`,
          where: imagePath,
          expected: `${needed} bytes`,
          fix: 'Copy the file again from its source.',
        })
      if (size > needed + mostBytesBeyond) return failure(goesOn(imagePath, header))
    }
    return success({ header, path, imagePath, headerPath })
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem)
    return failure(readProblem(path, error).problem)
  }
}

/** The .img beside a .hdr, gzipped or not, whatever the header's own ending. */
async function siblingImage(headerPath: string): Promise<string> {
  const stem = headerPath.replace(/\.hdr(\.gz)?$/i, '')
  for (const ending of ['.img', '.img.gz', '.IMG', '.IMG.gz']) {
    try {
      await stat(stem + ending)
      return stem + ending
    } catch {
      // Try the next spelling.
    }
  }
  throw new ProblemError({
    code: 'NOT_FOUND',
    message: 'The image that belongs to this header is missing.',
    where: headerPath,
    expected: `${stem}.img or ${stem}.img.gz`,
    fix: 'Put the .img file beside its .hdr.',
  })
}

/** How much may follow the declared volumes before reading stops: padding and small trailers. */
const mostBytesBeyond = 1 << 24

function goesOn(path: string, { shape, numberType }: NiftiHeader): Problem {
  return {
    code: 'BAD_FILE',
    message: `The file goes on far beyond what its header says (dim ${shape.join(' × ')}, ${numberType}).`,
    where: path,
    expected: `at most ${mostBytesBeyond / 2 ** 20} MiB after the last volume`,
    fix: 'Copy the file again from its source; if it is the same there, its header counts too few volumes.',
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/**
 * Calls `use` with every volume in file order: nx·ny·nz scaled values, x fastest. The array is reused between calls.
 * Resolves to a Problem BAD_FILE if the file ends early or its gzip data is damaged. With `most`, stops after that many volumes
 * and does not look at what follows.
 */
export async function forEachVolume(
  file: NiftiFile,
  use: (values: Float32Array, index: number) => void | Promise<void>,
  most = Number.POSITIVE_INFINITY,
): Promise<Result<null>> {
  const { header, imagePath } = file
  const last = Math.min(most, header.volumes)
  const [nx, ny, nz] = header.shape as readonly [number, number, number]
  const voxels = nx * ny * nz
  const volumeBytes = voxels * numberBytes[header.numberType]
  let values: Float32Array | null = null
  /** One volume's bytes, aligned; made when the first volume has arrived, then filled again and again. */
  let whole: Uint8Array | null = null
  let skip = header.dataOffset
  let held: Buffer[] = []
  let heldBytes = 0
  let index = 0
  let beyond = 0
  try {
    const packed = await isGzip(imagePath)
    for await (let chunk of bytesOf(imagePath)) {
      if (skip > 0) {
        const skipped = Math.min(skip, chunk.length)
        skip -= skipped
        chunk = chunk.subarray(skipped)
      }
      while (chunk.length > 0 && index < last) {
        const wanted = Math.min(volumeBytes - heldBytes, chunk.length)
        if (whole === null) held.push(chunk.subarray(0, wanted))
        else whole.set(chunk.subarray(0, wanted), heldBytes)
        heldBytes += wanted
        chunk = chunk.subarray(wanted)
        if (heldBytes < volumeBytes) break
        whole ??= joined(held, volumeBytes)
        held = []
        heldBytes = 0
        values ??= new Float32Array(voxels)
        decodeNumbers(whole, header.numberType, header.littleEndian, header.slope, header.intercept, values)
        await use(values, index)
        index++
      }
      // The checksum stands at the end of the gzip data, so the rest is read too; but never without end.
      beyond += chunk.length
      if (index === last && last < header.volumes) break
      if (index >= header.volumes && (!packed || beyond > mostBytesBeyond)) break
    }
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem)
    return failure(readProblem(imagePath, error).problem)
  }
  if (beyond > mostBytesBeyond) return failure(goesOn(imagePath, header))
  if (index < last)
    return failure({
      code: 'BAD_FILE',
      message: `The file ends inside volume ${index + 1} of ${header.volumes}.`,
      where: imagePath,
      fix: 'Copy the file again from its source.',
    })
  return success(null)
}
