/** The atlas that a person chose for a subject, and the labels to name the place at the crosshair by: its own, else the annotated ROI's. */
import { useQuery } from '@tanstack/react-query'
import type { Place } from '../../core/contract/common.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { useEditable } from '../lib/edits.ts'
import { engine } from '../lib/engine.ts'
import { useProjectId } from '../lib/queries.ts'
import { fetchIntegers } from '../lib/volumes.ts'
import { words } from './strings.ts'

export interface ChosenAtlas {
  readonly place: Place
  /** For counting only, where its grid is another one; the crosshair needs no common grid. */
  readonly resample: boolean
}

export function useAtlas(subject: string): readonly [ChosenAtlas | null, (atlas: ChosenAtlas | null) => void] {
  const [atlas, set] = useEditable<ChosenAtlas | null>(`atlas ${subject}`, null)
  return [atlas, (next) => set(words.edits.atlas, () => next)]
}

export interface LoadedRegions {
  readonly file: string
  readonly grid: Grid
  readonly labels: Int32Array
  readonly names: ReadonlyMap<number, string>
}

/** Null while there is nothing to look places up in. */
export function useRegions(subject: string): LoadedRegions | null {
  const project = useProjectId()
  const place = useAtlas(subject)[0]?.place ?? null
  const { data } = useQuery({
    queryKey: ['regions', project, subject, place],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<LoadedRegions | null> => {
      const found = await engine.results.regions({ project, subject, ...(place === null ? {} : { atlas: place }) })
      if (found === null) return null
      const [x, y, z] = found.grid.shape
      return {
        file: found.file,
        grid: { shape: [x, y, z], affine: found.grid.affine },
        labels: await fetchIntegers(found.labels),
        names: new Map(Object.entries(found.names).map(([label, name]) => [Number(label), name])),
      }
    },
  })
  return data ?? null
}
