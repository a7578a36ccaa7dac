/**
 * An installation as a stream: how far it is, and at the end the pack. Only the newest progress is kept for a reader that is slow. A
 * reader that leaves cancels it, and the stream ends only when everything is taken away again.
 */
import type { PackInstall } from '../../core/contract/pack.ts'
import type { InstallProgress } from './install-pack.ts'
import type { Packs } from './packs.ts'

/** Installs the pack in an absolute folder. Throws ProblemError as `Packs.install` does. */
export async function* installStream(
  packs: Pick<Packs, 'install'>,
  source: string,
  signal?: AbortSignal,
): AsyncGenerator<PackInstall> {
  const left = new AbortController()
  const leave = () => left.abort()
  signal?.addEventListener('abort', leave)
  if (signal?.aborted) leave()
  let newest: InstallProgress | null = null
  let last: InstallProgress | null = null
  let isOver = false
  let wake = () => {}
  const work = packs.install(source, {
    signal: left.signal,
    progress(progress) {
      newest = progress
      last = progress
      wake()
    },
  })
  const over = () => {
    isOver = true
    wake()
  }
  work.then(over, over)
  const next = (): InstallProgress | null => {
    const found = newest
    newest = null
    return found
  }
  try {
    while (!isOver) {
      const progress = next()
      if (progress !== null) yield { ...progress, pack: null }
      else await new Promise<void>((resolve) => (wake = resolve))
    }
    const pack = await work
    const { totalBytes } = last ?? { totalBytes: pack.bytes }
    yield { name: pack.name, phase: 'done', bytes: totalBytes, totalBytes, pack }
  } finally {
    leave()
    await work.catch(() => {})
    signal?.removeEventListener('abort', leave)
  }
}
