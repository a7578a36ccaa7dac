import { beforeEach, describe, expect, it, vi } from 'vitest'

const exposed: Record<string, unknown> = {}
const invoked: unknown[][] = []
const listeners = new Map<string, (event: unknown, text: unknown) => void>()
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, surface: unknown) => Object.assign(exposed, { [name]: surface }) },
  ipcRenderer: {
    invoke: async (...args: unknown[]) => {
      invoked.push(args)
      return args[1]
    },
    on: (channel: string, listener: (event: unknown, text: unknown) => void) => listeners.set(channel, listener),
  },
  webUtils: { getPathForFile: (file: { system?: string }) => file.system ?? '' },
}))

class SystemFile extends File {
  readonly system?: string
  constructor(system?: string) {
    super([], 'name')
    if (system !== undefined) this.system = system
  }
}

await import('./index.ts')
interface Surface {
  pathOf(file: unknown): Promise<string | null>
  choose(kind: string): Promise<unknown>
  savePdf(report: string, name: string): Promise<unknown>
  onMenu(act: (page: string) => void): void
  onOpen(act: (folder: string) => void): void
}
const surface = exposed.troiNative as Surface

beforeEach(() => {
  invoked.length = 0
})

describe('the native surface of the page', () => {
  it('is exactly seven functions', () => {
    expect(Object.keys(exposed)).toEqual(['troiNative'])
    expect(Object.entries(surface).map(([name, value]) => [name, typeof value, (value as () => void).length])).toEqual([
      ['pathOf', 'function', 1],
      ['choose', 'function', 1],
      ['savePdf', 'function', 2],
      ['wanted', 'function', 0],
      ['shows', 'function', 1],
      ['onOpen', 'function', 1],
      ['onMenu', 'function', 1],
    ])
  })

  it('passes plain values and no event objects', async () => {
    await surface.choose('folder')
    await surface.savePdf('hash', 'name')
    expect(invoked).toEqual([
      ['troi:choose', 'folder'],
      ['troi:save-pdf', { report: 'hash', name: 'name' }],
    ])
    for (const [channel, hear] of [
      ['troi:menu', surface.onMenu],
      ['troi:open', surface.onOpen],
    ] as const) {
      const seen: unknown[][] = []
      hear((...args) => seen.push(args))
      listeners.get(channel)!({ sender: 'secret' }, 'text')
      listeners.get(channel)!({ sender: 'secret' }, { not: 'a string' })
      expect(seen).toEqual([['text']])
    }
  })

  it('tells the shell the path that the system gave to a file, and nothing for one that the page made', async () => {
    expect(await surface.pathOf(new SystemFile('/dropped/recipe.json'))).toBe('/dropped/recipe.json')
    for (const made of [new SystemFile(), { path: '/etc/passwd' }, { system: '/etc/passwd' }, null])
      expect(await surface.pathOf(made)).toBeNull()
    expect(invoked).toEqual([['troi:dropped', '/dropped/recipe.json']])
  })
})
