/** The window: the same page in Electron and in a browser. No inline script or style, so that the strict policy holds. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Absolute: Vite reads it from the window's folder, electron-vite from the project's, and both must write to one place.
const outDir = fileURLToPath(new URL('out/renderer', import.meta.url))

export default defineConfig({
  root: 'src/renderer',
  base: '/',
  plugins: [react()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'chrome108',
    minify: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: 'src/renderer/index.html' },
  },
})
