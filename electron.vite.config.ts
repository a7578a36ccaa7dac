/** Electron's main and preload as CommonJS (a sandboxed preload cannot be ESM), and the window through its own config. */
import { defineConfig } from 'electron-vite'
import renderer from './vite.renderer.config.ts'

const commonJs = (input: string, outDir: string) => ({
  build: {
    target: 'node16',
    outDir,
    emptyOutDir: true,
    lib: { entry: input, formats: ['cjs' as const] },
    rollupOptions: { external: ['electron'], output: { format: 'cjs' as const, entryFileNames: 'index.cjs' } },
  },
})

export default defineConfig({
  main: commonJs('src/main/index.ts', 'out/main'),
  preload: commonJs('src/preload/index.ts', 'out/preload'),
  renderer,
})
