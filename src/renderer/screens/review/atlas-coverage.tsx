/** How much of each region of an atlas the mask holds; regions it holds nothing of are counted. */
import type { MaskAtlasCoverage } from '../../../core/contract/statistics.ts'
import { TableActs } from '../../components/table-acts.tsx'
import { count, percent } from '../../lib/format.ts'
import { regionsTable } from '../../lib/result-tables.ts'
import { words } from './strings.ts'

const text = words.numbers.atlas
const mostShown = 12

export function AtlasCoverage({ coverage, mask }: { coverage: MaskAtlasCoverage; mask: string }) {
  const held = coverage.regions.filter(({ covered }) => covered > 0)
  return (
    <>
      <table className="atlas" aria-label={text.title(coverage.file)}>
        <thead>
          <tr>
            <th>{text.region}</th>
            <th className="number">{text.ofRegion}</th>
            <th className="number">{text.ofMask}</th>
          </tr>
        </thead>
        <tbody>
          {held.slice(0, mostShown).map((region) => (
            <tr key={region.label}>
              <td className="ellipsis" title={region.name ?? undefined}>
                {region.name ?? text.label(region.label)}
              </td>
              <td className="number">{percent(region.shareOfRegion, 0)}</td>
              <td className="number">{percent(region.shareOfMask, 0)}</td>
            </tr>
          ))}
          <tr>
            <td>{text.outside}</td>
            <td />
            <td className="number">{count(coverage.outside)}</td>
          </tr>
        </tbody>
        <caption>
          {text.summary(coverage.file, held.length, coverage.regions.length)}
          {coverage.resampled ? ` ${text.resampled}` : ''}
        </caption>
      </table>
      <TableActs
        title={text.title(coverage.file)}
        file={words.numbers.regionsFile(mask)}
        table={() => regionsTable(coverage)}
      />
    </>
  )
}
