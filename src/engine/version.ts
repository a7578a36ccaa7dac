/** Which program this is. Bits are promised only between equal ones. */
export const version = '0.1.0'

/** App version, runtime, processor and kernels in one line. */
export function builtBy(): string {
  return `troi ${version}, node ${process.versions.node}, ${process.platform}-${process.arch}, wasm`
}
