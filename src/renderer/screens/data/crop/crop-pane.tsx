/** Which part of the volume is used, placed by eye, and which labels are the annotated ROI. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Place } from '../../../../core/contract/common.ts'
import type { Preview } from '../../../../core/contract/contract.ts'
import type { Recipe, RecipeChanges } from '../../../../core/contract/recipe.ts'
import type { Box } from '../../../../core/volume/crop.ts'
import { Empty, ErrorNote, Segments } from '../../../components/basics.tsx'
import { engine } from '../../../lib/engine.ts'
import { useProjectId } from '../../../lib/queries.ts'
import { fetchVolume } from '../../../lib/volumes.ts'
import { boxFromRas, boxToRas } from './box.ts'
import { CropViews } from './crop-views.tsx'
import { RoiLabels } from './roi-labels.tsx'
import { words } from './strings.ts'

interface CropPaneProps {
  readonly place: Place
  readonly recipe: Recipe
  readonly preview: Preview
  readonly onChange: (changes: RecipeChanges) => void
}

type Rule = 'none' | 'occipital' | 'box'
const rules: readonly (readonly [Rule, string])[] = [
  ['none', words.rules.none],
  ['occipital', words.rules.occipital],
  ['box', words.rules.box],
]

function ruleOf({ crop }: Recipe): Rule {
  return crop === undefined || crop.rule === 'none' ? 'none' : crop.rule === 'occipital' ? 'occipital' : 'box'
}

/** The volume depends on files, masks and orientation, not on the crop or the split. */
function useVolumes(place: Place, recipe: Recipe, ready: boolean) {
  const project = useProjectId()
  const { crop: _crop, split: _split, ...rest } = recipe
  return useQuery({
    queryKey: ['previewVolume', project, place, rest],
    enabled: ready,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
    async queryFn() {
      const found = await engine.data.previewVolume({ project, place, recipe })
      const { grid } = found
      const maybe = async (ref: typeof found.brain) => (ref === null ? null : fetchVolume(ref, grid))
      return {
        grid,
        labels: found.labels,
        volume: await fetchVolume(found.volume, grid),
        brain: await maybe(found.brain),
        annotated: await maybe(found.annotated),
      }
    },
  })
}

export function CropPane({ place, recipe, preview, onChange }: CropPaneProps) {
  const ready = preview.grid !== null
  const volumes = useVolumes(place, recipe, ready)
  /** A box that is being dragged, on the RAS+ grid. */
  const [held, setHeld] = useState<Box | null>(null)
  if (!ready) return <Empty>{words.settleFirst}</Empty>
  if (volumes.error !== null) return <ErrorNote error={volumes.error} />
  if (volumes.data === undefined) return <Empty>{words.loading}</Empty>
  const { grid, brain, labels } = volumes.data
  const whole: Box = { start: [0, 0, 0], shape: grid.shape }
  const kept = preview.crop === undefined || preview.crop === null ? null : (preview.crop as unknown as Box)
  const rule = ruleOf(recipe)
  const box = rule === 'none' ? null : (held ?? (kept === null ? null : boxToRas(kept, grid)))
  const take = ({ start, shape }: Box) => onChange({ crop: { rule: 'voxels', start: [...start], shape: [...shape] } })
  const choose = (next: Rule) => {
    setHeld(null)
    if (next === 'box') take(kept ?? whole)
    else onChange({ crop: { rule: next } })
  }
  return (
    <div className="crop-pane">
      <div className="row crop-bar">
        <Segments
          label={words.rule}
          value={rule}
          options={brain === null ? rules.filter(([name]) => name !== 'occipital' || rule === 'occipital') : rules}
          onChange={choose}
        />
        <small className="grow">{brain === null ? words.needsBrain : words.about}</small>
      </div>
      <CropViews
        volumes={volumes.data}
        box={box}
        onBox={setHeld}
        onDone={(done) => {
          setHeld(done)
          take(boxFromRas(done, grid))
        }}
      />
      {recipe.annotatedRoi === null || labels.length === 0 ? null : (
        <div className="row crop-bar">
          <span>{words.labels}</span>
          <RoiLabels roi={recipe.annotatedRoi} labels={labels} onRoi={(annotatedRoi) => onChange({ annotatedRoi })} />
        </div>
      )}
    </div>
  )
}
