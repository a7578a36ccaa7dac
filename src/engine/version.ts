/** Which program this is. Bits are promised only between equal ones. */
export const version = '0.1.0'

/** App version, runtime and processor in one line; a job adds the engine it found. */
export function program(): string {
  return `troi ${version}, node ${process.versions.node}, ${process.platform}-${process.arch}`
}

/** The same where the kernels are those of every computer, as in jobs on Slurm. */
export function builtBy(): string {
  return `${program()}, wasm`
}
