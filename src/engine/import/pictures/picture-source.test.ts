import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../../test/reliability/support/folder.ts'
import { picturesSchema } from '../../../core/contract/recipe.ts'
import type { RawPicture } from '../../../core/embedding/resize.ts'
import { type Problem, ProblemError } from '../../../core/problem.ts'
import { openPictures, type PictureSource } from './picture-source.ts'

const folder = freshFolder()
const fixture = fileURLToPath(new URL('../../../../test/fixtures/pictures/pictures.h5', import.meta.url))

async function pictures(source: PictureSource): Promise<RawPicture[]> {
  const out: RawPicture[] = []
  for await (const { picture } of source.read()) out.push(picture)
  return out
}

async function problemOf(work: () => Promise<unknown>): Promise<Problem | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
}

describe('a folder of pictures', () => {
  const red = { r: 255, g: 0, b: 0 }
  const paint = (width: number, height: number, background: { r: number; g: number; b: number; alpha?: number }) =>
    sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } })
  const open = (cells: string[], rest: object = {}) =>
    openPictures(picturesSchema.parse({ from: 'folder', path: 'bilder é', ...rest }), folder(), cells)
  const put = async (name: string, image = paint(4, 4, red)) => {
    mkdirSync(join(folder(), 'bilder é'), { recursive: true })
    await image.toFile(join(folder(), 'bilder é', name))
  }

  it('finds files with and without their ending, whatever the format and the way accents are written', async () => {
    await put('zu früh.png')
    await put('b.jpg')
    await put('c 1.webp')
    await put('d.tif')
    await put('e.gif')
    await put('unused.png')
    const source = await open(['zu fru\u0308h', 'b', 'b.jpg', 'c 1', 'd.tif', 'e', 'nowhere'])
    expect(source.names).toEqual(['b.jpg', 'c 1.webp', 'd.tif', 'e.gif', 'zu früh.png'])
    expect(source.placeOf.get('b')).toBe(source.placeOf.get('b.jpg'))
    expect(source.missing).toEqual(['nowhere'])
    expect([source.unused, source.notSquare, source.problems]).toEqual([1, 0, []])
    for (const picture of await pictures(source)) {
      expect(picture).toMatchObject({ width: 4, height: 4, channels: 3, white: 255 })
      // Lossy formats may miss by a little.
      expect(picture.pixels[0]).toBeGreaterThan(245)
      expect(picture.pixels[1]).toBeLessThan(10)
    }
  })

  it('counts sorted files from 0 or 1 as the recipe says', async () => {
    for (const [at, name] of ['a.png', 'b.png', 'c.png'].entries()) await put(name, paint(3, 3, { r: at, g: 0, b: 0 }))
    const ofFirst = async (firstIndex: 0 | 1, cells: string[]) => {
      const source = await open(cells, { by: 'position', firstIndex })
      return { missing: source.missing, names: source.names }
    }
    expect(await ofFirst(1, ['1', '3', '0', 'x'])).toEqual({ missing: ['0', 'x'], names: ['a.png', 'c.png'] })
    expect(await ofFirst(0, ['0', '3'])).toEqual({ missing: ['3'], names: ['a.png'] })
  })

  it('shows grey and transparent pictures as they would be seen', async () => {
    await put('grey.png', paint(2, 2, { r: 90, g: 90, b: 90 }).toColourspace('b-w'))
    await put('clear.png', paint(2, 2, { r: 255, g: 255, b: 255, alpha: 0 }))
    const [clear, grey] = await pictures(await open(['grey', 'clear']))
    expect([...clear!.pixels.subarray(0, 3)]).toEqual([128, 128, 128])
    expect([...grey!.pixels.subarray(0, 3)]).toEqual([90, 90, 90])
  })

  it('counts what is not square, and asks which file an unclear name means', async () => {
    await put('wide.png', paint(6, 4, red))
    await put('two.png')
    await put('two.jpg')
    const source = await open(['wide', 'two'])
    expect(source.notSquare).toBe(1)
    expect(source.problems).toMatchObject([
      { code: 'BAD_TABLE', message: 'Some names fit several pictures: two (two.jpg, two.png).' },
    ])
  })

  it('names every file that is no picture, or holds several', async () => {
    await put('good.png')
    const at = (name: string) => join(folder(), 'bilder é', name)
    writeFileSync(at('text.png'), 'no picture')
    writeFileSync(at('drawing.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    writeFileSync(at('empty.jpg'), '')
    const frames = Buffer.from(Uint8Array.from({ length: 2 * 4 * 4 * 3 }, (_, i) => (i < 48 ? 200 : i)))
    await sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .gif({ loop: 0 })
      .toFile(at('film.gif'))
    const source = await open(['good', 'text', 'drawing', 'empty', 'film'])
    expect(source.problems).toMatchObject([
      {
        code: 'BAD_FILE',
        message: 'These files are no picture that can be read: drawing.png, empty.jpg, film.gif, text.png.',
        count: 4,
      },
    ])
  })

  it('refuses a picture by the size it claims, before anything is decoded', async () => {
    await put('huge.png')
    const path = join(folder(), 'bilder é', 'bomb.png')
    writeFileSync(path, pngThatClaims(60_000, 60_000))
    const source = await open(['bomb'])
    expect(source.problems).toMatchObject([
      { code: 'TOO_LARGE', count: 1, message: expect.stringContaining('60000 × 60000') },
    ])
    // Whoever asks for it all the same gets a problem, not sixty thousand lines of memory.
    expect(await problemOf(() => pictures(source))).toMatchObject({ code: 'TOO_LARGE', where: path })
  })

  it('does not leave its folder by dots or through links in names with folders', async () => {
    await put('inside.png')
    writeFileSync(join(folder(), 'outside.png'), await paint(2, 2, red).png().toBuffer())
    mkdirSync(join(folder(), 'bilder é', 'sub'))
    writeFileSync(join(folder(), 'bilder é', 'sub', 'deep.png'), await paint(2, 2, red).png().toBuffer())
    symlinkSync(folder(), join(folder(), 'bilder é', 'link'))
    const source = await open(['sub/deep.png', 'sub\\deep.png', '../outside.png', 'link/outside.png'])
    expect(source.missing).toEqual(['../outside.png', 'link/outside.png'])
    expect(source.names).toEqual(['sub/deep.png'])
  })

  it('says which picture is damaged or gone', async () => {
    await put('a.png', paint(64, 64, red))
    const source = await open(['a'])
    const path = join(folder(), 'bilder é', 'a.png')
    writeFileSync(
      path,
      (await paint(64, 64, { r: 7, g: 80, b: 9 }).png({ compressionLevel: 0 }).toBuffer()).subarray(0, 300),
    )
    expect(await problemOf(() => pictures(source))).toMatchObject({ code: 'BAD_FILE', where: path })
    const { rmSync } = await import('node:fs')
    rmSync(path)
    expect(await problemOf(() => pictures(source))).toMatchObject({ code: 'NOT_FOUND', where: path })
  })

  it('has to be there', async () => {
    expect(await problemOf(() => open(['a']))).toMatchObject({ code: 'NOT_FOUND', where: join(folder(), 'bilder é') })
  })
})

describe('pictures in an HDF5 dataset', () => {
  const open = (dataset: string, cells: string[], rest: object = {}) =>
    openPictures(picturesSchema.parse({ from: 'hdf5', path: fixture, dataset, firstIndex: 0, ...rest }), '/', cells)

  it.each([
    ['bytes', {}],
    ['halves', {}],
    ['doubles/big endian', {}],
    ['words', { white: 65535 }],
  ])('are the same from %s', async (dataset, rest) => {
    const source = await open(dataset, ['2', '0'], rest)
    expect(source.names).toEqual(['picture 0', 'picture 2'])
    expect([source.unused, source.notSquare, source.missing]).toEqual([1, 2, []])
    const [first, third] = await pictures(source)
    expect(first).toMatchObject({ width: 4, height: 5, channels: 3 })
    const bytes = ({ pixels, white }: RawPicture) => [...pixels].map((value) => Math.round((255 * value) / white))
    expect(bytes(first!)).toEqual(Array.from({ length: 60 }, (_, i) => Math.floor((i * 255) / 179)))
    expect(bytes(third!)).toEqual(Array.from({ length: 60 }, (_, i) => Math.floor(((i + 120) * 255) / 179)))
  })

  it('may be grey, and are counted from 1 where the recipe says so', async () => {
    const source = await open('grey', ['1', '3', '4', '0', 'x'], { firstIndex: 1 })
    expect(source.missing).toEqual(['4', '0', 'x'])
    expect((await pictures(source))[0]).toMatchObject({ width: 4, height: 5, channels: 1 })
  })

  it.each<[string, string, object, Partial<Problem>]>([
    ['a dataset that is not there', 'nothing', {}, { code: 'NOT_FOUND' }],
    ['a link to another file', 'elsewhere', {}, { code: 'NOT_FOUND' }],
    ['a table', 'table', {}, { code: 'BAD_FILE' }],
    ['text', 'text', {}, { code: 'BAD_FILE' }],
    ['a shape that leaves the channels open', 'three of everything', {}, { code: 'BAD_FILE' }],
    ['channels that do not fit the shape', 'bytes', { channels: 'first' }, { code: 'BAD_FILE' }],
    ['whole numbers that do not say what is white', 'words', {}, { code: 'BAD_RECIPE' }],
    ['pictures larger than any stimulus', 'huge', {}, { code: 'TOO_LARGE' }],
  ])('refuse %s', async (_name, dataset, rest, problem) => {
    expect(await problemOf(() => open(dataset, ['0'], rest))).toMatchObject(problem)
  })

  it('take a shape that leaves the channels open when the recipe settles it', async () => {
    expect(await pictures(await open('three of everything', ['1'], { channels: 'last' }))).toHaveLength(1)
  })

  it('must lie between black and white', async () => {
    const source = await open('too bright', ['0'])
    expect(await problemOf(() => pictures(source))).toMatchObject({
      code: 'BAD_FILE',
      expected: 'values from 0 (black) to 1 (white)',
    })
    expect(await pictures(await open('too bright', ['0'], { white: 255 }))).toHaveLength(1)
  })

  it('must be in an HDF5 file', async () => {
    writeFileSync(join(folder(), 'a.h5'), 'not one')
    const from = (path: string) => picturesSchema.parse({ from: 'hdf5', path, dataset: 'x', firstIndex: 0 })
    expect(await problemOf(() => openPictures(from('a.h5'), folder(), ['0']))).toMatchObject({ code: 'BAD_FILE' })
    expect(await problemOf(() => openPictures(from('b.h5'), folder(), ['0']))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await problemOf(() => openPictures(from('.'), folder(), ['0']))).toMatchObject({ code: 'BAD_FILE' })
  })
})

/** A PNG header that claims a size, with no pixels behind it. */
function pngThatClaims(width: number, height: number): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
    return c >>> 0
  })
  const crc = (bytes: Buffer) => {
    let c = 0xffffffff
    for (const byte of bytes) c = table[(c ^ byte) & 255]! ^ (c >>> 8)
    return (c ^ 0xffffffff) >>> 0
  }
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc(body))
    return Buffer.concat([length, body, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(20)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
