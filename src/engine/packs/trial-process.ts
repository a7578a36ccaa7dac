/** A process of its own that loads and runs every graph of a pack once: what a graph does to it cannot reach the engine. */
import { type Problem, ProblemError } from '../../core/problem.ts'
import { openGraph } from './graph.ts'
import type { PackFolder } from './pack-folder.ts'
import { runEachGraphOnce } from './run-network.ts'

export type TrialAnswer = { readonly problem: Problem | null }

function answer(message: TrialAnswer): void {
  process.send?.(message, () => process.exit(0))
}

process.on('message', (pack: PackFolder) => {
  runEachGraphOnce(pack.manifest, (file) => openGraph(pack, file)).then(
    () => answer({ problem: null }),
    (error: unknown) => {
      if (error instanceof ProblemError) return answer({ problem: error.problem })
      const message = `The graphs of ${pack.manifest.name} cannot be tried: ${error instanceof Error ? error.message : String(error)}.`
      answer({ problem: { code: 'BAD_FILE', message, where: pack.manifest.name } })
    },
  )
})
process.on('disconnect', () => process.exit(3))
process.on('SIGINT', () => {})
