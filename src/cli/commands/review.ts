/** What people decided about masks: signs a mask, or shows its history. */
import { describeReview, verdicts } from '../../core/contract/review.ts'
import { type Command, UsageError } from '../command.ts'
import { pick, Session } from '../session.ts'
import { projectFlag } from './shared.ts'

export const review: Command = {
  name: 'review',
  summary: 'Signs a mask as accepted, rejected or unsure; without a verdict shows its reviews.',
  words: [],
  flags: {
    project: projectFlag,
    mask: { value: 'ID', help: 'name or id of the mask', required: true },
    verdict: { value: 'WORD', help: verdicts.join(', ') },
    reviewer: { value: 'NAME', help: 'who decides; needed with --verdict' },
    note: { value: 'TEXT', help: 'why' },
    sha256: { value: 'HASH', help: 'of the mask’s file as it was looked at; that of the file now without it' },
  },
  async run(given, terminal) {
    const verdict = verdicts.find((one) => one === given.maybe('verdict'))
    if (given.maybe('verdict') !== undefined && verdict === undefined)
      throw new UsageError(`--verdict ${given.maybe('verdict')} is unknown; there are ${verdicts.join(', ')}.`)
    const reviewer = verdict === undefined ? '' : given.text('reviewer')
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const ids = { project: project.id }
      const mask = pick('mask', given.text('mask'), await session.client.results.masks(ids))
      if (verdict !== undefined)
        await session.client.reviews.add({
          ...{ ...ids, mask: mask.id, verdict, reviewer, note: given.maybe('note') ?? '' },
          sha256: given.maybe('sha256') ?? mask.sha256,
        })
      const reviews = await session.client.reviews.list({ ...ids, mask: mask.id })
      const lines = reviews.map((one) => `${describeReview(one)}${one.note === '' ? '' : ` ${one.note}`}`)
      return {
        json: { mask: mask.name, sha256: mask.sha256, status: describeReview(reviews[0] ?? null), reviews },
        text: [
          `${mask.name}: ${describeReview(reviews[0] ?? null)}`,
          ...lines.slice(1).map((line) => `  before: ${line}`),
        ].join('\n'),
      }
    } finally {
      await session.close()
    }
  },
}
