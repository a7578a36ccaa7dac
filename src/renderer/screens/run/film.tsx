/** The film of a mask: one small slice per kept epoch, to look back at how it thinned out while the run goes on or afterwards. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { Film } from '../../../core/contract/result.ts'
import type { OrientedVolume } from '../../../core/volume/orientation.ts'
import { Slider } from '../../components/slider.tsx'
import { engine } from '../../lib/engine.ts'
import { count } from '../../lib/format.ts'
import { useProjectId } from '../../lib/queries.ts'
import { fetchVolume } from '../../lib/volumes.ts'
import { words } from './strings.ts'

type Volume = OrientedVolume<Float32Array>
const text = words.film
/** Pictures shown as a strip; the slider reaches all. */
const mostThumbnails = 6

export function useFilm(run: string, live: boolean) {
  const project = useProjectId()
  return useQuery({
    queryKey: ['film', project, run, live],
    placeholderData: (before) => before,
    refetchInterval: live ? 5000 : false,
    queryFn: () => engine.runs.film({ project, run }),
  })
}

/** A picture of the film as a volume, once it is there. */
export function useFilmVolume(film: Film | null | undefined, at: number | null) {
  const picture = at === null ? undefined : film?.pictures[at]
  return useQuery({
    queryKey: ['film picture', picture?.mask.id],
    enabled: picture !== undefined,
    placeholderData: (before: Volume | undefined) => before,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => fetchVolume(picture!.mask, film!.grid),
  })
}

/** Where the mask lies, seen from above: every voxel column that holds a voxel of it, on the shadow of the brain. */
function Thumbnail({ film, at, brain }: { film: Film; at: number; brain: Volume | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const volume = useFilmVolume(film, at).data
  useEffect(() => {
    const target = canvas.current
    if (target === null || volume === undefined || brain === undefined) return
    const [nx, ny, nz] = volume.grid.shape
    target.width = nx
    target.height = ny
    const context = target.getContext('2d')!
    const image = context.createImageData(nx, ny)
    for (let x = 0; x < nx; x++)
      for (let y = 0; y < ny; y++) {
        let [inside, head] = [0, 0]
        for (let z = 0; z < nz; z++) {
          inside += volume.values[(x * ny + y) * nz + z]!
          head += brain.values[(x * ny + y) * nz + z]!
        }
        const share = Math.min(1, inside / Math.max(1, nz / 4))
        const grey = head > 0 ? 42 : 0
        const colour = inside > 0 ? [76, 195, 245].map((value) => value * (0.45 + 0.55 * share)) : [grey, grey, grey]
        image.data.set([...colour, 255], ((ny - 1 - y) * nx + x) * 4)
      }
    context.putImageData(image, 0, 0)
  }, [volume, brain])
  return <canvas ref={canvas} role="img" aria-label={text.picture(count(film.pictures[at]!.epoch))} />
}

/** Evenly spread, with the first and the newest. */
export function thumbnailsOf(pictures: number, most = mostThumbnails): readonly number[] {
  const shown = Math.min(pictures, most)
  const places = Array.from({ length: shown }, (_, n) => Math.round((n * (pictures - 1)) / Math.max(1, shown - 1)))
  return [...new Set(places)]
}

export function FilmStrip({
  film,
  at,
  onAt,
}: {
  film: Film
  /** Number of the picture that is looked back at; null for the newest. */
  at: number | null
  onAt: (at: number | null) => void
}) {
  const { pictures } = film
  const brain = useQuery({
    queryKey: ['film brain', film.brain.id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => fetchVolume(film.brain, film.grid),
  }).data
  const last = pictures.length - 1
  const shown = at ?? last
  const thumbnails = useMemo(() => thumbnailsOf(pictures.length), [pictures.length])
  return (
    <section className="film" aria-label={text.title}>
      <ol>
        {thumbnails.map((number) => {
          const { epoch, voxels } = pictures[number]!
          return (
            <li key={number}>
              <button
                type="button"
                aria-pressed={number === shown}
                aria-label={text.show(count(epoch), count(voxels))}
                onClick={() => onAt(number === last ? null : number)}
              >
                <Thumbnail film={film} at={number} brain={brain} />
                <small>
                  {count(epoch)} · <b>{count(voxels)}</b>
                </small>
              </button>
            </li>
          )
        })}
      </ol>
      <div className="film-line">
        <small>{text.place(count(pictures[shown]?.epoch ?? 0), count(pictures[shown]?.voxels ?? 0))}</small>
        <Slider
          label={text.scrub}
          value={shown}
          high={Math.max(1, last)}
          step={1}
          onChange={(next) => onAt(next >= last ? null : next)}
        />
      </div>
    </section>
  )
}
