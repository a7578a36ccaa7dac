/**
 * What no one sees but many need: every control has a name of its own, texts stand out from their ground in both themes, and everything
 * can be reached and left with the keyboard alone, in the order in which it is read. Checked by our own rules on the computed page.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openFake } from './support/opened.ts'
import { act, button, openMask, openProject, step } from './support/window.ts'

const { chromium, page } = await openFake()

const styles = readFileSync(fileURLToPath(new URL('../../src/renderer/styles/tokens.css', import.meta.url)), 'utf8')

function tokensOf(theme: 'dark' | 'light'): Record<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(styles)![1]!
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe.each(['dark', 'light'] as const)('colours of the %s theme', (theme) => {
  const tokens = tokensOf(theme)

  it('are measured as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })

  it.each(['ink', 'ink2', 'ink3', 'method', 'warning', 'danger', 'other'])(
    'let text in %s stand out from every ground',
    (name) => {
      for (const ground of [
        'window',
        'pane',
        'raised',
        ...(name.startsWith('ink') && name !== 'ink3' ? ['pressed'] : []),
      ])
        expect(contrast(tokens[name]!, tokens[ground]!), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    },
  )

  it('let edges of inputs and the filled button stand out', () => {
    for (const ground of ['window', 'pane', 'raised'])
      expect(contrast(tokens.control!, tokens[ground]!), ground).toBeGreaterThanOrEqual(3)
    expect(contrast(tokens['on-ink']!, tokens.ink!)).toBeGreaterThanOrEqual(4.5)
  })
})

/** What is wrong with the names and roles of a page, in words. */
function namingFaults(of: Page): Promise<string[]> {
  return of.evaluate(() => {
    const faults: string[] = []
    const nameOf = (element: Element): string => {
      const labels = 'labels' in element ? (element as HTMLInputElement).labels : null
      const labelled = element.getAttribute('aria-labelledby')
      return (
        element.getAttribute('aria-label') ??
        (labelled === null ? null : (document.getElementById(labelled)?.textContent ?? '')) ??
        (labels !== null && labels.length > 0 ? labels[0]!.textContent : null) ??
        (element.tagName === 'BUTTON' || element.tagName === 'A' ? element.textContent : null) ??
        ''
      ).trim()
    }
    const seen = (element: Element) => {
      const box = element.getBoundingClientRect()
      return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden'
    }
    const within = (element: Element) => (element.textContent ?? element.className.toString()).slice(0, 30)
    for (const element of document.querySelectorAll('button, input, select, textarea, a[href], [tabindex="0"]')) {
      if (!seen(element) || element.closest('[aria-hidden="true"], .u-wrap') !== null) continue
      if (nameOf(element) === '') faults.push(`${element.tagName} "${within(element)}" has no name`)
    }
    const groups = [...document.querySelectorAll('section, aside, nav, fieldset, dialog[open]')].filter(seen)
    for (const group of groups) if (nameOf(group) === '') faults.push(`${group.tagName} "${within(group)}" has no name`)
    if (document.querySelectorAll('main').length !== 1) faults.push('there is not one main part')
    if (document.querySelectorAll('h1').length !== 1) faults.push('there is not one h1')
    for (const element of document.querySelectorAll('[aria-controls], [aria-activedescendant]'))
      for (const attribute of ['aria-controls', 'aria-activedescendant']) {
        const id = element.getAttribute(attribute)
        if (id !== null && document.getElementById(id) === null)
          faults.push(`${attribute} names ${id}, which is not there`)
      }
    return faults
  })
}

/** Goes through a page with Tab from its start: what got the focus, in order, and whether each was seen and had a ring. */
async function tabThrough(of: Page) {
  await of.evaluate(() => {
    // Tab goes on from where one was last; the page's own start is its body.
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
  })
  const stops: { key: string; top: number; left: number; ring: boolean; inView: boolean; region: string }[] = []
  for (let n = 0; n < 140; n++) {
    await of.keyboard.press('Tab')
    const stop = await of.evaluate(() => {
      const element = document.activeElement
      if (element === null || element === document.body) return null
      const box = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      const own = element as HTMLElement
      own.dataset.stop ??= String(performance.now())
      return {
        key: own.dataset.stop,
        ...{ top: box.top, left: box.left },
        ring: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
        inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        region: element.closest('header.title-bar, nav.rail, main, footer')?.tagName ?? '',
      }
    })
    if (stop === null || stops.some(({ key }) => key === stop.key)) break
    stops.push(stop)
  }
  return stops
}

const screens: [name: string, open: () => Promise<void>][] = [
  ['projects', async () => page.getByText('m-02 stopped').waitFor()],
  [
    'data',
    async () => {
      await openProject(page, 'Demo cohort, small')
      await page.getByRole('cell', { name: 'sub-00' }).waitFor()
    },
  ],
  ['mask form', async () => step(page, 'Mask').click()],
  ['review', () => openMask(page, 'm-demo, troi')],
  ['results', async () => button(page, 'Results').click()],
  [
    'pictures',
    async () => {
      await button(page, 'Pictures').click()
      await page.getByRole('complementary').waitFor()
    },
  ],
  ['blind rating', async () => page.keyboard.press('b')],
  ['export', async () => step(page, 'Export').click()],
  [
    'compare',
    async () => {
      await act(page, 'compare')
      await page.getByRole('table', { name: 'Compare runs' }).waitFor()
    },
  ],
]

describe.each(screens)('%s', (_name, open) => {
  it('has a name for every control and part', async () => {
    await open()
    await page.locator('h1').first().waitFor()
    expect(await namingFaults(page)).toEqual([])
  })

  it('is reached with Tab from bar to rail to page to status bar, each stop seen and ringed', async () => {
    const stops = await tabThrough(page)
    expect(stops.length).toBeGreaterThan(5)
    expect(stops.filter(({ inView }) => !inView)).toEqual([])
    expect(stops.filter(({ ring }) => !ring)).toEqual([])
    const regions = stops.map(({ region }) => region).filter((region, at, all) => region !== all[at - 1])
    const order = ['HEADER', 'NAV', 'MAIN', 'FOOTER'].filter((region) => regions.includes(region))
    expect(regions).toEqual(order)
    expect(regions.at(-1)).toBe('FOOTER')
  })
})

describe('dialogs', () => {
  it('hold the focus, and give it back to where it was', async () => {
    const opener = button(page, 'Keys and help')
    await opener.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    await dialog.waitFor()
    expect(await namingFaults(page)).toEqual([])
    for (let n = 0; n < 5; n++) {
      await page.keyboard.press('Tab')
      expect(
        await page.evaluate(
          () => document.activeElement?.closest('dialog') !== null || document.activeElement === document.body,
        ),
      ).toBe(true)
    }
    await page.keyboard.press('Escape')
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true)
  })
})

describe('all this', () => {
  it('without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })
})
