import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { preparationNames } from '../packs/preparation.ts'
import { publishedMetrics, publishedNames } from '../packs/published.ts'
import { embeddingChoiceSchema, embeddingName, mostFileBytes, mostValues, packManifestSchema } from './pack.ts'

type Manifest = z.input<typeof packManifestSchema>
type Network = NonNullable<Manifest['networks']>[number]

const file = (path: string) => ({ path, bytes: 10, sha256: 'a'.repeat(64) })
const network = (own: Partial<Network> = {}): Network => ({
  file: 'net.onnx',
  standIn: false,
  input: { tensor: 'x', layout: 'NCHW', preparation: 'mindeye2-alexnet' },
  outputs: [{ name: 'y', shape: [8], standsFor: 'eight numbers', embedding: 'as-is' }],
  ...own,
})
const manifest = (own: Partial<Manifest> = {}): Manifest => ({
  ...{ format: 1, name: 'net', version: '1.0', title: 'Net', kinds: ['encoder'] },
  licence: { name: 'MIT', file: 'LICENSE' },
  provenance: { source: 'here', trainingData: 'pictures' },
  files: [file('LICENSE'), file('net.onnx')],
  networks: [network()],
  ...own,
})
/** The faults of a manifest, each as "where: what". */
function faults(value: unknown): string {
  const parsed = packManifestSchema.safeParse(value)
  return parsed.success
    ? ''
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
}

describe('a manifest', () => {
  it('is accepted with its defaults', () => {
    expect(packManifestSchema.parse(manifest())).toMatchObject({
      threads: 1,
      decoders: [],
      networks: [{ input: { batch: 'any' } }],
    })
  })

  it.each([
    ['an unknown field', { ...manifest(), url: 'x' }, /url/],
    [
      'an unknown field of a file',
      manifest({ files: [file('LICENSE'), { ...file('net.onnx'), mode: 7 } as never] }),
      /files\.1.*mode/,
    ],
    ['another format', { ...manifest(), format: 2 }, /format/],
    [
      'a file that is not listed',
      manifest({ networks: [network({ file: 'other.onnx' })] }),
      /networks\.0\.file: other\.onnx/,
    ],
    ['a licence that is not listed', manifest({ licence: { name: 'MIT', file: 'COPYING' } }), /licence\.file/],
    ['a file listed twice', manifest({ files: [file('LICENSE'), file('net.onnx'), file('NET.onnx')] }), /twice/],
    [
      'a sum for itself',
      manifest({ files: [file('LICENSE'), file('net.onnx'), file('manifest.json')] }),
      /own checksum/,
    ],
    [
      'a sum in capitals',
      manifest({ files: [{ ...file('LICENSE'), sha256: 'A'.repeat(64) }, file('net.onnx')] }),
      /sha256/,
    ],
    [
      'a file too large',
      manifest({ files: [file('LICENSE'), { ...file('net.onnx'), bytes: mostFileBytes + 1 }] }),
      /bytes/,
    ],
    ['a kind that it does not have', manifest({ kinds: ['encoder', 'decoder'] }), /kinds.*"decoder"/],
    [
      'a kind that it hides',
      manifest({
        networks: [
          network({
            outputs: [{ name: 'y', shape: [8], standsFor: 'x', embedding: 'as-is', metric: { measure: 'twoWay' } }],
          }),
        ],
      }),
      /lacks "metrics"/,
    ],
    [
      'no word on what an output stands for',
      manifest({ networks: [network({ outputs: [{ name: 'y', shape: [8], standsFor: ' ', embedding: 'as-is' }] })] }),
      /standsFor/,
    ],
    [
      'tokens without a token axis',
      manifest({
        networks: [network({ outputs: [{ name: 'y', shape: [8], standsFor: 'x', embedding: 'mean-of-tokens' }] })],
      }),
      /needs a shape of 2/,
    ],
    [
      'a giant output',
      manifest({
        networks: [network({ outputs: [{ name: 'y', shape: [mostValues, 2], standsFor: 'x', embedding: 'as-is' }] })],
      }),
      /at most/,
    ],
    ['two outputs of one name', manifest({ networks: [network(), network()] }), /two outputs/],
  ])('is refused with %s', (_, value, expected) => {
    expect(faults(value)).toMatch(expected)
  })

  it.each([
    '../net.onnx',
    '/etc/passwd',
    'a/b.onnx',
    'a\\b.onnx',
    '..',
    '.hidden',
    'C:net.onnx',
    'net.onnx.',
    'nul',
    'CON.txt',
    'a\0b',
    '',
    'ü.onnx',
    'a b',
  ])('is refused with the file name %j', (path) => {
    expect(faults(manifest({ files: [file('LICENSE'), file('net.onnx'), file(path)] }))).toMatch(/files\.2\.path/)
  })

  it.each(['../up', 'Upper', 'a/b', '-a', '', 'con', 'a'.repeat(65)])('is refused with the name %j', (name) => {
    expect(faults(manifest({ name }))).toMatch(/^name/)
  })

  it('is refused where the steps of a preparation do not leave its size', () => {
    const steps = [{ do: 'resize-short-side' as const, side: 32, filter: 'bilinear' as const }]
    const preparation = {
      steps,
      width: 32,
      height: 32,
      colour: 'RGB' as const,
      range: [0, 1] as [number, number],
      normalise: null,
    }
    expect(faults(manifest({ networks: [network({ input: { tensor: 'x', layout: 'NCHW', preparation } })] }))).toMatch(
      /must leave 32 × 32/,
    )
  })
})

describe('published names', () => {
  const claiming = (
    name: (typeof publishedNames)[number],
    own: Partial<Network> = {},
    length = publishedMetrics[name].length,
  ) => {
    const { preparation, measure } = publishedMetrics[name]
    return manifest({
      kinds: ['metrics'],
      networks: [
        network({
          input: { tensor: 'x', layout: 'NCHW', preparation },
          outputs: [{ name: 'y', shape: [length], standsFor: 'x', metric: { measure, publishedAs: name } }],
          ...own,
        }),
      ],
    })
  }

  it.each(publishedNames)('%s may be carried by a network of that preparation, measure and size', (name) => {
    expect(faults(claiming(name))).toBe('')
  })

  it.each(publishedNames)('%s is refused to a stand-in, another preparation and another size', (name) => {
    const other = preparationNames.find((one) => one !== publishedMetrics[name].preparation)!
    expect(faults(claiming(name, { standIn: true }))).toMatch(/"standIn" is true/)
    expect(faults(claiming(name, { input: { tensor: 'x', layout: 'NCHW', preparation: other } }))).toMatch(
      /preparation is not/,
    )
    expect(faults(claiming(name, {}, 9))).toMatch(/has 9 numbers/)
  })

  it('cannot be stood in for by a network that is no stand-in', () => {
    const outputs: Network['outputs'] = [
      { name: 'y', shape: [8], standsFor: 'x', metric: { measure: 'twoWay', standsInFor: 'CLIP' } },
    ]
    expect(faults(manifest({ kinds: ['metrics'], networks: [network({ outputs })] }))).toMatch(/standIn/)
    expect(faults(manifest({ kinds: ['metrics'], networks: [network({ outputs, standIn: true })] }))).toBe('')
  })
})

describe('the choice of an embedding', () => {
  it('is built-in or an output of a pack', () => {
    for (const choice of ['built-in', { pack: 'net', output: 'y' }] as const)
      expect(embeddingChoiceSchema.parse(choice)).toEqual(choice)
    for (const wrong of [
      'pack',
      { pack: 'net' },
      { pack: '../x', output: 'y' },
      { pack: 'net', output: 'y', path: '/' },
    ])
      expect(embeddingChoiceSchema.safeParse(wrong).success).toBe(false)
    expect(embeddingName({ pack: 'net', output: 'y', manifest: 'a'.repeat(64) })).toBe('net/y')
  })
})
