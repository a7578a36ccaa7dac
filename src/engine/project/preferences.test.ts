import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { UserPreferences } from './preferences.ts'

const folder = freshFolder()

describe('preferences of a user', () => {
  it('are empty at first, kept by name, and there for the next start', () => {
    expect(new UserPreferences(folder()).read()).toEqual({})
    const first = new UserPreferences(folder())
    first.save({ theme: 'light', keys: '{}' })
    first.save({ theme: 'dark' })
    expect(new UserPreferences(folder()).read()).toEqual({ theme: 'dark', keys: '{}' })
  })

  it('count as none where the file is damaged, and can be saved again', () => {
    writeFileSync(join(folder(), 'preferences.json'), '{"theme": 3')
    const own = new UserPreferences(folder())
    expect(own.read()).toEqual({})
    own.save({ theme: 'dark' })
    expect(own.read()).toEqual({ theme: 'dark' })
  })

  it('refuse to grow without end, and then keep what they were', () => {
    const own = new UserPreferences(folder())
    own.save({ theme: 'dark' })
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`name ${at}`, 'x']))
    expect(() => own.save(many)).toThrow('too many')
    expect(own.read()).toEqual({ theme: 'dark' })
  })
})
