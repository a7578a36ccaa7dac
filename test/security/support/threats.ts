/** Each case is an attack that is really tried. What was tried and how it went is printed as one table per file. */
import { afterAll, it } from 'vitest'

export interface Threats {
  /** An attack, named by its threat; passes when the attack failed. */
  attack(threat: string, name: string, attempt: () => Promise<void> | void): void
  /** An attack that cannot be tried here is listed with the reason, never left out in silence. */
  attackIf(possible: boolean, why: string, threat: string, name: string, attempt: () => Promise<void>): void
}

export function threatTable(): Threats {
  const rows: { threat: string; name: string; result: string }[] = []
  afterAll(() => {
    const width = (pick: (row: (typeof rows)[number]) => string) => Math.max(...rows.map((row) => pick(row).length))
    const [threats, names] = [width(({ threat }) => threat), width(({ name }) => name)]
    console.log(
      rows
        .map(({ threat, name, result }) => `${threat.padEnd(threats)} → ${name.padEnd(names)} → ${result}`)
        .join('\n'),
    )
  })
  const attack: Threats['attack'] = (threat, name, attempt) => {
    it(`${threat}: ${name}`, async () => {
      const row = { threat, name, result: 'FAILED' }
      rows.push(row)
      await attempt()
      row.result = 'passed'
    })
  }
  return {
    attack,
    attackIf(possible, why, threat, name, attempt) {
      if (possible) attack(threat, name, attempt)
      else
        it(`${threat}: ${name}: ${why}`, (context) => {
          rows.push({ threat, name, result: `not tried: ${why}` })
          context.skip(why)
        })
    },
  }
}
