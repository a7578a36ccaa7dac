/**
 * A picture of views as they are on the screen, made for use outside: the letters, the plane and its millimetres, whose brain and which
 * mask it is, and how left and right are read are burnt in, so that no picture can be read the wrong way round later.
 */
import { drawNow } from './glass-brain.tsx'

export interface PictureText {
  /** First line in bold, the others plain. */
  readonly lines: readonly string[]
}

const lineHeight = 18
const inset = 12

/** Draws the words of a view where they stand on the screen. */
function paintWords(context: CanvasRenderingContext2D, cell: HTMLElement, left: number, top: number) {
  const from = cell.getBoundingClientRect()
  for (const element of cell.querySelectorAll<HTMLElement>('.label, .letter')) {
    const box = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    context.fillStyle = style.color
    context.textBaseline = 'middle'
    const [x, y] = [left + box.left - from.left, top + box.top - from.top + box.height / 2]
    for (const [line, text] of (element.innerText || '').split('\n').entries()) context.fillText(text, x, y + 16 * line)
  }
}

async function paintCube(context: CanvasRenderingContext2D, cell: HTMLElement, left: number, top: number) {
  const cube = cell.querySelector('svg.cube')
  if (cube === null) return
  const [box, from] = [cube.getBoundingClientRect(), cell.getBoundingClientRect()]
  const source = new XMLSerializer().serializeToString(cube)
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`
  await image.decode()
  context.drawImage(image, left + box.left - from.left, top + box.top - from.top, box.width, box.height)
}

/** PNG of these views, which lie in a common container, with the text above. Views without a canvas are black with their words. */
export async function pictureOf(cells: readonly HTMLElement[], { lines }: PictureText): Promise<Blob> {
  const boxes = cells.map((cell) => cell.getBoundingClientRect())
  const left = Math.min(...boxes.map((box) => box.left))
  const top = Math.min(...boxes.map((box) => box.top))
  const width = Math.max(...boxes.map((box) => box.right)) - left
  const height = Math.max(...boxes.map((box) => box.bottom)) - top
  const head = 2 * inset + lines.length * lineHeight
  const ratio = Math.max(2, window.devicePixelRatio || 1)
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round((height + head) * ratio)
  const context = canvas.getContext('2d')!
  context.scale(ratio, ratio)
  context.fillStyle = '#000'
  context.fillRect(0, 0, width, height + head)
  const font = getComputedStyle(document.body).fontFamily
  for (const [at, line] of lines.entries()) {
    context.font = `${at === 0 ? 600 : 400} 13px ${font}`
    context.fillStyle = at === 0 ? '#eceff2' : '#b4bcc5'
    context.textBaseline = 'middle'
    context.fillText(line, inset, inset + (at + 0.5) * lineHeight, width - 2 * inset)
  }
  for (const [at, cell] of cells.entries()) {
    const [x, y] = [boxes[at]!.left - left, boxes[at]!.top - top + head]
    cell.firstElementChild?.dispatchEvent(new Event(drawNow))
    const drawn = cell.querySelector('canvas')
    if (drawn !== null) context.drawImage(drawn, x, y, boxes[at]!.width, boxes[at]!.height)
    paintWords(context, cell, x, y)
    await paintCube(context, cell, x, y)
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The picture could not be made.')) : resolve(blob)))
  })
}
