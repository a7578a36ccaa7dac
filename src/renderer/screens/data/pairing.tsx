/** What an import pairs: volumes, rows and pictures, what is left over, and what each side of the split holds. */
import type { Preview } from '../../../core/contract/contract.ts'
import { Pane } from '../../components/basics.tsx'
import { count } from '../../lib/format.ts'
import { words } from './strings.ts'

const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`)

export function PairingPane({ preview }: { preview: Preview }) {
  const { pairing, split, crop } = preview
  if (pairing === undefined) return null
  const { pictures, repeats, unmatched, duplicates, unusedPictures } = pairing
  return (
    <Pane title={words.pairing.title} note={words.pairing.rows(count(pairing.rows), count(pairing.volumes))}>
      <dl className="facts">
        {pictures === null ? null : (
          <>
            <dt>{words.pairing.pictures}</dt>
            <dd>{count(pictures)}</dd>
            {Object.entries(repeats).map(([times, shown]) => (
              <Fact key={times} name={words.pairing.shown(Number(times))} value={count(shown)} />
            ))}
            <dt>{words.pairing.unused}</dt>
            <dd>{count(unusedPictures)}</dd>
            <dt>{words.pairing.duplicates}</dt>
            <dd title={duplicates?.first.map((names) => names.join(' = ')).join('\n')}>
              {duplicates === null ? words.countedAtImport : count(duplicates.count)}
            </dd>
            <dt>{words.pairing.straddling}</dt>
            <dd>{split === undefined ? '–' : count(split.straddling.pictures)}</dd>
          </>
        )}
        {unmatched.map(({ what, count: items, first }) => (
          <div key={what} style={{ display: 'contents' }} title={first.join('\n')}>
            <dt>{words.pairing.unmatched[what]}</dt>
            <dd>{count(items)}</dd>
          </div>
        ))}
        {crop === undefined || crop === null ? null : (
          <>
            <dt>{words.pairing.crop}</dt>
            <dd>{crop.shape.join(' × ')}</dd>
            <dt>{words.pairing.brainCovered}</dt>
            <dd>{percent(crop.brainCoverage)}</dd>
            <dt>{words.pairing.roiCovered}</dt>
            <dd>{percent(crop.annotatedCoverage)}</dd>
          </>
        )}
      </dl>
    </Pane>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
