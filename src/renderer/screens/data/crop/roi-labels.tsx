/** Which labels of the annotated ROI's file are the ROI: all above 0, or some. */

import type { PreviewVolume } from '../../../../core/contract/contract.ts'
import type { Recipe } from '../../../../core/contract/recipe.ts'
import { count } from '../../../lib/format.ts'
import { words } from './strings.ts'

type Roi = NonNullable<Recipe['annotatedRoi']>

interface RoiLabelsProps {
  readonly roi: Roi
  readonly labels: PreviewVolume['labels']
  readonly onRoi: (roi: Roi) => void
}

export function RoiLabels({ roi, labels, onRoi }: RoiLabelsProps) {
  const chosen = roi.labels ?? []
  const toggle = (label: number) => {
    const next = chosen.includes(label) ? chosen.filter((one) => one !== label) : [...chosen, label]
    onRoi(next.length === 0 ? { path: roi.path } : { path: roi.path, labels: next.sort((a, b) => a - b) })
  }
  return (
    <fieldset className="segments wrap" aria-label={words.labels}>
      <button type="button" aria-pressed={roi.labels === undefined} onClick={() => onRoi({ path: roi.path })}>
        {words.allLabels}
      </button>
      {labels.map(({ label, voxels }) => (
        <button key={label} type="button" aria-pressed={chosen.includes(label)} onClick={() => toggle(label)}>
          {words.label(label, count(voxels))}
        </button>
      ))}
    </fieldset>
  )
}
