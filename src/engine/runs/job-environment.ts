import { delimiter } from 'node:path'
import { findExtra } from '../tensor/extras.ts'

/**
 * TensorFlow asks the system for large memory anew in every step and gives it back; kept instead, a step takes a quarter of the processor
 * time. Read by the C library at the start of a process.
 */
const keepMemory = { MALLOC_MMAP_THRESHOLD_: '8589934592', MALLOC_TRIM_THRESHOLD_: '8589934592' }

/** What a job needs of the environment, and no more. `engines`: folders in which it looks for the graphics engines. */
export function jobEnvironment(engines: readonly string[] = []): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {}
  for (const name of [
    'PATH',
    'HOME',
    'USERPROFILE',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'TEMP',
    'TMP',
    'SystemRoot',
    // Where graphics drivers and their settings are.
    'LD_LIBRARY_PATH',
    'XDG_DATA_DIRS',
    'VK_ICD_FILENAMES',
    'VK_DRIVER_FILES',
    'CUDA_VISIBLE_DEVICES',
    'ProgramFiles',
    'TROI_TEST_SOFTWARE_ADAPTER',
    'TROI_TEST_LOSE_DEVICE_AFTER',
  ])
    if (process.env[name] !== undefined) kept[name] = process.env[name]
  kept.TROI_ENGINES = engines.join(delimiter)
  return findExtra('tensorflow', engines) === null ? kept : { ...kept, ...keepMemory }
}
