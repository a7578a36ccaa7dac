/** Below the views: another width of the filter, tried at once, with what the run used and what would change. */

import { voxelSizes } from '../../core/volume/affine.ts'
import { KeyHint } from '../actions/key-hint.tsx'
import { Button } from '../components/basics.tsx'
import { NumberField } from '../components/number-field.tsx'
import { Slider } from '../components/slider.tsx'
import { count } from '../lib/format.ts'
import { blurWidths, type FilterUsed } from './filter-preview.ts'
import { words } from './strings.ts'
import type { Previews } from './use-drawn-layers.ts'
import type { ViewerState } from './viewer-state.ts'

const text = words.filter
const highest = 3

export interface FilterBarProps {
  readonly available: boolean
  readonly state: ViewerState
  readonly used: FilterUsed | null
  readonly previews: Previews
  readonly affine: readonly number[]
  readonly swipeAt: number
  readonly onSigma: (sigma: number | null) => void
  readonly onSwipe: (at: number) => void
  readonly onSwipeToggle: () => void
}

function usedInWords(used: FilterUsed | null): string {
  if (used === null) return text.unknown
  return used.exact ? text.used(used.sigma.toFixed(2)) : text.usedThreshold(used.sigma.toFixed(2))
}

/** Full width at half maximum; one number where the voxels are cubes. */
function widthInWords(sigma: number, affine: readonly number[]): string {
  const widths = blurWidths(sigma, voxelSizes(affine)).map((width) => width.toFixed(1))
  return new Set(widths).size === 1 ? widths[0]! : widths.join(' × ')
}

function Effect({ state, previews, affine }: Pick<FilterBarProps, 'state' | 'previews' | 'affine'>) {
  const { filtered } = previews
  if (state.sigma === null || filtered === null) return <p className="ink2 filter-hint">{text.hint}</p>
  return (
    <dl className="filter-effect" aria-live="polite">
      <dt>{text.preview}</dt>
      <dd>{text.voxels(count(filtered.voxels))}</dd>
      <dt>{text.swapped}</dt>
      <dd>{count(filtered.swapped)}</dd>
      <dt>{text.pieces2}</dt>
      <dd>{count(filtered.pieces)}</dd>
      <dt>{text.blur}</dt>
      <dd>{widthInWords(state.sigma, affine)}</dd>
    </dl>
  )
}

export function FilterBar(props: FilterBarProps) {
  const { available, state, used, previews, affine } = props
  if (!available)
    return (
      <section className="filter-bar" aria-label={text.title}>
        <p className="ink3">{text.none}</p>
      </section>
    )
  const shown = state.sigma ?? used?.sigma ?? 0
  return (
    <section className="filter-bar" aria-label={text.title}>
      <div className="filter-controls">
        <span className="filter-line">
          <b>{text.sigma}</b>
          <Slider label={text.sigma} value={shown} high={highest} step={0.05} onChange={props.onSigma} />
          <NumberField
            label={`${text.sigma}, ${text.unit}`}
            {...{ value: shown, low: 0, high: highest, step: 0.05, unit: text.unit, onChange: props.onSigma }}
          />
        </span>
        <span className="filter-line">
          <button
            type="button"
            className="button"
            aria-pressed={previews.unfiltered !== null}
            onClick={props.onSwipeToggle}
          >
            {text.swipe} <KeyHint of="mask.swipe" />
          </button>
          {previews.unfiltered === null ? null : (
            <Slider
              label={text.swipePlace}
              value={props.swipeAt}
              low={0.02}
              high={0.98}
              step={0.01}
              onChange={props.onSwipe}
            />
          )}
          <span className="grow" />
          <Button disabled={state.sigma === null} onPress={() => props.onSigma(null)}>
            {text.off}
          </Button>
        </span>
        <small>{usedInWords(used)}</small>
      </div>
      <Effect state={state} previews={previews} affine={affine} />
    </section>
  )
}
