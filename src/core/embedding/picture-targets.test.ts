import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { fitPictureSpace, isOfPixels, namedPictures, targetsIn, unitePictures } from './picture-targets.ts'
import { embeddedSide, type RawPicture, resizeToSquare } from './resize.ts'

const grey = (width: number, height: number, pixels: ArrayLike<number>): RawPicture => ({
  ...{ width, height, channels: 1, pixels: Uint8Array.from(pixels), white: 255 },
})

describe('resizing', () => {
  it('is the mean of the area that a new pixel covers', () => {
    const out = resizeToSquare(grey(4, 4, [0, 100, 10, 30, 100, 200, 10, 30, 1, 1, 255, 255, 1, 1, 255, 255]), 2, 'pad')
    expect([...out]).toEqual([100, 100, 100, 20, 20, 20, 1, 1, 1, 255, 255, 255])
  })

  it('weighs pixels that are covered in part', () => {
    // Three pixels onto two: the middle one counts half on each side.
    const row = [0, 90, 240]
    const out = resizeToSquare(grey(3, 3, [...row, ...row, ...row]), 2, 'pad')
    expect([out[0], out[3]]).toEqual([30, 190])
  })

  it('enlarges in blocks and keeps a picture of the right size as it is', () => {
    const pixels = Uint8Array.from({ length: 27 }, (_, i) => (i * 37) % 256)
    const picture: RawPicture = { width: 3, height: 3, channels: 3, pixels, white: 255 }
    expect(resizeToSquare(picture, 3, 'pad')).toEqual(pixels)
    const doubled = resizeToSquare(picture, 6, 'pad')
    expect([...doubled.subarray(0, 6)]).toEqual([0, 37, 74, 0, 37, 74])
  })

  it('pads with mid grey, crops the middle, or stretches what is not square', () => {
    const wide = grey(4, 2, [0, 255, 255, 0, 0, 255, 255, 0])
    const first = (fit: 'pad' | 'crop' | 'stretch') => [...resizeToSquare(wide, 4, fit)].filter((_, i) => i % 3 === 0)
    const [above, inside] = [
      [128, 128, 128, 128],
      [0, 255, 255, 0],
    ]
    expect(first('pad')).toEqual([...above, ...inside, ...inside, ...above])
    expect(new Set(first('crop'))).toEqual(new Set([255]))
    expect(first('stretch')).toEqual([...inside, ...inside, ...inside, ...inside])
  })

  it('reads fractions by the value of white', () => {
    const picture: RawPicture = { width: 1, height: 1, channels: 3, pixels: Float32Array.of(0, 0.5, 1), white: 1 }
    expect([...resizeToSquare(picture, 1, 'pad')]).toEqual([0, 128, 255])
  })
})

function someSet(count: number, seed: number, prefix: string) {
  const shape = { width: embeddedSide, height: embeddedSide, channels: 3 } as const
  const length = embeddedSide * embeddedSide * 3
  const pixels = new Uint8Array(count * length)
  const random = Random.of(seed, 'test pictures')
  for (let i = 0; i < count; i++) {
    const [a, b, c] = [random.uniform(), random.uniform(), random.uniform()]
    for (let p = 0; p < length; p++) {
      const [x, y] = [Math.floor(p / 3) % embeddedSide, Math.floor(p / 3 / embeddedSide)]
      pixels[i * length + p] = Math.round(127 + 60 * Math.sin(a * 0.3 * x + 9 * b) + 60 * Math.cos(c * 0.3 * y + p * 0))
    }
  }
  const names = Array.from({ length: count }, (_, i) => `${prefix}${i}`)
  return namedPictures({ count, ...shape, pixels }, names, names)
}

describe('the embedding of pictures about which nothing is known', () => {
  it('is fitted on training pictures only', () => {
    const set = someSet(12, 1, 'a')
    const rows = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7)
    const space = fitPictureSpace(set, rows)
    if (!space.ok) throw new Error(space.problem.message)
    expect(space.value.fittedOn).toEqual(rows.length === 8 ? set.names.slice(0, 8) : [])
    const changed = { ...set.pictures, pixels: set.pictures.pixels.slice() as Uint8Array }
    changed.pixels.fill(0, 8 * embeddedSide * embeddedSide * 3)
    const again = fitPictureSpace(namedPictures(changed, set.names, set.hashes), rows)
    expect(again).toEqual(space)
    expect(isOfPixels(space.value)).toBe(true)
    const targets = targetsIn(space.value, set)
    expect(targets.vectors).toHaveLength(12 * targets.dimensions)
    expect(targets.names).toEqual(set.names)
  })

  it('is one for several subjects, each picture once', () => {
    const [a, b] = [someSet(6, 1, 'a'), someSet(6, 2, 'b')]
    const shared = { ...b, hashes: [a.hashes[5]!, ...b.hashes.slice(1)] }
    const united = unitePictures([a, shared])
    expect(united.hashes).toEqual([...a.hashes, ...b.hashes.slice(1)])
    expect(united.pictures.count).toBe(11)
    const space = fitPictureSpace(
      united,
      Int32Array.from({ length: 11 }, (_, i) => i),
    )
    if (!space.ok) throw new Error(space.problem.message)
    // The same picture has the same embedding whichever subject it is of.
    const [whole, own] = [targetsIn(space.value, united), targetsIn(space.value, a)]
    expect(own.vectors).toEqual(whole.vectors.subarray(0, own.vectors.length))
  })

  it('needs pictures that differ', () => {
    const set = someSet(3, 1, 'a')
    expect(fitPictureSpace(set, Int32Array.of(1))).toMatchObject({ ok: false, problem: { code: 'BAD_FILE' } })
    expect(fitPictureSpace(set, Int32Array.of(1, 1))).toMatchObject({ ok: false, problem: { code: 'BAD_FILE' } })
  })
})
