/**
 * The thread that reads one HDF5 file. The library is C in WebAssembly: a damaged file may make it throw, abort or run
 * without end, and then only this thread goes. It answers one request after the other.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { answerHdf5, causeOf, isTrap, openHdf5 } from './answers.ts'
import { loadHdf5 } from './h5wasm.ts'
import type { Hdf5Envelope, Hdf5Reply, Hdf5WorkerStart } from './protocol.ts'

const port = parentPort
if (port === null) throw new Error('this program runs as a thread of the engine')
const { path } = workerData as Hdf5WorkerStart
const send = (reply: Hdf5Reply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer)
try {
  const library = await loadHdf5()
  const file = openHdf5(library, path)
  port.on('message', ({ id, request }: Hdf5Envelope) => {
    try {
      const given = answerHdf5(library, file, request)
      send({ id, answer: given }, given.kind === 'read' ? [given.bytes.buffer] : [])
    } catch (error) {
      send({ id, failed: causeOf(error) })
      // The thread ends; the engine then refuses further questions about this file.
      if (isTrap(error)) port.close()
    }
  })
  send({ opened: null })
} catch (error) {
  send({ opened: causeOf(error) })
}
