/** The window stays small: what it loads before it can be used. */
import { expect, it } from 'vitest'
import { windowSize } from '../../bench/window/size.ts'
import { ensureWindow } from './support/serve.ts'

it('the window loads at most 600 kB of scripts and styles, gzipped', { timeout: 300_000 }, async () => {
  const { files, gzippedBytes } = windowSize(await ensureWindow())
  expect(files.some(({ name }) => name.endsWith('.js'))).toBe(true)
  expect(files.some(({ name }) => name.endsWith('.css'))).toBe(true)
  expect(gzippedBytes).toBeGreaterThan(50_000)
  expect(gzippedBytes).toBeLessThanOrEqual(600_000)
})
