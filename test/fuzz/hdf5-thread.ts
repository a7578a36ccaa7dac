/** Feeds damaged HDF5 files to the library in a thread that may die: one message per file, one answer per message. */
import { parentPort } from 'node:worker_threads'
import { answerHdf5, causeOf, isTrap, openHdf5 } from '../../src/engine/import/hdf5/answers.ts'
import { loadHdf5 } from '../../src/engine/import/hdf5/h5wasm.ts'
import { numberTypeOf } from '../../src/engine/import/hdf5/hdf5-source.ts'

/** Numbers read from each dataset at most; sizes in a damaged header may be anything. */
const mostNumbers = 4096

const library = await loadHdf5()
parentPort?.on('message', (path: string) => {
  try {
    const file = openHdf5(library, path)
    try {
      const listed = answerHdf5(library, file, { kind: 'list' })
      if (listed.kind === 'list')
        for (const dataset of listed.datasets) {
          if (!numberTypeOf(dataset, path).ok || dataset.shape.some((size) => size < 1)) continue
          let left = mostNumbers
          const count = [...dataset.shape].reverse().map((size) => {
            const taken = Math.max(1, Math.min(size, left))
            left = Math.floor(left / taken)
            return taken
          })
          const request = {
            kind: 'read',
            dataset: dataset.path,
            offset: count.map(() => 0),
            count: count.reverse(),
          } as const
          answerHdf5(library, file, request)
        }
      parentPort?.postMessage({ refused: null })
    } finally {
      file.close()
    }
  } catch (error) {
    // An abort or a trap of WebAssembly leaves the library in no state to go on; this thread must not be used again.
    parentPort?.postMessage({ refused: causeOf(error), broken: isTrap(error) })
  }
})
parentPort?.postMessage('ready')
