/**
 * Window and level: between which values grey runs. A window is its values at black and at white. Dragging up makes the picture
 * brighter, dragging right makes the window wider and so the contrast less.
 */
export type GreyWindow = readonly [black: number, white: number]

/** Pixels of dragging that double the width, and that move the level by one width. */
const doubling = 160
const oneWidth = 260

/** The window after dragging by so many pixels right and down from where it was `start`. Its width stays above zero. */
export function draggedWindow([black, white]: GreyWindow, right: number, down: number): GreyWindow {
  const before = Math.max(1e-9, white - black)
  const width = before * 2 ** (Math.max(-1600, Math.min(1600, right)) / doubling)
  // Up is brighter: grey is reached at lower values. Steps follow the width at the start, so that a drag can be taken back by hand.
  const level = (black + white) / 2 + (before * down) / oneWidth
  return [level - width / 2, level + width / 2]
}

/** Windows a click away, from the usual one: as it is, half as wide, twice as wide, all round the same level. */
export function presetWindow(preset: 'usual' | 'narrow' | 'wide', [black, white]: GreyWindow): GreyWindow {
  const level = (black + white) / 2
  const width = (white - black) * { usual: 1, narrow: 0.5, wide: 2 }[preset]
  return [level - width / 2, level + width / 2]
}
