import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultWorkspace, everywhere, Places, standardPlaces } from './places.ts'

let base: string
let places: Places

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'places-')))
  mkdirSync(join(base, 'lab', 'sub', 'deep'), { recursive: true })
  mkdirSync(join(base, 'lab', '.hidden'))
  mkdirSync(join(base, 'lab-evil'))
  mkdirSync(join(base, 'fixed'))
  writeFileSync(join(base, 'lab', 'sub', 'a.txt'), 'inside')
  writeFileSync(join(base, 'lab', '.hidden', 'key'), 'secret')
  writeFileSync(join(base, 'lab-evil', 'secret.txt'), 'outside')
  writeFileSync(join(base, 'fixed', 'example.json'), '{}')
  symlinkSync(join(base, 'lab-evil'), join(base, 'lab', 'out'))
  symlinkSync(join(base, 'lab-evil', 'not-there-yet'), join(base, 'lab', 'dangling'))
  symlinkSync(join(base, 'lab', 'sub'), join(base, 'lab', 'in'))
  symlinkSync(join(base, 'lab', 'loop'), join(base, 'lab', 'loop'))
  places = new Places([
    { name: 'lab', label: 'Lab', folder: join(base, 'lab'), writable: true, everyName: false },
    { name: 'fixed', label: 'Examples', folder: join(base, 'fixed'), writable: false, everyName: false },
    { name: 'new', label: 'Workspace', folder: join(base, 'made', 'on demand'), writable: true, everyName: false },
  ])
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** Independent of the code under test: where the deepest existing part of a path really is. */
function really(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(really(dirname(path)), path.slice(dirname(path).length + 1))
}

describe('resolve', () => {
  it.each([
    ['', ''],
    ['sub', 'sub'],
    ['sub/a.txt', 'sub/a.txt'],
    ['sub/not yet there/also not', 'sub/not yet there/also not'],
    ['in/a.txt', 'sub/a.txt'],
    ['ünïcödé 日本', 'ünïcödé 日本'],
    ['a..b', 'a..b'],
  ])('%j is inside', (path, expected) => {
    expect(places.resolve({ root: 'lab', path })).toEqual({ ok: true, value: join(base, 'lab', expected) })
  })

  it.each([
    '..',
    '../lab-evil/secret.txt',
    'sub/../../lab-evil',
    'sub/..',
    '.',
    './sub',
    '...',
    '. .',
    '/etc/passwd',
    '//etc/passwd',
    'sub//a.txt',
    'sub/',
    'sub\\..\\..\\lab-evil',
    '..\\lab-evil',
    'C:\\Windows',
    'C:/Windows',
    'c:evil',
    'sub/a.txt\0.png',
    '\0',
    'sub.',
    'sub ',
    'sub/a.txt.',
    'sub./a.txt',
    'out',
    'out/secret.txt',
    'out/new file',
    'dangling',
    'dangling/below',
    'loop',
    'loop/below',
    '.hidden/key',
    '.ssh',
    'sub/.git/config',
  ])('%j is refused', (path) => {
    const result = places.resolve({ root: 'lab', path })
    expect(result.ok ? result.value : result.problem.code).toBe('NOT_ALLOWED')
  })

  it.each(['', 'nowhere', '__proto__', 'constructor', 'LAB'])('root %j is unknown', (root) => {
    const result = places.resolve({ root, path: '' })
    expect(result.ok ? result.value : result.problem.code).toBe('NOT_FOUND')
  })

  it('keeps read-only roots read-only, and makes a missing workspace when it is first written to', () => {
    const result = places.resolve({ root: 'fixed', path: 'x' }, true)
    expect(result.ok ? result.value : result.problem.code).toBe('READ_ONLY')
    expect(places.resolve({ root: 'new', path: 'project' }).ok).toBe(true)
    expect(existsSync(join(base, 'made'))).toBe(false)
    expect(places.resolve({ root: 'new', path: 'project' }, true).ok).toBe(true)
    expect(existsSync(join(base, 'made', 'on demand'))).toBe(true)
  })

  it('never answers with a path outside its root, whatever the names', () => {
    const seed = Number(process.env.TROI_SEED ?? Date.now() % 2 ** 31)
    console.log(`places property test: seed ${seed}`)
    let state = seed >>> 0
    const random = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * n)
    }
    const pieces = [
      '..',
      '.',
      '',
      '/',
      '\\',
      'sub',
      'in',
      'out',
      'lab-evil',
      'loop',
      'dangling',
      'a.txt',
      '\0',
      ' ',
      '%2e%2e',
      '..%2f',
      'C:',
      '~',
      '․․',
      '․',
      '..;',
      'x',
    ]
    let inside = 0
    for (let n = 0; n < 20_000; n++) {
      let path = ''
      for (let left = 1 + random(7); left > 0; left--) path += pieces[random(pieces.length)]! + (random(2) ? '/' : '')
      const result = places.resolve({ root: 'lab', path })
      if (!result.ok) continue
      inside++
      const real = really(result.value)
      const lab = join(base, 'lab')
      expect(real === lab || real.startsWith(`${lab}/`), `${JSON.stringify(path)} became ${real}`).toBe(true)
    }
    expect(inside).toBeGreaterThan(100)
  })
})

describe('locate', () => {
  it('is the way back from resolve', () => {
    for (const path of ['', 'sub', 'sub/a.txt', 'sub/new'])
      expect(places.locate(join(base, 'lab', path))).toEqual({ ok: true, value: { root: 'lab', path } })
    expect(places.locate(join(base, 'lab', 'in', 'a.txt'))).toEqual({
      ok: true,
      value: { root: 'lab', path: 'in/a.txt' },
    })
  })

  it('names a file of a hidden store by the link to it', () => {
    symlinkSync(join(base, 'lab', '.hidden', 'key'), join(base, 'lab', 'bold.nii.gz'))
    const place = places.locate(join(base, 'lab', 'bold.nii.gz'))
    expect(place).toEqual({ ok: true, value: { root: 'lab', path: 'bold.nii.gz' } })
    expect(place.ok && places.resolve(place.value)).toEqual({ ok: true, value: join(base, 'lab', '.hidden', 'key') })
    rmSync(join(base, 'lab', 'bold.nii.gz'))
  })

  it('finds a root that was named by a link', () => {
    symlinkSync(join(base, 'lab'), join(base, 'link to lab'))
    const linked = new Places([
      { name: 'lab', label: 'Lab', folder: join(base, 'link to lab'), writable: true, everyName: false },
    ])
    for (const folder of ['lab', 'link to lab'])
      expect(linked.locate(join(base, folder, 'sub'))).toEqual({ ok: true, value: { root: 'lab', path: 'sub' } })
  })

  it.each([
    'lab-evil',
    'lab-evil/secret.txt',
    'lab/out/secret.txt',
    'lab/../lab-evil',
    '',
    'lab/.hidden/key',
    'lab/loop',
  ])('%j is outside every root', (path) => {
    const result = places.locate(join(base, path))
    expect(result.ok ? result.value : result.problem.code).toBe('NOT_ALLOWED')
    expect(places.mayRead(join(base, path))).toBe(false)
  })

  it('refuses relative paths and NUL', () => {
    expect(places.locate('lab').ok).toBe(false)
    expect(places.locate(`${base}/lab\0`).ok).toBe(false)
  })

  it('prefers the root that reaches closest', () => {
    const nested = new Places([
      { name: 'all', label: 'All', folder: base, writable: true, everyName: true },
      { name: 'lab', label: 'Lab', folder: join(base, 'lab'), writable: true, everyName: false },
    ])
    expect(nested.locate(join(base, 'lab', 'sub'))).toEqual({ ok: true, value: { root: 'lab', path: 'sub' } })
    expect(nested.locate(join(base, 'lab', '.hidden', 'key'))).toEqual({
      ok: true,
      value: { root: 'all', path: 'lab/.hidden/key' },
    })
  })
})

describe('list', () => {
  it('shows folders first, sizes, and nothing that leads outside or is hidden', async () => {
    const result = await places.list({ root: 'lab', path: '' })
    expect(result.ok && result.value.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['folder in', 'folder sub'])
    const below = await places.list({ root: 'lab', path: 'sub' })
    expect(below.ok && below.value).toEqual([
      { name: 'deep', kind: 'folder', bytes: 0 },
      { name: 'a.txt', kind: 'file', bytes: 6 },
    ])
  })

  it('sorts numbers as numbers', async () => {
    mkdirSync(join(base, 'lab', 'runs'))
    for (const n of [10, 9, 1]) writeFileSync(join(base, 'lab', 'runs', `run-${n}.nii`), '')
    const result = await places.list({ root: 'lab', path: 'runs' })
    expect(result.ok && result.value.map(({ name }) => name)).toEqual(['run-1.nii', 'run-9.nii', 'run-10.nii'])
  })

  it('says what is wrong with a place that is no folder', async () => {
    const file = await places.list({ root: 'lab', path: 'sub/a.txt' })
    expect(file.ok ? '' : file.problem.code).toBe('BAD_PARAMETER')
    const missing = await places.list({ root: 'lab', path: 'sub/nothing' })
    expect(missing.ok ? '' : missing.problem.code).toBe('NOT_FOUND')
  })
})

describe('roots', () => {
  it('offers the workspace, the shipped examples and home', async () => {
    const standard = standardPlaces({ workspace: join(base, 'w'), roots: [join(base, 'lab'), join(base, 'lab')] })
    expect(standard.roots().map(({ name, writable }) => [name, writable])).toEqual([
      ['workspace', true],
      ['examples', false],
      ['home', true],
      ['lab', true],
    ])
    const examples = await standard.list({ root: 'examples', path: 'haxby2001' })
    expect(examples.ok && examples.value.some(({ name }) => name === 'recipe.json')).toBe(true)
    const workspace = await standard.list({ root: 'workspace', path: '' })
    expect(workspace).toEqual({ ok: true, value: [] })
  })

  it('takes the workspace from the environment', () => {
    const before = process.env.TROI_WORKSPACE
    process.env.TROI_WORKSPACE = join(base, 'from environment')
    expect(defaultWorkspace()).toBe(join(base, 'from environment'))
    delete process.env.TROI_WORKSPACE
    expect(defaultWorkspace()).toMatch(/TROI Workstation$/)
    if (before !== undefined) process.env.TROI_WORKSPACE = before
  })

  it('gives two folders of one name two roots', () => {
    const many = new Places([])
    mkdirSync(join(base, 'other', 'lab'), { recursive: true })
    expect(many.add(join(base, 'lab')).name).toBe('lab')
    expect(many.add(join(base, 'other', 'lab')).name).toBe('lab-2')
  })

  it('lets the command line name every path of this computer', () => {
    const all = everywhere()
    for (const path of [join(base, 'lab', 'sub'), join(base, 'lab', '.hidden', 'key'), process.cwd()]) {
      const place = all.locate(path)
      expect(place.ok && all.resolve(place.value, true)).toEqual({ ok: true, value: realpathSync(path) })
    }
  })
})
