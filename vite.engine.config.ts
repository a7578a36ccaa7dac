/** Engine entries for plain Node 24: one folder, so that each finds its siblings beside it. Packages stay outside. */
import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'out/engine',
    emptyOutDir: true,
    minify: false,
    rollupOptions: {
      input: {
        server: 'src/server/index.ts',
        cli: 'src/cli/index.ts',
        'job-process': 'src/engine/runs/job-process.ts',
        'slurm-task': 'src/engine/slurm/task-process.ts',
        'pack-trial': 'src/engine/packs/trial-process.ts',
        'backend-probe': 'src/engine/tensor/probe-process.ts',
        'tensor-worker': 'src/engine/tensor/worker.ts',
        'hdf5-worker': 'src/engine/import/hdf5/worker.ts',
      },
      output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs', format: 'es' },
    },
  },
})
