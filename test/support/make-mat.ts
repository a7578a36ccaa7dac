/** Writes small MATLAB 5 files for tests straight from the format's description, independent of any reader. */
import { deflateSync } from 'node:zlib'

export interface TestVariable {
  readonly name: string
  readonly sizes: readonly number[]
  /** Stored type: 2 uint8, 3 int16, 4 uint16, 5 int32, 6 uint32, 7 single, 9 double. */
  readonly stored?: 2 | 3 | 4 | 5 | 6 | 7 | 9
  /** MATLAB class: 6 double, 7 single, 10 int16, 5 sparse, 16 function handle, … */
  readonly classCode?: number
  readonly values: (index: number) => number
}

const widths = { 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8 } as const

function element(type: number, data: Uint8Array, little: boolean): Uint8Array {
  const out = new Uint8Array(8 + 8 * Math.ceil(data.length / 8))
  const view = new DataView(out.buffer)
  view.setUint32(0, type, little)
  view.setUint32(4, data.length, little)
  out.set(data, 8)
  return out
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

function numbers(count: number, width: number, write: (view: DataView, at: number, index: number) => void): Uint8Array {
  const out = new Uint8Array(count * width)
  const view = new DataView(out.buffer)
  for (let i = 0; i < count; i++) write(view, i * width, i)
  return out
}

function matrix(variable: TestVariable, little: boolean): Uint8Array {
  const { name, sizes, stored = 9, classCode = 6, values } = variable
  const count = sizes.reduce((product, size) => product * size, 1)
  const data = numbers(count, widths[stored], (view, at, i) => {
    const value = values(i)
    if (stored === 2) view.setUint8(at, value)
    else if (stored === 3) view.setInt16(at, value, little)
    else if (stored === 4) view.setUint16(at, value, little)
    else if (stored === 5) view.setInt32(at, value, little)
    else if (stored === 6) view.setUint32(at, value, little)
    else if (stored === 7) view.setFloat32(at, value, little)
    else view.setFloat64(at, value, little)
  })
  return join([
    element(
      6,
      numbers(2, 4, (view, at, i) => view.setUint32(at, i === 0 ? classCode : 0, little)),
      little,
    ),
    element(
      5,
      numbers(sizes.length, 4, (view, at, i) => view.setInt32(at, sizes[i]!, little)),
      little,
    ),
    element(1, new TextEncoder().encode(name), little),
    element(stored, data, little),
  ])
}

/** The file; `packed` as save -v7 writes it. */
export function matBytes(variables: readonly TestVariable[], packed = false, little = true): Uint8Array {
  const header = new Uint8Array(128)
  header.set(new TextEncoder().encode('MATLAB 5.0 MAT-file, made for a test'.padEnd(116)))
  new DataView(header.buffer).setUint16(124, 0x0100, little)
  header.set(new TextEncoder().encode(little ? 'IM' : 'MI'), 126)
  const parts: Uint8Array[] = [header]
  for (const variable of variables) {
    const whole = element(14, matrix(variable, little), little)
    if (!packed) parts.push(whole)
    else {
      const deflated = Uint8Array.from(deflateSync(whole))
      const tag = new Uint8Array(8)
      new DataView(tag.buffer).setUint32(0, 15, little)
      new DataView(tag.buffer).setUint32(4, deflated.length, little)
      parts.push(tag, deflated)
    }
  }
  return join(parts)
}
