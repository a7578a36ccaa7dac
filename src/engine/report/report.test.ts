/** The report as a reader opens it: one page, nothing fetched, every number with what it needs, left on the left. */
import { describe, expect, it } from 'vitest'
import { type DecodedPng, decodePng } from '../../../test/support/decode-png.ts'
import { lasGrid, maskItem } from '../../../test/support/mask-item.ts'
import type { TableRow } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import { type ReportContent, reportHtml } from './report.ts'

const metric = (value: number, more: Partial<Metric> = {}): Metric => ({
  ...{ value, direction: 'higher', chance: 0.25, n: 48, interval: [value - 0.05, value + 0.05] },
  ...more,
})

const row = (condition: string, metrics: Record<string, Metric>): TableRow => ({
  ...{ seed: 0, condition, voxels: 12, dice: 0.5, brainToImage: null, imageToBrain: null, pixCorr: null, ssim: null },
  ...{ accuracy: null, seconds: 1, metrics },
})

function contentOf(item: ReturnType<typeof maskItem>, more: Partial<ReportContent> = {}): ReportContent {
  const { grid, index, mask, run, subject, result } = item
  const volume = new Uint8Array(gridSize(grid))
  const background = new Float32Array(gridSize(grid))
  index.forEach((at, v) => {
    volume[at] = result.mask[v]!
    background[at] = 100
  })
  return {
    ...{ version: '9.8.7', subject, evaluations: [], tables: [] },
    masks: [{ mask, run, volume, background, backgroundName: 'mean volume' }],
    ...more,
  }
}

/** The pictures of a page by their descriptions, with the letters at their sides. */
function picturesOf(html: string): Record<string, { picture: DecodedPng; left: string; right: string }> {
  const pattern =
    /<b>(\w)<\/b><img alt="(\w+) slice of the mask" width="(\d+)" height="(\d+)" src="data:image\/png;base64,([^"]+)"><b>(\w)<\/b>/g
  return Object.fromEntries(
    [...html.matchAll(pattern)].map(([, left, name, , , data, right]) => [
      name,
      { picture: decodePng(Buffer.from(data!, 'base64')), left: left!, right: right! },
    ]),
  )
}

/** Columns that hold a pixel of the mask. */
function maskColumns({ width, height, pixel }: DecodedPng): number[] {
  return Array.from({ length: width }, (_, x) => x).filter((x) =>
    Array.from({ length: height }, (_, y) => pixel(x, y)).some(([red, , blue]) => blue > red + 50),
  )
}

const text = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/gs, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

describe('the page', () => {
  it('is one whole document under 10 MB that fetches nothing', () => {
    const grid: Grid = { shape: [100, 100, 60], affine: [-2, 0, 0, 99, 0, 2, 0, -99, 0, 0, 2, -60, 0, 0, 0, 1] }
    const item = maskItem({ grid, inside: ([x, y, z]) => Math.sin(x) * Math.sin(y * 3) * Math.sin(z * 2) > 0.3 })
    const one = contentOf(item)
    // Noise is the hardest picture to pack; twelve masks of it are more than one usually reports.
    const background = Float32Array.from({ length: gridSize(grid) }, (_, i) => ((i * 2654435761) % 4096) / 4096)
    const masks = Array.from({ length: 12 }, () => ({ ...one.masks[0]!, background }))
    const html = reportHtml({ ...one, masks })
    expect(html.startsWith('<!doctype html>')).toBe(true)
    expect(html.trimEnd().endsWith('</html>')).toBe(true)
    expect(html.match(/<img /g)?.length).toBe(36)
    expect(Buffer.byteLength(html)).toBeLessThan(10_000_000)
    const withoutPictures = html.replace(/data:image\/png;base64,[A-Za-z0-9+/=]*/g, 'picture')
    expect(withoutPictures.length).toBeLessThan(200_000)
    expect(withoutPictures.match(/https?:|\/\/[a-z]|@import|<link|<script|<iframe|<object|<embed|url\(/i)).toBeNull()
    for (const [, source] of html.matchAll(/\ssrc="([^"]{0,30})/g)) expect(source).toMatch(/^data:image\/png;base64,/)
  })

  it('shows names and notes as text, whatever is in them', () => {
    const evil = `<script>alert("x")</script>&'`
    const item = maskItem()
    const html = reportHtml({
      ...contentOf(item, {
        evaluations: [{ name: evil, content: { metrics: { [evil]: metric(0.5) } } }],
        tables: [{ name: evil, rows: [row(evil, { accuracy: metric(0.4) })] }],
      }),
      version: evil,
      subject: { ...item.subject, name: evil, notes: [evil] },
      masks: contentOf(item).masks.map((one) => ({
        ...one,
        backgroundName: evil,
        mask: { ...one.mask, name: evil, flags: [evil] },
        run: { ...one.run, name: evil },
      })),
    })
    expect(html).not.toMatch(/<script/i)
    expect(html).not.toContain('alert("x")')
    expect(html.split('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;').length - 1).toBe(12)
  })

  it('states the version, the run and every setting of a mask', () => {
    const item = maskItem()
    const html = reportHtml(contentOf(item))
    const found = /<pre>(.*?)<\/pre>/s.exec(html)![1]!
    expect(JSON.parse(found.replaceAll('&quot;', '"'))).toEqual(
      item.run.request.kind === 'mask' ? JSON.parse(JSON.stringify(item.run.request.settings)) : null,
    )
    expect(text(html)).toContain('TROI Workstation 9.8.7')
    expect(text(html)).toContain('Preset troi, run m-01.')
    expect(text(html)).toContain(`${item.mask.voxels} of a budget of ${item.mask.budget}`)
    expect(text(html)).toContain('Against the annotated ROI Dice 0.500, precision 0.400, recall 0.600')
  })
})

describe('numbers', () => {
  it('carry direction, chance, n and interval in an evaluation', () => {
    const html = reportHtml(
      contentOf(maskItem(), {
        evaluations: [
          {
            name: 'd-01',
            content: {
              metrics: {
                accuracy: metric(0.61),
                correlationDistance: metric(0.72, { direction: 'lower', chance: 1, n: 47 }),
                ssim: metric(0.33, { chance: null }),
              },
              permutation: { observed: 0.61, mean: 0.249, maximum: 0.41, p: 0.000999, permutations: 1000 },
            },
          },
        ],
      }),
    )
    const shown = text(html)
    expect(shown).toContain('accuracy ↑ 0.610 0.560 to 0.660 0.250 48')
    expect(shown).toContain('correlationDistance ↓ 0.720 0.670 to 0.770 1 47')
    expect(shown).toContain('ssim ↑ 0.330 0.280 to 0.380 – 48')
    expect(shown).toContain('Permuted labels: mean 0.249, highest 0.410 of 1000; p = 0.0010.')
    expect(shown).toContain('↑ higher is better, ↓ lower is better')
  })

  it('carry them in a table of conditions, in the head where they are all alike and in the cells where not', () => {
    const shown = text(
      reportHtml(
        contentOf(maskItem(), {
          tables: [
            {
              name: 'e-01',
              rows: [
                row('troi', { accuracy: metric(0.7), brainToImage: metric(0.5, { n: 300, chance: 1 / 300 }) }),
                row('annotated', { accuracy: metric(0.6), brainToImage: metric(0.4, { n: 299, chance: 1 / 299 }) }),
                row('whole', { accuracy: metric(0.3) }),
              ],
            },
          ],
        }),
      ),
    )
    expect(shown).toContain('accuracy ↑ chance 0.250, n 48')
    expect(shown).toContain('troi 0 12 0.500 0.500 0.450 to 0.550 chance 0.003, n 300 0.700 0.650 to 0.750')
    expect(shown).toContain('annotated 0 12 0.500 0.400 0.350 to 0.450 chance 0.003, n 299 0.600 0.550 to 0.650')
    expect(shown).toContain('whole 0 12 0.500 – 0.300 0.250 to 0.350')
    expect(shown).not.toContain('imageToBrain')
  })
})

describe('a marker left of the midline', () => {
  const orders: [string, Grid][] = [
    ['LAS', lasGrid],
    ['RAS', { shape: [8, 6, 5], affine: [2, 0, 0, -7, 0, 2, 0, -50, 0, 0, 3, -10, 0, 0, 0, 1] }],
    ['RPI', { shape: [8, 6, 5], affine: [2, 0, 0, -7, 0, -2, 0, -40, 0, 0, -3, 2, 0, 0, 0, 1] }],
    // Voxel axes run inferior, left, posterior.
    ['ILP', { shape: [6, 8, 7], affine: [0, -2, 0, 7, 0, 0, -2, -40, -3, 0, 0, 5, 0, 0, 0, 1] }],
  ]
  for (const [codes, grid] of orders) {
    it(`is on the left of the axial and coronal pictures of a ${codes} file`, () => {
      const item = maskItem({ grid, inside: ([x]) => x < -2 })
      expect(item.mask.leftVoxels).toBe(item.mask.voxels)
      expect(item.mask.voxels).toBeGreaterThan(0)
      const pictures = picturesOf(reportHtml(contentOf(item)))
      expect(Object.keys(pictures)).toEqual(['Axial', 'Coronal', 'Sagittal'])
      for (const name of ['Axial', 'Coronal']) {
        const { picture, left, right } = pictures[name]!
        expect([left, right]).toEqual(['L', 'R'])
        const columns = maskColumns(picture)
        expect(columns.length).toBeGreaterThan(0)
        expect(Math.max(...columns)).toBeLessThan(picture.width / 2)
      }
      expect([pictures.Sagittal!.left, pictures.Sagittal!.right]).toEqual(['P', 'A'])
    })
  }

  it('has the front and the top where the letters say', () => {
    const middle = -45
    const item = maskItem({ inside: ([, y, z]) => y > middle && z > -4 })
    const { Sagittal } = picturesOf(reportHtml(contentOf(item)))
    const { width, height, pixel } = Sagittal!.picture
    expect(Math.min(...maskColumns(Sagittal!.picture))).toBeGreaterThanOrEqual(width / 2)
    const rows = Array.from({ length: height }, (_, y) => y).filter((y) =>
      Array.from({ length: width }, (_, x) => pixel(x, y)).some(([red, , blue]) => blue > red + 50),
    )
    expect(Math.max(...rows)).toBeLessThan(height / 2)
  })

  it('is shown in the proportions of its millimetres', () => {
    const html = reportHtml(contentOf(maskItem()))
    // 8 × 2 mm, 6 × 2 mm, 5 × 3 mm; the longest side is 280 pixels.
    expect([...html.matchAll(/width="(\d+)" height="(\d+)"/g)].map(([, w, h]) => [Number(w), Number(h)])).toEqual([
      [280, 210],
      [280, 263],
      [210, 263],
    ])
  })

  it('shows networks under their own names, and in words what is missing', () => {
    const evil = '<img src=x onerror=alert(1)>'
    const found = { pack: 'p', version: '1', manifest: 'f'.repeat(64), output: 'o', standsFor: 'x', publishedAs: null }
    const html = reportHtml(
      contentOf(maskItem(), {
        evaluations: [
          {
            name: 'd-01',
            content: {
              metrics: {},
              packMetrics: [
                { ...found, label: `Net ${evil}`, measure: 'twoWay', standsInFor: 'AlexNet(2)', metric: metric(0.7) },
              ],
              missingMetrics: [{ name: 'CLIP', words: `CLIP is not given. ${evil}` }],
              notes: [evil],
            },
          },
        ],
      }),
    )
    expect(html).not.toContain('<img src=x')
    expect(html).toMatch(
      /Net &lt;img[^<]*, two-way identification ↑<small>stands in for AlexNet\(2\); does not compare/,
    )
    expect(html).toContain('<p>CLIP is not given. &lt;img')
  })
})
