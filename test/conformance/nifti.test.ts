import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkNifti, expectedNiftiSchema, readAsRas } from '../../bench/conformance/nifti.ts'
import { sameAffine } from '../../src/core/volume/affine.ts'

const folder = fileURLToPath(new URL('../fixtures/conformance/nifti', import.meta.url))
const list = z.array(expectedNiftiSchema).parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')))

/** Files that are refused or asked about, with a word of the message: everything else has to be equal to nibabel's reading. */
const stopped: Readonly<Record<string, readonly ['refused' | 'asked', string]>> = {
  'nibabel/analyze.hdr': ['refused', 'Analyze'],
  'nibabel/nifti1.hdr': ['refused', 'NOT_FOUND'],
  'nibabel/nifti2.hdr': ['refused', 'NOT_FOUND'],
  'nibabel/row_major.dconn.nii': ['refused', 'CIFTI-2'],
  'nibabel/test.mgz': ['refused', 'FreeSurfer'],
  'nifti-reader-js/not-nifti.nii': ['refused', 'magic'],
  'nifti-rs/avg152T1_LR_nifti.hdr.gz': ['refused', 'NOT_FOUND'],
  'nifti-rs/minimal.hdr': ['asked', 'Neither'],
  'nifti-rs/minimal.hdr.gz': ['asked', 'Neither'],
  'nifti-rs/minimal.nii': ['asked', 'Neither'],
  'nifti-rs/minimal.nii.gz': ['asked', 'Neither'],
  'nifti-rs/minimal2.hdr': ['asked', 'Neither'],
  'nifti-rs/complex/complex32.nii': ['refused', 'datatype 32'],
  'nifti-rs/complex/complex64.nii': ['refused', 'datatype 1792'],
  'nifti-rs/rgb/3D.nii': ['refused', 'datatype 128'],
  'nifti-rs/rgb/4D.nii': ['refused', 'datatype 128'],
  'nifti-rs/rgba/4D.nii': ['refused', 'datatype 2304'],
}

describe('NIfTI files of other projects, as nibabel reads them', () => {
  it.each(list.map((expected) => [expected.file, expected] as const))('%s', async (file, expected) => {
    const [what, word] = stopped[file] ?? ['equal', '']
    const outcome = await checkNifti(folder, expected)
    expect(outcome).toMatchObject({ what, words: expect.stringContaining(word) })
  })

  it('one head in three storage orders is the same head in RAS', async () => {
    const names = readdirSync(join(folder, 'niivue_orient')).sort()
    expect(names).toHaveLength(3)
    const [first, ...others] = await Promise.all(names.map((name) => readAsRas(join(folder, 'niivue_orient', name))))
    for (const other of others) {
      expect(other.grid.shape).toEqual(first!.grid.shape)
      expect(sameAffine(other.grid.affine, first!.grid.affine)).toBe(true)
      expect(Buffer.from(other.values.buffer).equals(Buffer.from(first!.values.buffer))).toBe(true)
    }
  })
})
