/** Every action that can have keys: its name, group, where its keys count, and the keys it has until a user chooses others. */
import type { Bindable } from './keys.ts'
import type { words } from './strings.ts'

export type ActionId = keyof typeof words.titles
export type ActionGroup = keyof typeof words.groups

export interface ActionEntry extends Bindable {
  readonly id: ActionId
  readonly group: ActionGroup
  readonly where: 'everywhere' | 'mask' | 'pictures'
}

const entry = (group: ActionGroup, where: ActionEntry['where'], id: ActionId, ...keys: string[]): ActionEntry => ({
  ...{ group, where, id, keys },
})

/** Grades come before steps: while pictures are rated, 1 to 5 are grades. */
export const catalogue: readonly ActionEntry[] = [
  entry('everywhere', 'everywhere', 'palette.open', 'Ctrl+K'),
  entry('everywhere', 'everywhere', 'keys.open', '?'),
  entry('everywhere', 'everywhere', 'edit.undo', 'Ctrl+Z'),
  entry('everywhere', 'everywhere', 'edit.redo', 'Ctrl+Shift+Z', 'Ctrl+Y'),
  entry('everywhere', 'everywhere', 'theme.switch'),
  entry('everywhere', 'everywhere', 'diagnostics.save'),
  entry('everywhere', 'everywhere', 'packs.open'),
  entry('pictures', 'pictures', 'rate.1', '1'),
  entry('pictures', 'pictures', 'rate.2', '2'),
  entry('pictures', 'pictures', 'rate.3', '3'),
  entry('pictures', 'pictures', 'rate.4', '4'),
  entry('pictures', 'pictures', 'rate.5', '5'),
  entry('pictures', 'pictures', 'pictures.blind', 'B'),
  entry('pictures', 'pictures', 'pictures.zoom', 'Z'),
  entry('go', 'everywhere', 'go.data', '1'),
  entry('go', 'everywhere', 'go.backbone', '2'),
  entry('go', 'everywhere', 'go.mask', '3'),
  entry('go', 'everywhere', 'go.decoder', '4'),
  entry('go', 'everywhere', 'go.review', '5'),
  entry('go', 'everywhere', 'go.export', '6'),
  entry('go', 'everywhere', 'go.results'),
  entry('go', 'everywhere', 'go.pictures'),
  entry('go', 'everywhere', 'go.compare'),
  entry('go', 'everywhere', 'go.projects'),
  entry('everywhere', 'everywhere', 'item.next', 'J'),
  entry('everywhere', 'everywhere', 'item.previous', 'K'),
  entry('mask', 'mask', 'mask.peek', 'M'),
  entry('mask', 'mask', 'mask.manner', 'O'),
  entry('mask', 'mask', 'mask.lessOpacity', '['),
  entry('mask', 'mask', 'mask.moreOpacity', ']'),
  entry('mask', 'mask', 'mask.centre', 'C'),
  entry('mask', 'mask', 'mask.swipe', 'S'),
  entry('mask', 'mask', 'view.reset', 'Space'),
  entry('mask', 'mask', 'window.drag', 'W'),
  entry('mask', 'mask', 'window.reset', 'Shift+Space'),
  entry('mask', 'mask', 'window.preset1', 'Alt+1'),
  entry('mask', 'mask', 'window.preset2', 'Alt+2'),
  entry('mask', 'mask', 'window.preset3', 'Alt+3'),
  entry('mask', 'mask', 'picture.all', 'P'),
  entry('mask', 'mask', 'picture.sagittal'),
  entry('mask', 'mask', 'picture.coronal'),
  entry('mask', 'mask', 'picture.axial'),
  entry('mask', 'mask', 'picture.3d'),
  entry('verdict', 'mask', 'verdict.accepted', 'A'),
  entry('verdict', 'mask', 'verdict.rejected', 'R'),
  entry('verdict', 'mask', 'verdict.unsure', 'U'),
]

export function entryOf(id: ActionId): ActionEntry {
  return catalogue.find((one) => one.id === id)!
}
