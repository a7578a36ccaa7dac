/** docs/packs.md is held against the schema: its examples are accepted, its tables name everything there is. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { packManifestSchema } from '../../src/core/contract/pack.ts'
import { preparationNames, preparationSchema, resizeFilters } from '../../src/core/packs/preparation.ts'
import { publishedMetrics, publishedNames } from '../../src/core/packs/published.ts'

const page = readFileSync(new URL('../../docs/packs.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]): unknown =>
  JSON.parse(text!.replaceAll('"…"', `"${'0'.repeat(64)}"`)),
)

describe('docs/packs.md', () => {
  it('shows a manifest, a preparation and a decoder that are accepted', () => {
    expect(examples).toHaveLength(3)
    const [manifest, preparation, decoder] = examples as [Record<string, unknown>, unknown, object]
    expect(packManifestSchema.parse(manifest).networks).toHaveLength(1)
    expect(preparationSchema.parse(preparation).width).toBe(224)
    const files = [...(manifest.files as object[]), { path: 'draw.onnx', bytes: 1, sha256: '0'.repeat(64) }]
    const both = { ...manifest, kinds: ['encoder', 'metrics', 'decoder'], files, ...decoder }
    expect(packManifestSchema.parse(both).decoders).toHaveLength(1)
  })

  it('names every published number with its preparation and measure, and every filter', () => {
    for (const name of publishedNames) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
      const { preparation, measure, length } = publishedMetrics[name]
      expect(row, name).toContain(`\`${preparation}\``)
      expect(row, name).toContain(`\`${measure}\``)
      const numbers = row!.split('|')[3]!.split('×').map(Number)
      expect(numbers.reduce((product, size) => product * size, 1)).toBe(length)
    }
    for (const name of [...preparationNames, ...resizeFilters]) expect(page).toContain(`\`${name}\``)
  })
})
