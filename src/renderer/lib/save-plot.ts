/** A drawing of the page as a file: SVG with the theme's colours written into it, or PNG at twice its size. */
import { download } from './download.ts'

/** The drawing as text that needs nothing of the page. */
export function plotText(drawing: SVGSVGElement): string {
  const theme = getComputedStyle(document.documentElement)
  const copy = drawing.cloneNode(true) as SVGSVGElement
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.removeAttribute('class')
  const text = new XMLSerializer().serializeToString(copy)
  return text.replace(/var\((--[a-z0-9-]+)\)/g, (_, name: string) => theme.getPropertyValue(name).trim())
}

export function saveSvg(drawing: SVGSVGElement, name: string): void {
  download(`${name}.svg`, new Blob([plotText(drawing)], { type: 'image/svg+xml' }))
}

export async function savePng(drawing: SVGSVGElement, name: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([plotText(drawing)], { type: 'image/svg+xml' }))
  try {
    const picture = new Image()
    picture.src = address
    await picture.decode()
    const canvas = document.createElement('canvas')
    canvas.width = 2 * drawing.width.baseVal.value
    canvas.height = 2 * drawing.height.baseVal.value
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const file = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (file !== null) download(`${name}.png`, file)
  } finally {
    URL.revokeObjectURL(address)
  }
}
