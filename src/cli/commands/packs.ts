/** Packs: networks that a lab brings. Lists them, installs one from a folder, removes one. */
import type { PackInstall, PackSummary } from '../../core/contract/pack.ts'
import { type Command, oneOf, UsageError } from '../command.ts'
import { Session } from '../session.ts'
import type { Terminal } from '../terminal.ts'

const actions = ['list', 'install', 'remove'] as const

export const packs: Command = {
  name: 'packs',
  summary: 'Lists, installs and removes packs: picture encoders, metric networks, picture decoders.',
  words: ['ACTION', '[WHAT]'],
  flags: {},
  async run(given, terminal) {
    const action = oneOf('The action', given.words[0]!, actions)
    const what = given.words[1]
    if (action === 'list' && what !== undefined) throw new UsageError(`"${what}" is one word too many.`)
    if (action !== 'list' && what === undefined)
      throw new UsageError(
        action === 'install' ? 'The folder of the pack is needed.' : 'The name of the pack is needed.',
      )
    const session = new Session(terminal, action === 'install' ? [what!] : [])
    try {
      if (action === 'install') {
        const pack = await session.cancellable((signal) => install(session, terminal, what!, signal))
        return { json: pack, text: `Installed.\n${packText(pack)}` }
      }
      if (action === 'remove') {
        await session.client.packs.remove({ name: what! })
        return { json: { removed: what }, text: `${what} is removed.` }
      }
      const found = await session.client.packs.list()
      return { json: found, text: found.map(packText).join('\n\n') || 'There are no packs.' }
    } finally {
      await session.close()
    }
  },
}

const phases: Readonly<Record<PackInstall['phase'], string>> = {
  copy: 'Copy and check the files',
  read: 'Read the graphs',
  try: 'Run each graph once',
  done: 'Done',
}

async function install(
  session: Session,
  terminal: Terminal,
  folder: string,
  signal: AbortSignal,
): Promise<PackSummary> {
  const start = performance.now()
  const events = await session.client.packs.install({ place: session.place(folder) }, { signal })
  for await (const { name, phase, bytes, totalBytes, pack } of events) {
    if (pack !== null) return pack
    const isCopying = phase === 'copy'
    const elapsed = (performance.now() - start) / 1000
    terminal.progress({
      ...{ run: name, phase: phases[phase], elapsed },
      ...{ done: Math.floor(bytes / 1e6), total: isCopying ? Math.ceil(totalBytes / 1e6) : null },
      share: isCopying && totalBytes > 0 ? bytes / totalBytes : null,
      remaining: isCopying && bytes > 0 && elapsed > 2 ? (elapsed * (totalBytes - bytes)) / bytes : null,
    })
  }
  throw new Error('an installation that is done gives its pack')
}

/** One pack with its outputs, each with what it stands for. */
export function packText(pack: PackSummary): string {
  const head = `${pack.name}: ${pack.title} ${pack.version} (${pack.origin}; ${pack.kinds.join(', ') || 'unusable'})`
  if (pack.problem !== null && pack.version === '') return `${head}\n  cannot be used: ${pack.problem}`
  return [
    head,
    ...(pack.problem === null ? [] : [`  cannot be used: ${pack.problem}`]),
    `  ${(pack.bytes / 1e6).toFixed(1)} MB, licence ${pack.licence}, trained on ${pack.trainingData}`,
    ...pack.outputs.map((output) => {
      const uses = [
        ...(output.embedding ? [`embedding ${pack.name}/${output.name}`] : []),
        ...(output.metric === null ? [] : [`metric: ${output.metric}`]),
      ]
      return `  ${output.name} ${output.shape.join(' × ')}: ${output.standsFor}${uses.length > 0 ? ` [${uses.join('; ')}]` : ''}`
    }),
    ...pack.draws.map((drawn) => `  draws pictures from ${drawn}`),
  ].join('\n')
}
