/**
 * Exported masks as a BIDS data set, judged by BIDS' own validator and by nifti_tool: the Haxby example on its own grid, and with a
 * crop on both grids. Where a tool is missing, its part is left out, in words. TROI_BIDS_VALIDATOR names the validator's program.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { enterHome, troi } from './support/in-process.ts'

const names = [process.env.TROI_BIDS_VALIDATOR ?? '', 'bids-validator-deno', 'bids-validator'].filter(Boolean)
const validator = names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
const hasNiftiTool = spawnSync('nifti_tool', ['-ver'], { stdio: 'ignore' }).status === 0

const home = enterHome('bids exports ')
afterAll(home.leave)
const [project, out] = [join(home.base, 'project'), join(home.base, 'derivatives')]

async function done(...words: string[]) {
  const { code, err } = await troi(...words, '--project', project)
  expect(code, err).toBe(0)
}

beforeAll(async () => {
  const example = fileURLToPath(new URL('../../resources/examples/haxby2001', import.meta.url))
  const cropped = join(home.base, 'cropped')
  cpSync(example, cropped, { recursive: true })
  const recipe: unknown = JSON.parse(readFileSync(join(example, 'recipe.json'), 'utf8'))
  const crop = { rule: 'voxels', start: [4, 4, 0], shape: [30, 14, 1] }
  writeFileSync(join(cropped, 'recipe.json'), JSON.stringify({ ...Object(recipe), subject: 'cropped', crop }))
  await done('import', example)
  await done('import', cropped)
  for (const subject of ['haxby1', 'cropped'])
    await done('mask', '--subject', subject, '--budget', '60', '--preset', 'instant')
  await done('decode', '--mask', 'm-02')
  await done('review', '--mask', 'm-02', '--verdict', 'accepted', '--reviewer', 'A. Rossi')
  await done('export', '--mask', 'm-01', '--out', out)
  await done('export', '--mask', 'm-02', '--out', out, '--crop-grid')
})

const images = () =>
  readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.nii.gz'))
    .sort()

const reportSchema = z.object({
  issues: z.object({ issues: z.array(z.looseObject({ code: z.string(), severity: z.string() })) }),
  summary: z.looseObject({ subjects: z.array(z.string()), totalFiles: z.number() }),
})

describe('exported masks', () => {
  it('are on the subject’s own grid, and with a crop on the crop’s too', () => {
    const masks = images().filter((name) => name.endsWith('_mask.nii.gz'))
    expect(masks.map((name) => /sub-(\w+?)_.*space-(\w+?)_/.exec(name)?.slice(1, 3).join(' '))).toEqual([
      ...['cropped crop', 'cropped orig', 'haxby1 orig'],
    ])
  })

  it.skipIf(!hasNiftiTool)(`have good headers${hasNiftiTool ? '' : ' (skipped: no nifti_tool)'}`, () => {
    const paths = images().map((name) => join(out, name))
    const { stdout } = spawnSync('nifti_tool', ['-check_hdr', '-infiles', ...paths], { encoding: 'utf8' })
    expect(stdout.match(/IS GOOD/g)).toHaveLength(paths.length)
    expect(stdout).not.toMatch(/BAD|FAILURE/)
  })

  const note = validator === undefined ? ' (skipped: no BIDS validator)' : ''
  it.skipIf(validator === undefined)(`are a valid BIDS derivative${note}`, () => {
    // It ends with 1 where there is an error.
    const { stdout } = spawnSync(validator!, [out, '--format', 'json'], { encoding: 'utf8', maxBuffer: 1 << 26 })
    const { issues, summary } = reportSchema.parse(JSON.parse(stdout))
    expect(issues.issues.filter(({ severity }) => severity === 'error')).toEqual([])
    // Who the authors are, the workstation does not know; nothing else is amiss.
    expect(issues.issues.map(({ code }) => code)).toEqual(['TOO_FEW_AUTHORS'])
    expect(summary.subjects.sort()).toEqual(['cropped', 'haxby1'])
    // Description, readme, and three masks with their sidecars; the rest is listed in .bidsignore.
    expect(summary.totalFiles).toBe(8)
  })
})
