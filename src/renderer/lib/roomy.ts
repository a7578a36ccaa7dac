/** Whether the window is large, by the same measure as styles/roomy.css. For what is placed by numbers and not by styles. */
import { useSyncExternalStore } from 'react'

const query = matchMedia('(min-width: 1600px)')

function subscribe(changed: () => void): () => void {
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}

export function useRoomy(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches)
}
