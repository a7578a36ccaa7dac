/**
 * From a picture file's bytes to pixels. Only the formats that are named here are opened at all: the library behind could also read
 * documents that lead elsewhere.
 */
import sharp from 'sharp'
import type { RawPicture } from '../../../core/embedding/resize.ts'
import { ProblemError } from '../../../core/problem.ts'
import { largestPicturePixels } from './limits.ts'

/** What decodes picture files, for the record of an import. */
export const pictureLibraries = { sharp: sharp.versions.sharp ?? '', vips: sharp.versions.vips }

export const endings = /\.(png|jpe?g|tiff?|webp|gif)$/i
const formats = new Set(['png', 'jpeg', 'tiff', 'webp', 'gif'])

sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadPng',
    'VipsForeignLoadJpeg',
    'VipsForeignLoadTiff',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
  ],
})
// Each picture is read once; a cache would only keep files open.
sharp.cache(false)

/** Width and height that a file claims, or null where it is none of the formats, damaged at its start, or holds several pictures. */
export async function pictureHeader(path: string): Promise<{ width: number; height: number } | null> {
  try {
    const { format, width, height, pages = 1 } = await sharp(path, { limitInputPixels: false }).metadata()
    if (!formats.has(format ?? '') || pages > 1 || !width || !height) return null
    return { width, height }
  } catch {
    return null
  }
}

/** Red, green and blue bytes; what is transparent is shown on mid grey. BAD_FILE or TOO_LARGE name the file. */
export async function decodePicture(bytes: Buffer, path: string): Promise<RawPicture> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: largestPicturePixels })
      .flatten({ background: { r: 128, g: 128, b: 128 } })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    if (channels !== 1 && channels !== 3) throw new Error(`${channels} channels`)
    return { width, height, channels, pixels: new Uint8Array(data.buffer, data.byteOffset, data.length), white: 255 }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const tooLarge = text.includes('pixel limit')
    throw new ProblemError({
      code: tooLarge ? 'TOO_LARGE' : 'BAD_FILE',
      message: tooLarge
        ? 'This picture has more pixels than any stimulus.'
        : `This picture is damaged: ${text.split('\n')[0]}.`,
      where: path,
      expected: tooLarge ? `at most ${largestPicturePixels / 2 ** 20} million pixels` : 'a whole picture file',
      fix: 'Copy the file again from its source.',
    })
  }
}
