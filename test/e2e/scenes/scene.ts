/** A scene is a screen in one state and how a person gets there from the scene before it. Scenes of one walk share a window and an engine. */
import type { Page } from 'playwright-core'
import type { FakeEngine } from '../fake-engine.ts'

export interface Stage {
  readonly page: Page
  readonly engine: FakeEngine
  /** Takes the engine away, as if its process had ended. */
  readonly stopEngine: () => Promise<void>
}

export interface Scene {
  readonly name: string
  readonly open: (at: Stage) => Promise<void>
}

export interface Walk {
  readonly name: string
  readonly scenes: readonly Scene[]
  /** What the engine holds that is not the usual. */
  readonly prepare?: (engine: FakeEngine) => void
  /** Until someone has said how pictures are read. */
  readonly unsettled?: boolean
}

export const scene = (name: string, open: Scene['open']): Scene => ({ name, open })

export async function closeDialog(page: Page): Promise<void> {
  // While a key is being chosen, the first Escape only ends that.
  for (let n = 0; n < 3 && (await page.locator('dialog[open]').count()) > 0; n++) await page.keyboard.press('Escape')
  await page.waitForFunction(() => document.querySelector('dialog[open]') === null)
}
