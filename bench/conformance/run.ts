/**
 * Reads whole folders of other projects' test files and compares with what reference readers said of them.
 *
 *   node bench/conformance/run.ts --data DIR
 *
 * DIR holds nifti_conformance (with expected.json made by nibabel) and, if there, hdf5_conformance. Ends with 1 if one file is
 * read otherwise than expected.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { sameAffine } from '../../src/core/volume/affine.ts'
import { checkHdf5, expectedHdf5Schema } from './hdf5.ts'
import { checkNifti, expectedNiftiSchema, type Outcome, readAsRas } from './nifti.ts'

const { values: options } = parseArgs({ options: { data: { type: 'string' } } })
if (options.data === undefined) {
  console.error('Name the folder that holds nifti_conformance and hdf5_conformance: --data DIR')
  process.exit(2)
}

/** Every file in the orientation folder holds one head; in RAS order all have to be equal, places included. */
async function checkTwins(folder: string): Promise<Outcome[]> {
  const [first, ...others] = readdirSync(folder)
    .filter((name) => name.endsWith('.nii.gz'))
    .sort()
  if (first === undefined) return []
  const reference = await readAsRas(join(folder, first))
  const out: Outcome[] = []
  for (const name of others) {
    const twin = await readAsRas(join(folder, name))
    const equal =
      twin.grid.shape.join() === reference.grid.shape.join() &&
      sameAffine(twin.grid.affine, reference.grid.affine) &&
      twin.values.every((value, at) => value === reference.values[at])
    out.push({ file: `${name} as RAS beside ${first}`, what: equal ? 'equal' : 'wrong', words: equal ? '' : 'differs' })
  }
  return out
}

const outcomes: Outcome[] = []
/** The HDF5 folder comes without figures; h5py's are kept with the tests' copies of the files. */
const hdf5Figures = fileURLToPath(new URL('../../test/fixtures/conformance/hdf5/expected.json', import.meta.url))
const hdf5 = join(options.data, 'hdf5_conformance')
if (existsSync(hdf5)) {
  const list = z.array(expectedHdf5Schema).parse(JSON.parse(readFileSync(hdf5Figures, 'utf8')))
  for (const expected of list) outcomes.push(...(await checkHdf5(hdf5, expected)))
}
const nifti = join(options.data, 'nifti_conformance')
if (existsSync(nifti)) {
  const list = z.array(expectedNiftiSchema).parse(JSON.parse(readFileSync(join(nifti, 'expected.json'), 'utf8')))
  for (const expected of list) outcomes.push(await checkNifti(nifti, expected))
  outcomes.push(...(await checkTwins(join(nifti, 'niivue_orient'))))
}

for (const { file, what, words } of outcomes)
  console.log(`${what.padEnd(8)} ${file}${words === '' ? '' : `  (${words})`}`)
const count = (what: Outcome['what']) => outcomes.filter((outcome) => outcome.what === what).length
console.log(`${count('equal')} equal, ${count('refused')} refused, ${count('asked')} asked, ${count('wrong')} wrong`)
process.exit(count('wrong') > 0 || outcomes.length === 0 ? 1 : 0)
