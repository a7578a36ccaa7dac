import { describe, expect, it, vi } from 'vitest'

const exposed: Record<string, unknown> = {}
const invoked: unknown[][] = []
let menuListener: (event: unknown, page: unknown) => void = () => {}
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, surface: unknown) => Object.assign(exposed, { [name]: surface }) },
  ipcRenderer: {
    invoke: async (...args: unknown[]) => invoked.push(args),
    on: (_channel: string, listener: typeof menuListener) => {
      menuListener = listener
    },
  },
  webUtils: { getPathForFile: () => '/dropped' },
}))

await import('./index.ts')

describe('the native surface of the page', () => {
  it('is exactly five functions', () => {
    expect(Object.keys(exposed)).toEqual(['troiNative'])
    const surface = exposed.troiNative as Record<string, unknown>
    expect(Object.entries(surface).map(([name, value]) => [name, typeof value, (value as () => void).length])).toEqual([
      ['pathOf', 'function', 1],
      ['choose', 'function', 1],
      ['keepAwake', 'function', 1],
      ['notify', 'function', 1],
      ['onMenu', 'function', 1],
    ])
  })

  it('passes plain values and no event objects', async () => {
    const surface = exposed.troiNative as {
      choose(kind: string): Promise<unknown>
      onMenu(act: (page: string) => void): void
    }
    await surface.choose('folder')
    expect(invoked).toEqual([['troi:choose', 'folder']])
    const seen: unknown[][] = []
    surface.onMenu((...args) => seen.push(args))
    menuListener({ sender: 'secret' }, 'projects')
    menuListener({ sender: 'secret' }, { not: 'a string' })
    expect(seen).toEqual([['projects']])
  })
})
