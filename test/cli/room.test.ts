/** A run that cannot fit on the disk ends the command with code 4 before anything is queued. Needs a small disk of its own. */

import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { smallDisk } from '../reliability/support/small-disk.ts'
import { enterHome, troi } from './support/in-process.ts'
import { writeTinyStudy } from './support/tiny-study.ts'

const disk = smallDisk(64)
const home = enterHome('cli-room-')
const { base } = home
afterAll(() => {
  home.leave()
  disk?.remove()
})

describe.runIf(disk !== null)('a disk with too little room', () => {
  it('refuses the mask with code 4 and leaves no run behind', async () => {
    const [study, project] = [join(base, 'study'), join(disk!.path, 'project')]
    writeTinyStudy(study)
    const imported = await troi('import', join(study, 'recipe.json'), '--project', project, '--subject', 'tiny')
    expect(imported.code, imported.err).toBe(0)
    disk!.fill(1_000_000)
    const args = ['mask', '--project', project, '--subject', 'tiny', '--budget', '5', '--preset', 'instant', '--json']
    const refused = await troi(...args)
    expect(refused.code).toBe(4)
    expect(refused.err).toContain('DISK_FULL')
    expect(refused.err).toContain('Nothing was started')
    disk!.empty()
    const done = await troi(...args)
    expect(done.code, done.err).toBe(0)
    expect(JSON.parse(done.out)).toMatchObject({ run: 'm-01' })
  }, 120_000)
})
