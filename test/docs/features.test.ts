/** The list of features is whole, and what it calls there is shown by files that are there. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs', 'features.md'), 'utf8')
const rows = page
  .split('\n')
  .map((line) => /^\| (N?\d+) \| (.*?) \| (yes|partly|no) \| (.*) \|$/.exec(line))
  .filter((row) => row !== null)

describe('docs/features.md', () => {
  it('has every row of both lists once', () => {
    const expected = [
      ...Array.from({ length: 43 }, (_, at) => `${at + 1}`),
      ...Array.from({ length: 16 }, (_, at) => `N${at + 1}`),
    ]
    expect(rows.map(([, number]) => number)).toEqual(expected)
  })

  it('shows what is there by a test or a screen', () => {
    const without = rows.filter(
      ([, , , state, text]) => state === 'yes' && !/`(?:test|src|docs)\/[\w./-]+`|status bar/.test(text!),
    )
    expect(without.map(([, number]) => number)).toEqual([])
  })

  it('names only files that are there', () => {
    const named = [...page.matchAll(/`((?:src|test|docs)\/[\w./-]+)`/g)].map(([, path]) => path!)
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
