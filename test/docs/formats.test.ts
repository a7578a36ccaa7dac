/** The reader printed in docs/formats.md reads what the workstation writes, and notices damage. One start of Python for all. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { packMask } from '../../src/core/troi/mask-result.ts'
import { writeDataFile } from '../../src/engine/project/data-file.ts'
import { freshFolder } from '../reliability/support/folder.ts'
import { maskItem } from '../support/mask-item.ts'

const python = '/usr/bin/python3'
const hasNumpy = spawnSync(python, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0
const note = hasNumpy ? '' : ' (left out: /usr/bin/python3 has no numpy here)'
const page = readFileSync(fileURLToPath(new URL('../../docs/formats.md', import.meta.url)), 'utf8')
const folder = freshFolder()

describe('the reader in docs/formats.md', () => {
  it.skipIf(!hasNumpy)(`reads every number type, a mask as a volume, and refuses a damaged file${note}`, () => {
    const [reader, example] = [...page.matchAll(/```python\n(.*?)```/gs)].map(([, code]) => code!)
    const mixed = join(folder(), 'mixed.data')
    writeDataFile(mixed, {
      values: { name: 'Zürich', count: 3, on: true, list: [1.5, -2] },
      arrays: {
        f: Float32Array.of(1.5, -2, 3e30),
        d: Float64Array.of(Math.PI),
        i: Int32Array.of(-7, 2 ** 31 - 1),
        b: Uint8Array.of(0, 255, 3),
        none: new Float32Array(0),
      },
    })
    const { result, index, grid } = maskItem()
    writeDataFile(join(folder(), 'subject.data'), {
      values: { shape: [...grid.shape], affine: [...grid.affine] },
      arrays: { index },
    })
    writeDataFile(join(folder(), 'mask.data'), packMask(result))
    const damaged = readFileSync(mixed)
    damaged[damaged.length - 40]! ^= 1
    writeFileSync(join(folder(), 'damaged.data'), damaged)

    const placed = example!
      .replace(/'my-project[^']*subject\.data'/, "'subject.data'")
      .replace(/'my-project[^']*mask\.data'/, "'mask.data'")
    const script = `${reader}
${placed}
values, arrays = read_data('mixed.data')
try:
    read_data('damaged.data')
    refused = ''
except AssertionError as error:
    refused = str(error)
print(json.dumps({'values': values, 'arrays': {k: v.tolist() for k, v in arrays.items()},
    'dtypes': {k: v.dtype.name for k, v in arrays.items()}, 'refused': refused,
    'marked': np.argwhere(volume).tolist(), 'affine': affine.ravel().tolist()}))
`
    const found: unknown = JSON.parse(execFileSync(python, ['-c', script], { cwd: folder(), encoding: 'utf8' }))
    const [, ny, nz] = grid.shape
    const marked = [...index]
      .filter((_, v) => result.mask[v] === 1)
      .map((at) => [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz])
    expect(found).toEqual({
      values: { name: 'Zürich', count: 3, on: true, list: [1.5, -2] },
      arrays: { f: [1.5, -2, Math.fround(3e30)], d: [Math.PI], i: [-7, 2 ** 31 - 1], b: [0, 255, 3], none: [] },
      dtypes: { f: 'float32', d: 'float64', i: 'int32', b: 'uint8', none: 'float32' },
      refused: 'damaged',
      marked,
      affine: [...grid.affine],
    })
  })
})
