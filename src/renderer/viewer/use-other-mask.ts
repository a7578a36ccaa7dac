/** Another mask of the same subject, drawn beside the one under review. Which one is kept per mask and can be taken back. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useEditable } from '../lib/edits.ts'
import { engine } from '../lib/engine.ts'
import { useProjectId } from '../lib/queries.ts'
import { fetchVolume } from '../lib/volumes.ts'
import type { LoadedVolumes } from './load-volumes.ts'
import { words } from './strings.ts'

export function useOtherMask(mask: string): readonly [string | null, (other: string | null) => void] {
  const [other, set] = useEditable<string | null>(`other ${mask}`, null)
  return [other, (next) => set(words.edits.other, () => next)]
}

/** The volumes with the other mask among the layers, where one is chosen and lies on the same grid. */
export function useWithOther(loaded: LoadedVolumes, mask: string): LoadedVolumes {
  const project = useProjectId()
  const [other] = useOtherMask(mask)
  const { data } = useQuery({
    queryKey: ['otherMask', project, other],
    enabled: other !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const volumes = await engine.results.volumes({ project, mask: other! })
      return fetchVolume(volumes.mask, volumes.grid)
    },
  })
  return useMemo(() => {
    const fits = data?.values.length === loaded.brain.values.length
    return other === null || data === undefined || !fits
      ? loaded
      : { ...loaded, layers: new Map([...loaded.layers, ['other' as const, data]]) }
  }, [loaded, other, data])
}
