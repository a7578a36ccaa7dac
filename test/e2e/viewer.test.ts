/**
 * Left is left: the viewer against a generated head with a marker whose place in millimetres is known, measured on the pixels of
 * the screen. The volumes are stored left-anterior-superior, so a viewer that trusts the order of the array fails here. Uses the
 * stand-in engine behind the real server's front.
 */
import { describe, expect, it } from 'vitest'
import { affine, brain, marker, shape } from './support/generated-volumes.ts'
import { openFake } from './support/opened.ts'
import {
  bluish,
  button,
  colours,
  eventually,
  letter,
  look,
  near,
  openMask,
  openProject,
  slide,
  spotOf,
  type View,
} from './support/window.ts'

const { chromium, served, page } = await openFake()

/** Middle of the brain's bounding box in millimetres: what the views are centred on. */
function middleOfBrain(): { x: number; y: number; z: number } {
  const low = [...shape]
  const high = [-1, -1, -1]
  let flat = 0
  for (let i = 0; i < shape[0]; i++)
    for (let j = 0; j < shape[1]; j++)
      for (let k = 0; k < shape[2]; k++)
        if (brain[flat++]! > 0)
          for (const [axis, value] of [i, j, k].entries()) {
            low[axis] = Math.min(low[axis]!, value)
            high[axis] = Math.max(high[axis]!, value)
          }
  const at = (axis: number) => affine[5 * axis]! * ((low[axis]! + high[axis]!) / 2) + affine[4 * axis + 3]!
  return { x: at(0), y: at(1), z: at(2) }
}

const middle = middleOfBrain()
const slices = ['axial', 'coronal', 'sagittal'] as const

await openProject(page, 'Demo cohort, small')
await openMask(page, 'm-marker, instant')
await button(page, 'Fill').click()
await button(page, 'Hide Annotated ROI').click()

/** Where the marker is in a view, relative to the view's middle, in the signs of the screen: right and down are positive. */
async function markerIn(view: View) {
  const spot = spotOf(await look(page, view), near(colours.mask))
  return { count: spot.count, right: spot.x - 0.5, down: spot.y - 0.5 }
}

describe('the viewer', () => {
  it('draws the marker in the mask’s colour in all three slices, above or below the middle as its millimetres say', async () => {
    for (const view of slices) {
      const found = await markerIn(view)
      expect(found.count, view).toBeGreaterThan(60)
      const up = view === 'axial' ? marker.y - middle.y : marker.z - middle.z
      expect(Math.sign(-found.down), view).toBe(Math.sign(up))
    }
  })

  it('shows the marker of the left side on the left in neurological pictures', async () => {
    for (const view of ['axial', 'coronal'] as const) {
      expect(await letter(page, view, 'left')).toBe('L')
      expect(await letter(page, view, 'right')).toBe('R')
      expect((await markerIn(view)).right, view).toBeLessThan(-0.02)
    }
  })

  it('shows it on the right in radiological pictures, and the letters change with it', async () => {
    const before = await markerIn('axial')
    await button(page, 'Radiological').click()
    for (const view of ['axial', 'coronal'] as const) {
      expect(await letter(page, view, 'left')).toBe('R')
      expect(await letter(page, view, 'right')).toBe('L')
      expect((await markerIn(view)).right, view).toBeGreaterThan(0.02)
    }
    // A mirror image: as far to the right as it was to the left, and no higher or lower.
    const after = await markerIn('axial')
    expect(after.right).toBeCloseTo(-before.right, 2)
    expect(after.down).toBeCloseTo(before.down, 3)
    expect(await page.locator('footer').innerText()).toContain('left of picture is right of subject')
    await button(page, 'Neurological').click()
  })

  it('keeps distances in millimetres: the marker lies where its coordinates say, at one scale in all slices', async () => {
    const scales: number[] = []
    for (const view of slices) {
      const picture = await look(page, view)
      const spot = spotOf(picture, near(colours.mask))
      const across = view === 'sagittal' ? -(marker.y - middle.y) : marker.x - middle.x
      const up = view === 'axial' ? marker.y - middle.y : marker.z - middle.z
      scales.push(((spot.x - 0.5) * picture.width) / across, (-(spot.y - 0.5) * picture.height) / up)
    }
    // Millimetres are measured from the middle of whole voxels, so half a voxel of the smallest distance is the tolerance.
    const mean = scales.reduce((sum, scale) => sum + scale, 0) / scales.length
    for (const scale of scales) expect(scale / mean).toBeCloseTo(1, 1)
    expect(mean).toBeGreaterThan(0.5)
  })

  it('turns the sagittal picture with its own switch only', async () => {
    expect(await letter(page, 'sagittal', 'left')).toBe('A')
    const before = await markerIn('sagittal')
    // The marker lies behind the middle of the brain.
    expect(Math.sign(before.right)).toBe(Math.sign(middle.y - marker.y))
    const axial = await markerIn('axial')
    await button(page, 'Nose right').click()
    expect(await letter(page, 'sagittal', 'left')).toBe('P')
    expect((await markerIn('sagittal')).right).toBeCloseTo(-before.right, 2)
    expect((await markerIn('axial')).right).toBeCloseTo(axial.right, 6)
    await button(page, 'Nose left').click()
  })

  it('shows the marker left of the middle in 3D, where one looks from behind', async () => {
    await page.waitForFunction(() => document.querySelector('[data-plane="3d"] canvas') !== null)
    expect(await page.locator('[data-plane="3d"]').innerText()).toContain('from behind')
    const spot = spotOf(await look(page, '3d'), bluish)
    expect(spot.count).toBeGreaterThan(200)
    expect(spot.x).toBeLessThan(0.5)
  })

  it('lets opacity change slices and 3D alike', async () => {
    const brightness = async (view: View) => {
      const { pixels } = await look(page, view)
      let sum = 0
      // The glass is greyish; what is clearly blue is the mask.
      for (let i = 2; i < pixels.length; i += 3) sum += Math.max(0, pixels[i]! - pixels[i - 2]! - 40)
      return sum
    }
    for (const view of ['axial', '3d'] as const) {
      await slide(page, 'Opacity of TROI mask', 1)
      const full = await brightness(view)
      await slide(page, 'Opacity of TROI mask', 0.4)
      const less = await brightness(view)
      await slide(page, 'Opacity of TROI mask', 0)
      const none = await brightness(view)
      expect(less, view).toBeLessThan(0.85 * full)
      expect(less, view).toBeGreaterThan(0.1 * full)
      expect(none, view).toBeLessThan(0.3 * less)
    }
    await slide(page, 'Opacity of TROI mask', 1)
  })

  it('hides every layer while M is held, in slices and in 3D', async () => {
    const before = await markerIn('axial')
    const solid = spotOf(await look(page, '3d'), bluish).count
    await page.keyboard.down('m')
    expect((await markerIn('axial')).count).toBe(0)
    expect(spotOf(await look(page, '3d'), bluish).count).toBeLessThan(0.02 * solid)
    await page.keyboard.up('m')
    expect((await markerIn('axial')).count).toBe(before.count)
  })

  it('leaves the inside free as an outline, and the key O switches', async () => {
    const filled = (await markerIn('coronal')).count
    await page.keyboard.press('o')
    expect(await button(page, 'Outline').getAttribute('aria-pressed')).toBe('true')
    const outlined = (await markerIn('coronal')).count
    expect(outlined).toBeGreaterThan(0.08 * filled)
    expect(outlined).toBeLessThan(0.7 * filled)
    await page.keyboard.press('o')
  })

  it('moves all views with a click, and says where that is in millimetres', async () => {
    const axial = page.locator('[data-plane="axial"] canvas')
    const box = (await axial.boundingBox())!
    const z = await page.locator('[data-plane="axial"] .label').last().innerText()
    await axial.click({ position: { x: box.width * 0.58, y: box.height * 0.45 } })
    expect(await page.locator('[data-plane="axial"] .label').last().innerText()).toBe(z)
    const x = Number(
      /x (−?[\d.]+) mm/.exec(await page.locator('[data-plane="sagittal"]').innerText())![1]!.replace('−', '-'),
    )
    // Right of the middle is right of the subject in a neurological picture.
    expect(x).toBeGreaterThan(middle.x)
    expect(await page.locator('.readout').innerText()).toContain('not in the mask')
    await page.keyboard.press('c')
    await eventually(() => page.locator('.readout').innerText()).toContain('in the mask')
    expect(await page.locator('.readout').innerText()).not.toContain('not in the mask')
  })

  it('steps through slices with the wheel and the arrow keys', async () => {
    const label = () => page.locator('[data-plane="coronal"] .label').last().innerText()
    const start = await label()
    await page.locator('[data-plane="coronal"] canvas').focus()
    await page.keyboard.press('ArrowUp')
    const further = await label()
    expect(further).not.toBe(start)
    await page.keyboard.press('ArrowDown')
    expect(await label()).toBe(start)
    await page.locator('[data-plane="coronal"] canvas').hover()
    await page.mouse.wheel(0, -100)
    await eventually(label).toBe(further)
  })

  it('marks left and right as unsettled until someone has chosen', async () => {
    // Another user: nothing was chosen before.
    served.engine.preferences = {}
    const { page: fresh, context } = await chromium.open(served.address, { settings: { theme: 'dark' } })
    for (const choice of await fresh
      .getByRole('group', { name: 'How do you read brain pictures?' })
      .getByRole('button')
      .all())
      expect(await choice.getAttribute('aria-pressed')).toBe('false')
    await openProject(fresh, 'Demo cohort, small')
    await openMask(fresh)
    expect(await letter(fresh, 'axial', 'left')).toBe('L?')
    expect(await fresh.locator('footer').innerText()).toContain('Left and right not chosen yet')
    await button(fresh, 'Neurological').click()
    expect(await letter(fresh, 'axial', 'left')).toBe('L')
    await context.close()
  })

  it('did all that without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })
})
