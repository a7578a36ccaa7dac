/** What is counted of a mask, with the regions of an atlas if one is named. */
import type { z } from 'zod'
import type { maskStatisticsSchema } from '../../core/contract/statistics.ts'
import type { Command, Flag, Given } from '../command.ts'
import { pick, Session } from '../session.ts'
import { projectFlag } from './shared.ts'

type Statistics = z.infer<typeof maskStatisticsSchema>

export const atlasFlags: Readonly<Record<string, Flag>> = {
  atlas: { value: 'FILE', help: 'NIfTI with whole-number labels in the subject’s space, to count regions by' },
  'atlas-labels': { value: 'FILE', help: 'TSV or JSON that names the labels; one beside the atlas without it' },
  resample: { help: 'reads an atlas of another grid by nearest neighbour instead of refusing it' },
}

/** Paths among the atlas flags, for the session. */
export function atlasPaths(given: Given): string[] {
  return ['atlas', 'atlas-labels'].flatMap((flag) => given.maybe(flag) ?? [])
}

/** The atlas flags as the contract asks for them. */
export function atlasOf(given: Given, session: Session) {
  const [atlas, labels] = [given.maybe('atlas'), given.maybe('atlas-labels')]
  return {
    ...(atlas === undefined ? {} : { atlas: session.place(atlas) }),
    ...(labels === undefined ? {} : { atlasLabels: session.place(labels) }),
    resample: given.isOn('resample'),
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const place = (point: readonly number[]) => `(${point.map((value) => value.toFixed(1)).join(', ')}) mm`

export function statisticsText(found: Statistics): string {
  const { components, isolated, atlas } = found
  const lines = [
    `${found.voxels} of ${found.voxelsInUse} voxels, ${found.cubicCentimetres.toFixed(2)} cm³`,
    `left ${found.left}, right ${found.right}, on the midline ${found.middle}${found.centre === null ? '' : `; centre ${place(found.centre)}`}`,
    `${components.count} pieces, the largest holds ${percent(components.largestShare)}; ${isolated.count} voxels touch no other`,
    ...found.largestSlices.map(
      (one) => `fullest ${one.plane} slice: ${one.voxels} voxels around ${place(one.millimetres)}`,
    ),
    ...found.overlap.map(
      (one) =>
        `against the ${one.with === 'truth' ? 'true voxels' : 'annotated ROI'}: Dice ${one.dice.toFixed(3)} (chance ${one.chance.dice.toFixed(3)}), precision ${one.precision.toFixed(3)} (${one.chance.precision.toFixed(3)}), recall ${one.recall.toFixed(3)} (${one.chance.recall.toFixed(3)})`,
    ),
  ]
  if (atlas !== null)
    lines.push(
      `${atlas.file}${atlas.resampled ? ', resampled by nearest neighbour' : ''}; outside every region: ${atlas.outside}`,
      ...atlas.regions
        .filter(({ covered }) => covered > 0)
        .map(
          (region) =>
            `  ${region.label} ${region.name ?? ''}: ${region.covered} of ${region.voxels} voxels, ${percent(region.shareOfMask)} of the mask`,
        ),
    )
  return lines.join('\n')
}

export const statistics: Command = {
  name: 'statistics',
  summary: 'Counts what a reviewer wants to know of a mask: size, sides, pieces, overlap, regions.',
  words: [],
  flags: { project: projectFlag, mask: { value: 'ID', help: 'name or id of the mask', required: true }, ...atlasFlags },
  async run(given, terminal) {
    const session = new Session(terminal, [given.text('project'), ...atlasPaths(given)])
    try {
      const project = await session.open(given.text('project'))
      const ids = { project: project.id }
      const mask = pick('mask', given.text('mask'), await session.client.results.masks(ids))
      const found = await session.client.results.maskStatistics({
        ...{ ...ids, mask: mask.id, ...atlasOf(given, session) },
      })
      return { json: found, text: statisticsText(found) }
    } finally {
      await session.close()
    }
  },
}
