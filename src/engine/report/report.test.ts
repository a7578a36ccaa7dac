/** The report as a reader opens it: one page, nothing fetched, every number with what it needs, left on the left. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type DecodedPng, decodePng } from '../../../test/support/decode-png.ts'
import { dossierOf, provenance, repeatsOf } from '../../../test/support/dossier.ts'
import { lasGrid, type MaskItem, maskItem } from '../../../test/support/mask-item.ts'
import type { TableRow } from '../../core/contract/result.ts'
import type { Review } from '../../core/contract/review.ts'
import { maskSettingsSchema } from '../../core/contract/settings.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import type { MaskDossier } from '../mask-dossier.ts'
import { statedSettings } from './methods.ts'
import { type ReportContent, reportHtml } from './report.ts'

const metric = (value: number, more: Partial<Metric> = {}): Metric => ({
  ...{ value, direction: 'higher', chance: 0.25, n: 48, interval: [value - 0.05, value + 0.05] },
  ...more,
})

const row = (condition: string, metrics: Record<string, Metric>): TableRow => ({
  ...{ seed: 0, condition, voxels: 12, dice: 0.5, brainToImage: null, imageToBrain: null, pixCorr: null, ssim: null },
  ...{ accuracy: null, seconds: 1, metrics },
})

function contentOf(item: MaskItem, more: Partial<ReportContent> = {}, own: Partial<MaskDossier> = {}): ReportContent {
  const values = new Float32Array(gridSize(item.grid))
  for (const at of item.index) values[at] = 100
  return {
    ...{ version: '9.8.7', versions: { node: '24' }, subject: item.subject, tables: [], provenance },
    masks: [dossierOf(item, own)],
    background: { values, name: 'mean volume' },
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
    const masks = Array.from({ length: 12 }, (_, at) => {
      const dossier = one.masks[0]!
      return { ...dossier, mask: { ...dossier.mask, id: `mask ${at}` } }
    })
    const html = reportHtml({ ...one, masks, background: { values: background, name: 'noise' } })
    expect(html.startsWith('<!doctype html>')).toBe(true)
    expect(html.trimEnd().endsWith('</html>')).toBe(true)
    expect(html.match(/<img /g)?.length).toBe(36)
    expect(Buffer.byteLength(html)).toBeLessThan(10_000_000)
    const withoutPictures = html.replace(/data:image\/png;base64,[A-Za-z0-9+/=]*/g, 'picture')
    expect(withoutPictures.length).toBeLessThan(200_000)
    expect(html).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none';`)
    const allowed = /style-src 'sha256-([^']+)'/.exec(html)![1]
    const styles = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(([, css]) =>
      createHash('sha256').update(css!).digest('base64'),
    )
    expect(styles).toEqual([allowed])
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=/)
    expect(withoutPictures.match(/https?:|\/\/[a-z]|@import|<link|<script|<iframe|<object|<embed|url\(/i)).toBeNull()
    for (const [, source] of html.matchAll(/\ssrc="([^"]{0,30})/g)) expect(source).toMatch(/^data:image\/png;base64,/)
  })

  it('shows names and notes as text, whatever is in them', () => {
    const evil = `<script>alert("x")</script>&'`
    const item = maskItem()
    const { run } = item
    const review: Review = {
      ...{ id: 'r', mask: 'm', verdict: 'unsure', sha256: 'e'.repeat(64), holds: true },
      ...{ reviewer: evil, note: evil, created: '2026-11-25T09:00:00.000Z' },
    }
    const own: Partial<MaskDossier> = {
      decoders: [{ name: evil, restart: 'scratch', run, evaluation: { metrics: { [evil]: metric(0.5) } } }],
      ...{ reviews: [review], run: { ...run, name: evil, device: evil } },
      backbone: { name: evil, subjects: [evil], run: { ...run, name: evil } },
      mask: { ...dossierOf(item).mask, name: evil, flags: [evil] },
    }
    const html = reportHtml({
      ...contentOf(item, {}, own),
      tables: [
        { name: evil, experiment: evil, run: { ...run, name: evil }, rows: [row(evil, { accuracy: metric(0.4) })] },
      ],
      version: evil,
      versions: { [evil]: evil },
      subject: { ...item.subject, name: evil, notes: [evil] },
      background: { values: new Float32Array(gridSize(item.grid)), name: evil },
      provenance: { recipe: { subject: evil }, inputs: [{ path: evil, bytes: 1, sha256: 'f' }] },
    })
    expect(html).not.toMatch(/<script/i)
    expect(html).not.toContain('alert("x")')
    expect(html.split('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;').length).toBeGreaterThan(20)
  })

  it('states every setting of a mask with its label, generated from the schema', () => {
    const item = maskItem()
    const shown = text(reportHtml(contentOf(item)))
    const { request } = item.run
    if (request.kind !== 'mask') throw new Error('the run of a mask')
    const leaves = (value: object): number =>
      Object.values(value).reduce((sum, one) => sum + (typeof one === 'object' ? leaves(one) : 1), 0)
    const stated = statedSettings(maskSettingsSchema, request.settings)
    expect(stated.filter(({ value }) => value !== 'default').length).toBe(leaves(request.settings))
    for (const { label, term, value } of stated)
      expect(shown).toContain(`${label}${term === null ? '' : ` (${term})`} ${value}`)
    expect(shown).toContain('TROI Workstation 9.8.7')
    expect(shown).toContain(
      'found with the preset troi on 60 training trials with 4 labels (run m-01, wasm, 2 threads)',
    )
    expect(shown).toContain('Every setting is as in the preset, but for budget and seed.')
    expect(shown).toMatch(/In the preset but without effect there: Algorithm 1 of the paper: /)
  })

  it('says what was changed from the preset', () => {
    const item = maskItem()
    const { request } = item.run
    if (request.kind !== 'mask') throw new Error('the run of a mask')
    const settings = { ...request.settings, sigma: 1.5 }
    const html = reportHtml(contentOf(item, {}, { run: { ...item.run, request: { ...request, settings } } }))
    expect(text(html)).toContain('Changed from the preset: Filter width 1.5 voxel (preset: 0.6 voxel).')
  })

  it('shows statistics, verdicts, stability, inputs and versions', () => {
    const item = maskItem()
    const review: Review = {
      ...{
        id: 'r',
        mask: 'm',
        verdict: 'rejected',
        reviewer: 'B. Ohno',
        note: 'in the ventricle',
        sha256: 'e'.repeat(64),
      },
      ...{ created: '2026-11-25T09:00:00.000Z', holds: true },
    }
    const dossier = dossierOf(item, { reviews: [review], stability: repeatsOf(item, item.run) })
    const shown = text(reportHtml(contentOf(item, { masks: [dossier] })))
    expect(shown).toContain('Rejected by B. Ohno on 2026-11-25.')
    expect(shown).toContain('2026-11-25, 09:00 UTC rejected B. Ohno in the ventricle yes')
    expect(shown).toContain(`${item.mask.voxels} of a budget of ${item.mask.budget} voxels`)
    const [annotated] = dossier.statistics.overlap
    expect(shown).toContain(`the annotated ROI ${annotated!.voxels} ${annotated!.dice.toFixed(3)} chance`)
    expect(shown).toContain('Dice of two repeats ↑ 0.710 0.600 to 0.820 0.600 4 repeats')
    expect(shown).toContain('Voxels of the mask chosen in at least 80.0 % of the repeats ↑ 100.0 % 13.0 % 4 repeats')
    expect(shown).toContain(`bold.nii.gz 9 ${'a'.repeat(64)}`)
    expect(shown).toContain('node 24')
    expect(text(reportHtml(contentOf(item)))).toContain('Not reviewed: no person has judged this mask.')
  })

  it('says in words which controls do as well as the method', () => {
    const wide = { interval: [0.3, 0.9] as [number, number] }
    const rows = [
      row('troi', { accuracy: metric(0.6) }),
      row('annotated', { accuracy: metric(0.8) }),
      row('ridge', { accuracy: metric(0.61, wide) }),
      row('random', { accuracy: metric(0.3) }),
      row('true', { accuracy: metric(0.9) }),
    ]
    const tables = [{ name: 'e-01', experiment: 'controls', run: maskItem().run, rows }]
    expect(text(reportHtml(contentOf(maskItem(), { tables })))).toContain(
      'accuracy : troi 0.600, 1 seed. Better beyond their intervals: annotated 0.800; as good or better, no clear difference: ridge 0.610; worse beyond their intervals: random 0.300.',
    )
  })
})

describe('numbers', () => {
  it('carry direction, chance, n and interval in an evaluation', () => {
    const html = reportHtml(
      contentOf(
        maskItem(),
        {},
        {
          decoders: [
            {
              ...{ name: 'd-01', restart: 'scratch', run: maskItem().run },
              evaluation: {
                metrics: {
                  accuracy: metric(0.61),
                  correlationDistance: metric(0.72, { direction: 'lower', chance: 1, n: 47 }),
                  ssim: metric(0.33, { chance: null }),
                },
                permutation: { observed: 0.61, mean: 0.249, maximum: 0.41, p: 0.000999, permutations: 1000 },
              },
            },
          ],
        },
      ),
    )
    const shown = text(html)
    expect(shown).toContain('accuracy ↑ 0.610 0.560 to 0.660 0.250 48')
    expect(shown).toContain('correlation distance ↓ 0.720 0.670 to 0.770 1 47')
    expect(shown).toContain('SSIM ↑ 0.330 0.280 to 0.380 – 48')
    expect(shown).toContain('Permuted labels: mean 0.249, highest 0.410 of 1000; p = 0.0010.')
    expect(shown).toContain('↑ higher is better, ↓ lower is better')
  })

  it('carry them in a table of conditions, in the head where they are all alike and in the cells where not', () => {
    const shown = text(
      reportHtml(
        contentOf(maskItem(), {
          tables: [
            {
              ...{ name: 'e-01', experiment: 'controls', run: maskItem().run },
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
    expect(shown).not.toContain('image → brain')
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
    // The voxels in use are 6 × 2 mm, 4 × 2 mm, 5 × 3 mm; the longest side is 300 pixels.
    expect([...html.matchAll(/width="(\d+)" height="(\d+)"/g)].map(([, w, h]) => [Number(w), Number(h)])).toEqual([
      [240, 160],
      [240, 300],
      [160, 300],
    ])
  })

  it('shows networks under their own names, and in words what is missing', () => {
    const evil = '<img src=x onerror=alert(1)>'
    const found = { pack: 'p', version: '1', manifest: 'f'.repeat(64), output: 'o', standsFor: 'x', publishedAs: null }
    const html = reportHtml(
      contentOf(
        maskItem(),
        {},
        {
          decoders: [
            {
              ...{ name: 'd-01', restart: 'scratch', run: maskItem().run },
              evaluation: {
                metrics: {},
                packMetrics: [
                  { ...found, label: `Net ${evil}`, measure: 'twoWay', standsInFor: 'AlexNet(2)', metric: metric(0.7) },
                ],
                missingMetrics: [{ name: 'CLIP', words: `CLIP is not given. ${evil}` }],
                notes: [evil],
              },
            },
          ],
        },
      ),
    )
    expect(html).not.toContain('<img src=x')
    expect(html).toMatch(
      /Net &lt;img[^<]*, two-way identification ↑<small>stands in for AlexNet\(2\); does not compare/,
    )
    expect(html).toContain('<p>CLIP is not given. &lt;img')
  })
})
