/** A numeric variable of a MATLAB 5 file as a volume source. MATLAB stores the first axis fastest, so sizes are turned round. */
import type { Recipe } from '../../../core/contract/recipe.ts'
import { failure, type Result, success, unwrap } from '../../../core/problem.ts'
import { arraySource, type VoxelSpace } from '../array-source.ts'
import type { ArrayReader } from '../array-volumes.ts'
import { type NumberType, numberBytes } from '../number-types.ts'
import type { VolumeSource } from '../volume-source.ts'
import { openMatFile, readMatVariable } from './mat-file.ts'
import type { MatVariable } from './mat-variable.ts'

export interface MatNumbers {
  readonly type: NumberType
  readonly littleEndian: boolean
  readonly bytes: Uint8Array
  /** Sizes, slowest first. */
  readonly shape: readonly number[]
}

/** The numbers of a variable, or BAD_FILE naming the class that is not read. */
export function numbersOf(variable: MatVariable, path: string): Result<MatNumbers> {
  const { name, className, content, complex, sizes } = variable
  if (content.kind === 'numbers' && !complex)
    return success({
      type: content.type,
      littleEndian: content.littleEndian,
      bytes: content.bytes,
      shape: [...sizes].reverse(),
    })
  const what = complex && content.kind === 'numbers' ? 'complex numbers' : `a ${className}`
  const fields = content.kind === 'fields' ? `; its fields are ${content.names.slice(0, 20).join(', ')}` : ''
  return failure({
    code: 'BAD_FILE',
    message: `The variable "${name}" is ${what}, no array of real numbers${fields}.`,
    where: `${path}, ${name}`,
    expected: 'a numeric array such as double, single or int16',
    fix:
      className === 'sparse'
        ? `Save full(${name}) instead.`
        : 'Save the numbers as a variable of their own, for example with save(..., "-struct").',
  })
}

/** Opens a variable as volumes. Problems name the file and the variable. */
export async function openMatlabSource(
  path: string,
  image: Recipe['images'][number],
  space: VoxelSpace | null,
): Promise<Result<VolumeSource>> {
  const file = await openMatFile(path)
  if (!file.ok) return file
  // Opened once to look and again for each pass, so that a source holds no memory between.
  const read = async () => {
    const variable = await readMatVariable(file.value, image.dataset)
    return variable.ok ? numbersOf(variable.value, path) : variable
  }
  const numbers = await read()
  if (!numbers.ok) return numbers
  const { shape, type } = numbers.value
  return arraySource(path, { name: image.dataset!, shape, type, fastestFirst: true }, image, space, async () => ({
    reader: memoryReader(unwrap(await read())),
    close: async () => {},
  }))
}

/** Blocks of an array in memory. */
export function memoryReader({ shape, type, littleEndian, bytes }: MatNumbers): ArrayReader {
  const size = numberBytes[type]
  return {
    shape,
    chunks: null,
    type,
    littleEndian,
    read: async (offset, count) => {
      const out = new Uint8Array(count.reduce((product, length) => product * length, size))
      const last = shape.length - 1
      const run = count[last]! * size
      const rows = out.length / (run || 1)
      for (let row = 0; row < rows; row++) {
        // The row's place in the block, axis by axis, gives its place in the array.
        let rest = row
        let start = offset[last]!
        let stride = shape[last]!
        for (let axis = last - 1; axis >= 0; axis--) {
          start += (offset[axis]! + (rest % count[axis]!)) * stride
          rest = Math.floor(rest / count[axis]!)
          stride *= shape[axis]!
        }
        out.set(bytes.subarray(start * size, start * size + run), row * run)
      }
      return out
    },
  }
}
