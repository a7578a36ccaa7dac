/** Three linked slices and the 3D view of one mask, its layers, and a filter to try. What it shows can be set and taken back. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import type { Mask, MaskVolumes } from '../../core/contract/result.ts'
import { useActs } from '../actions/actions.ts'
import { ErrorNote } from '../components/basics.tsx'
import { useMasks } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { FilterBar } from './filter-bar.tsx'
import type { FilterUsed } from './filter-preview.ts'
import { brainFrame, usualWindow } from './frame.ts'
import { GlassBrain } from './glass-brain.tsx'
import { LayerList } from './layer-list.tsx'
import { centreOf, type LoadedVolumes, loadVolumes } from './load-volumes.ts'
import { Readout } from './readout.tsx'
import { wholeBrain } from './slice-place.ts'
import { type Cross, SliceView, type Swipe } from './slice-view.tsx'
import { words } from './strings.ts'
import { useDrawnLayers, usePreviews } from './use-drawn-layers.ts'
import { useOtherMask, useWithOther } from './use-other-mask.ts'
import { usePictureActs } from './use-picture-acts.ts'
import { useRegions } from './use-regions.ts'
import { useSliceScale } from './use-slice-scale.ts'
import { ViewBar } from './view-bar.tsx'
import { useViewerState, withLayer } from './viewer-state.ts'
import { presetWindow } from './window-level.ts'

export interface SideParts {
  readonly layers: ReactNode
  readonly loaded: LoadedVolumes
  readonly goTo: (at: Cross) => void
}

export interface MaskViewerProps {
  readonly mask: Mask
  /** Name of the subject, for pictures. */
  readonly subject: string
  readonly volumes: MaskVolumes
  /** The filter of the run that found the mask; null where it is not known. */
  readonly used: FilterUsed | null
  readonly side: (parts: SideParts) => ReactNode
}

function highestOf(values: Float32Array | undefined): number {
  return (values ?? new Float32Array()).reduce((most, value) => Math.max(most, value), 1e-9)
}

export function MaskViewer(props: MaskViewerProps) {
  const { volumes } = props
  const loaded = useQuery({
    queryKey: ['volumes', volumes.mask.id, volumes.weights.id],
    queryFn: () => loadVolumes(volumes),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (loaded.error !== null) return <ErrorNote error={loaded.error} />
  if (loaded.data === undefined) return <div className="slices" aria-busy="true" />
  return <Views loaded={loaded.data} {...props} />
}

function Views({
  loaded: loadedAlone,
  mask,
  subject,
  volumes,
  used,
  side,
}: MaskViewerProps & { loaded: LoadedVolumes }) {
  const { settings } = useWindow()
  const loaded = useWithOther(loadedAlone, mask.id)
  const [otherId] = useOtherMask(mask.id)
  const other = (useMasks().data ?? []).find(({ id }) => id === otherId)?.name ?? ''
  const regions = useRegions(mask.subject)
  const [state, change] = useViewerState(mask.id)
  const [peek, setPeek] = useState(false)
  const [windowDrag, setWindowDrag] = useState(false)
  const [sight, setSight] = useState(wholeBrain)
  const [swipeAt, setSwipeAt] = useState(0.5)
  const own = loaded.layers.get('mask')!
  const [cross, setCross] = useState<Cross>(() => centreOf(own))
  const convention = useMemo(
    () => ({ leftRight: settings.leftRight ?? ('neurological' as const), nose: settings.nose }),
    [settings],
  )
  const highest = useMemo(() => highestOf(loaded.layers.get('weights')?.values), [loaded])
  const threshold = state.map.threshold ?? mask.threshold
  const [low, high] = [state.map.low ?? 0, state.map.high ?? highest]
  const range = useMemo(() => [low, high] as const, [low, high])
  const previews = usePreviews(loaded, state, mask.budget, used)
  const drawn = useDrawnLayers(loaded, state, previews, threshold, range, peek)
  const usual = useMemo(() => usualWindow(loaded.background, loaded.brain), [loaded])
  const grey = state.window ?? usual
  const frame = useMemo(() => brainFrame(loaded.brain), [loaded])
  const { affine } = loaded.background.grid
  const slices = useRef<HTMLDivElement>(null)
  const scale = useSliceScale(slices, frame, affine)

  const setWindow = useCallback(
    (window: readonly [number, number] | null) => change(words.edits.window, () => ({ window })),
    [change],
  )
  const opacity = (by: number) =>
    change(words.edits.opacity(words.layers.title), (now) =>
      withLayer(now, 'mask', { opacity: Math.round(10 * Math.max(0, Math.min(1, now.layers.mask.opacity + by))) / 10 }),
    )
  const toggleSwipe = () =>
    change(words.edits.swipe, (now) => ({ swipe: !now.swipe, sigma: now.sigma ?? used?.sigma ?? 0.7 }))
  const centre = () => setCross(centreOf(own))
  const picture = usePictureActs(slices, { mask, subject, state, drawn, background: volumes.background.name, other })
  useActs({
    ...picture,
    'mask.peek': { run: () => setPeek(true), release: () => setPeek(false) },
    'mask.manner': { run: () => change(words.edits.manner, (now) => ({ fill: !now.fill })) },
    'mask.lessOpacity': { run: () => opacity(-0.1) },
    'mask.moreOpacity': { run: () => opacity(0.1) },
    'mask.centre': { run: centre },
    'mask.swipe': { run: toggleSwipe, reason: loaded.preview === null ? words.filter.none : null },
    'view.reset': { run: () => setSight(wholeBrain) },
    'window.drag': { run: () => setWindowDrag((now) => !now) },
    'window.reset': { run: () => setWindow(null) },
    'window.preset1': { run: () => setWindow(null) },
    'window.preset2': { run: () => setWindow(presetWindow('narrow', usual)) },
    'window.preset3': { run: () => setWindow(presetWindow('wide', usual)) },
  })
  const swipe: Swipe | null =
    previews.unfiltered === null
      ? null
      : { at: swipeAt, left: words.filter.unfiltered, right: words.filter.filtered, onMove: setSwipeAt }
  const views = {
    ...{ convention, background: loaded.background, window: grey, layers: drawn, fill: state.fill },
    ...{ cross, frame, scale, sight, settled: settings.leftRight !== null, swipe, windowDrag },
    ...{ onCross: setCross, onSight: setSight, onWindow: setWindow },
  }
  return (
    <div className="columns viewer-columns">
      <div className="pane">
        <ViewBar
          fill={state.fill}
          windowDrag={windowDrag}
          windowChanged={state.window !== null}
          zoomed={sight !== wholeBrain}
          onFill={(fill) => change(words.edits.manner, () => ({ fill }))}
          onWindowDrag={() => setWindowDrag((now) => !now)}
          onWindowReset={() => setWindow(null)}
          onSightReset={() => setSight(wholeBrain)}
          onCentre={centre}
          onPicture={picture['picture.all'].run}
        />
        <div className="slices" ref={slices}>
          <SliceView plane="sagittal" {...views} />
          <SliceView plane="coronal" {...views} />
          <SliceView plane="axial" {...views} />
          <GlassBrain brain={loaded.brain} layers={drawn} label={words.solid.label} />
        </div>
        <div className="below-views">
          <Readout loaded={loaded} cross={cross} backgroundName={volumes.background.name} regions={regions} />
          <FilterBar
            available={loaded.preview !== null}
            {...{ state, used, previews, affine, swipeAt, onSwipe: setSwipeAt, onSwipeToggle: toggleSwipe }}
            onSigma={(sigma) =>
              change(words.edits.sigma, (now) => ({ sigma, swipe: sigma === null ? false : now.swipe }))
            }
          />
        </div>
      </div>
      {side({
        layers: (
          <LayerList
            present={(name) => drawn.some((layer) => layer.style.name === name)}
            {...{ state, change, threshold, range, highest, usualThreshold: mask.threshold, grey, usual }}
          />
        ),
        loaded,
        goTo: setCross,
      })}
    </div>
  )
}
