/**
 * What must never be seen on a page, found on the computed page: something wider than the window, text that is cut off or lies on
 * other text, a control without a name. Text that ends in an ellipsis is whole only where its title says the rest.
 */
import type { Page } from 'playwright-core'

/** Faults of the page as it is now, in words. Under an open dialog only the dialog counts. */
export function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = []
    const said = (element: Element) => {
      const words = (element.textContent ?? '').trim().slice(0, 40)
      return `${element.tagName.toLowerCase()}.${(element.getAttribute('class') ?? '').replaceAll(' ', '.')} "${words}"`
    }
    const { scrollWidth, scrollHeight } = document.documentElement
    if (scrollWidth > innerWidth || scrollHeight > innerHeight)
      faults.push(`the page is ${scrollWidth} × ${scrollHeight} in a window of ${innerWidth} × ${innerHeight}`)

    const dialogs = [...document.querySelectorAll('dialog[open]')]
    const scope = dialogs.at(-1) ?? document.body
    const scrolls = (element: Element | null): boolean =>
      element !== null && (/(auto|scroll)/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement))
    const hidden = (element: Element): boolean => {
      const { visibility, clipPath } = getComputedStyle(element)
      return visibility === 'hidden' || clipPath === 'inset(50%)'
    }
    const told = (element: Element) => element.closest('[title]') !== null

    for (const element of scope.querySelectorAll('*')) {
      const box = element.getBoundingClientRect()
      if (box.width === 0 || box.height === 0 || element.closest('svg') !== null || hidden(element)) continue
      // Whatever lies in a box that scrolls may be longer than it; nothing else may leave its pane.
      if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(element.parentElement))
        faults.push(`${said(element)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)}`)
      if (element instanceof HTMLDialogElement && (box.top < 0 || box.bottom > innerHeight))
        faults.push(`${said(element)} reaches from ${Math.round(box.top)} down to ${Math.round(box.bottom)}`)
      const style = getComputedStyle(element)
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== '')
      const filled = element instanceof HTMLInputElement && element.type === 'text'
      if (!hasText && !filled) continue
      const wider = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
      const taller = element.scrollHeight > element.clientHeight + 3 && /(hidden|clip)/.test(style.overflowY)
      if (wider && !/(auto|scroll)/.test(style.overflowX) && !(style.textOverflow === 'ellipsis' && told(element)))
        faults.push(`${said(element)} is ${element.scrollWidth} wide in a box of ${element.clientWidth}`)
      if (taller && element.clientHeight > 0)
        faults.push(`${said(element)} is ${element.scrollHeight} high in a box of ${element.clientHeight}`)
    }
    for (const pane of scope.querySelectorAll('.scroll, .pane > .body, .projects-there, .projects-start'))
      if (pane.scrollWidth > pane.clientWidth + 1)
        faults.push(`${said(pane)} is ${pane.scrollWidth} wide in a box of ${pane.clientWidth}`)

    // Text on text. What a scrolling box hides is left out, and so is what sticks above rows that pass below it.
    const pieces: { element: Element; left: number; top: number; right: number; bottom: number }[] = []
    const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement!
      if (node.textContent!.trim() === '' || element.closest('option, script, style, thead, .head') !== null) continue
      if (!element.checkVisibility({ visibilityProperty: true }) || hidden(element)) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const { left, top, right, bottom } of range.getClientRects()) {
        let [l, t, r, b] = [left, top, right, bottom]
        let reachable = false
        for (let above: Element | null = element; above !== null; above = above.parentElement) {
          const style = getComputedStyle(above)
          if (style.overflow === 'visible') continue
          const edge = above.getBoundingClientRect()
          // What cannot be scrolled to is lost; an ellipsis at the end of a line is judged above.
          reachable ||= /(auto|scroll)/.test(style.overflowY)
          const lost = top < edge.bottom && bottom > edge.bottom + 4 && edge.height > 2
          if (lost && !reachable) faults.push(`${said(element)} is cut off below`)
          ;[l, t] = [Math.max(l, edge.left), Math.max(t, edge.top)]
          ;[r, b] = [Math.min(r, edge.right), Math.min(b, edge.bottom)]
        }
        // Lines of text are higher than their letters.
        if (r - l > 2 && b - t > 6) pieces.push({ element, left: l, top: t + 3, right: r, bottom: b - 3 })
      }
    }
    for (const [at, one] of pieces.entries())
      for (const other of pieces.slice(at + 1)) {
        if (one.element === other.element) continue
        const width = Math.min(one.right, other.right) - Math.max(one.left, other.left)
        const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
        if (width > 1 && height > 1) faults.push(`${said(one.element)} lies on ${said(other.element)}`)
      }

    for (const control of scope.querySelectorAll('button, input, select, textarea, canvas, [role="img"]')) {
      const labels = control instanceof HTMLInputElement || control instanceof HTMLSelectElement ? control.labels : null
      const name =
        control.getAttribute('aria-label') ??
        ((labels?.length ?? 0) > 0 ? labels![0]!.textContent : null) ??
        (control.tagName === 'BUTTON' ? control.textContent : null) ??
        ''
      const outside = control.closest('[aria-hidden="true"]') !== null || control.closest('.u-wrap, .u-over') !== null
      const inNamedPicture =
        control.tagName === 'CANVAS' && control.closest('[role="img"], figure[aria-label]') !== null
      if (name.trim() === '' && !outside && !inNamedPicture) faults.push(`${said(control)} has no name`)
    }
    return [...new Set(faults)]
  })
}
