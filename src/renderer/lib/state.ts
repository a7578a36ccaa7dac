/** What this window shows: project, screen, orientation, theme. Everything about data lives in the engine. */
import { z } from 'zod'
import { create } from 'zustand'
import { copied, preference, savePreference } from './preferences.ts'

export type Step = 'data' | 'backbone' | 'mask' | 'decoder' | 'review' | 'export'
export type Screen =
  | { readonly name: 'projects' }
  | { readonly name: 'compare' }
  | { readonly name: Step }
  | { readonly name: 'run'; readonly run: string }
export type ReviewTab = 'mask' | 'results' | 'pictures'

export interface Settings {
  readonly theme: 'dark' | 'light'
  /** null until the user has said which one; it is never guessed. */
  readonly leftRight: 'neurological' | 'radiological' | null
  readonly nose: 'left' | 'right'
}

interface WindowState {
  readonly project: string | null
  readonly screen: Screen
  readonly tab: ReviewTab
  readonly mask: string | null
  readonly settings: Settings
  show(screen: Screen): void
  openProject(project: string | null, screen?: Screen): void
  showTab(tab: ReviewTab): void
  chooseMask(mask: string | null): void
  /** Opens a mask under review, on one of its tabs. */
  reviewMask(mask: string, tab: ReviewTab): void
  change(settings: Partial<Settings>): void
}

const settingsSchema = z.object({
  theme: z.enum(['dark', 'light']).catch('dark'),
  leftRight: z.enum(['neurological', 'radiological']).nullable().catch(null),
  nose: z.enum(['left', 'right']).catch('left'),
})

/** Damaged or missing choices are the usual ones; left and right then count as not chosen. */
export function readSettings(text: string | undefined): Settings {
  try {
    return settingsSchema.parse(JSON.parse(text ?? '{}'))
  } catch {
    return settingsSchema.parse({})
  }
}

export const useWindow = create<WindowState>((set, get) => ({
  project: null,
  screen: { name: 'projects' },
  tab: 'mask',
  mask: null,
  settings: readSettings(copied()),
  show: (screen) => set({ screen }),
  openProject: (project, screen) =>
    set({
      project,
      mask: null,
      tab: 'mask',
      screen: screen ?? (project === null ? { name: 'projects' } : { name: 'data' }),
    }),
  showTab: (tab) => set({ tab }),
  chooseMask: (mask) => set({ mask }),
  reviewMask: (mask, tab) => set({ mask, tab, screen: { name: 'review' } }),
  change(change) {
    const settings = { ...get().settings, ...change }
    savePreference('window', JSON.stringify(settings))
    set({ settings })
  },
}))

/** Once the user's preferences are known. */
export function loadSettings(): void {
  const found = preference('window')
  if (found !== undefined) useWindow.setState({ settings: readSettings(found) })
}
