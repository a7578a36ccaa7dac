/** What this window shows: project, screen, orientation, theme. Everything about data lives in the engine. */
import { create } from 'zustand'

export type Step = 'data' | 'backbone' | 'mask' | 'decoder' | 'review' | 'export'
export type Screen =
  | { readonly name: 'projects' }
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
  change(settings: Partial<Settings>): void
}

const key = 'troi-window'

function stored(): Settings {
  const usual: Settings = { theme: 'dark', leftRight: null, nose: 'left' }
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    if (typeof value !== 'object' || value === null) return usual
    const { theme, leftRight, nose } = value as Record<string, unknown>
    return {
      theme: theme === 'light' ? 'light' : 'dark',
      leftRight: leftRight === 'neurological' || leftRight === 'radiological' ? leftRight : null,
      nose: nose === 'right' ? 'right' : 'left',
    }
  } catch {
    return usual
  }
}

export const useWindow = create<WindowState>((set, get) => ({
  project: null,
  screen: { name: 'projects' },
  tab: 'mask',
  mask: null,
  settings: stored(),
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
  change(change) {
    const settings = { ...get().settings, ...change }
    localStorage.setItem(key, JSON.stringify(settings))
    set({ settings })
  },
}))
