/** The decoders of a subject whose pictures can be compared: the same held-out pictures in the same order. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { decoderSchema, Gallery } from '../../../core/contract/result.ts'
import { engine } from '../../lib/engine.ts'
import { useDecoders, useProjectId } from '../../lib/queries.ts'
import { useSubject, useSubjectMasks } from '../../lib/subject.ts'
import { fetchNumbers } from '../../lib/volumes.ts'
import type { PictureSet } from './picture.tsx'

type Decoder = z.infer<typeof decoderSchema>

export interface Decoded {
  readonly decoder: Decoder
  /** Decoder and mask in words. */
  readonly name: string
  readonly items: Gallery['items']
  readonly pictures: PictureSet
}

export interface Galleries {
  readonly truth: PictureSet
  /** The newest first; all show the same pictures as it. */
  readonly decoded: readonly Decoded[]
}

async function load(project: string, decoders: readonly Decoder[], nameOf: (decoder: Decoder) => string) {
  const found: { decoder: Decoder; gallery: Gallery }[] = []
  for (const decoder of [...decoders].reverse()) {
    const gallery = await engine.results.gallery({ project, decoder: decoder.id })
    if (gallery !== null) found.push({ decoder, gallery })
  }
  const first = found[0]
  if (first === undefined) return null
  const { width, height, truth } = first.gallery
  const same = found.filter(({ gallery }) => gallery.truth.id === truth.id)
  const decoded = await Promise.all(
    same.map(
      async ({ decoder, gallery }): Promise<Decoded> => ({
        ...{ decoder, name: nameOf(decoder), items: gallery.items },
        pictures: { pixels: await fetchNumbers(gallery.reconstruction), width, height },
      }),
    ),
  )
  return { truth: { pixels: await fetchNumbers(truth), width, height }, decoded }
}

/** `data` is null for subjects without pictures of their own. */
export function useGalleries() {
  const project = useProjectId()
  const { subject } = useSubject()
  const masks = useSubjectMasks()
  const decoders = (useDecoders().data ?? []).filter((one) => subject === undefined || one.subject === subject.id)
  const nameOf = (decoder: Decoder) => {
    const mask = masks.find((one) => one.id === decoder.mask)
    return mask === undefined ? decoder.name : `${decoder.name}, ${mask.name}`
  }
  const query = useQuery({
    queryKey: ['galleries', project, decoders.map((one) => one.id).join()],
    enabled: decoders.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: (): Promise<Galleries | null> => load(project, decoders, nameOf),
  })
  return { any: decoders.length > 0, query }
}
