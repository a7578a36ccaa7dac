/**
 * Copies the small files of the conformance folders to test/fixtures/conformance, with the entries of expected.json that
 * belong to them, so that `npm test` compares without the whole folder.
 *
 *   node bench/conformance/select-fixtures.ts --data DIR
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const { values: options } = parseArgs({ options: { data: { type: 'string' } } })
if (options.data === undefined) throw new Error('--data DIR is missing')
const target = fileURLToPath(new URL('../../test/fixtures/conformance', import.meta.url))

/** Larger ones are left out, and so are those that another file covers and headers whose image is too large. */
const largest = 80_000
const covered = ['little.nii.gz', 'zstat1.nii.gz', 'air.hdr.gz', 'air2.hdr.gz', 'README.md']
/** Of the heads in twelve storage orders, three are enough for a test of every commit. */
const orientations = ['RAS.nii.gz', 'PIL.nii.gz', 'SRA.nii.gz']

const from = join(options.data, 'nifti_conformance')
const kept: string[] = []
for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
  const file = name.replaceAll('\\', '/')
  const info = statSync(join(from, file))
  const base = file.split('/').at(-1)!
  if (!info.isFile() || !file.includes('/') || covered.includes(base)) continue
  if (file.startsWith('niivue_orient/') ? !orientations.includes(base) : info.size > largest) continue
  kept.push(file)
  mkdirSync(join(target, 'nifti', dirname(file)), { recursive: true })
  copyFileSync(join(from, file), join(target, 'nifti', file))
}
const all = z
  .array(z.looseObject({ file: z.string() }))
  .parse(JSON.parse(readFileSync(join(from, 'expected.json'), 'utf8')))
const expected = all.filter((entry) => kept.includes(entry.file))
writeFileSync(
  join(target, 'nifti', 'expected.json'),
  `[\n${expected.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`,
)

const hdf5 = join(options.data, 'hdf5_conformance')
mkdirSync(join(target, 'hdf5'), { recursive: true })
for (const name of readdirSync(hdf5))
  if (/\.(hdf5|nc)$/.test(name)) copyFileSync(join(hdf5, name), join(target, 'hdf5', name))
