import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

// Tests choose their engine themselves; an installed extra must not change what the others run on.
const engines = resolve(process.env.TROI_TEST_ENGINES ?? process.env.TROI_ENGINES ?? 'engines')
process.env.TROI_TEST_ENGINES = engines
process.env.TROI_ENGINES = resolve('.cache/no-engines')
delete process.env.TROI_BACKEND
// Read when a process starts: the software adapter that `npm run engine:webgpu -- --software` installs for these tests.
const software = join(engines, 'swiftshader')
if (existsSync(software)) {
  process.env.LD_LIBRARY_PATH = [software, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  process.env.VK_ICD_FILENAMES = join(software, 'vk_swiftshader_icd.json')
  process.env.TROI_TEST_SOFTWARE_ADAPTER = '1'
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
