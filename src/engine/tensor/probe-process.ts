/** A process that tries the engines once, says what it found, and ends. */
import { type ProbeQuestion, probeHere } from './probe.ts'

process.on('message', (question: ProbeQuestion) => {
  void probeHere(question).then((probe) => process.send?.(probe, () => process.exit(0)))
})
process.on('disconnect', () => process.exit(3))
