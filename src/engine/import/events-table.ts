/**
 * Events of one run from a table in the manner of BIDS: onset, duration and a label per row. Rows are checked as a whole; what is
 * odd but could be meant in one way becomes a question with that way as its choice.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Event, inOrder } from '../../core/data/event.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { type Finding, FindingError, note, type Offer, tableOffer } from './finding.ts'
import { readTextTable, type Separator, separatorsThatFit, type TextRow, type TextTable } from './table-text.ts'

export interface EventsTable {
  /** In order of onset, ignored labels left out. */
  readonly events: readonly Event[]
  readonly notes: readonly Finding[]
  /** Events that are left out as the recipe says, with the reason. */
  readonly leftOut: readonly LeftOutEvent[]
}

export interface LeftOutEvent {
  /** 1-based line of the table. */
  readonly line: number
  readonly reason: string
}

type Table = Recipe['table']
type Column = string | number

const missing = new Set(['', 'n/a', 'N/A', 'NA', 'NaN', 'nan'])
const separatorNames: Readonly<Record<Separator, string>> = { tab: 'tabs', comma: 'commas', space: 'blanks' }

/** Choices for a table in which named columns are missing, because it is parted by something else. */
export function separatorOffers(text: string, table: Table, columns: readonly Column[]): Offer[] {
  const named = columns.filter((column) => typeof column === 'string')
  return separatorsThatFit(text, table.separator, named).map((separator) =>
    tableOffer('separator', separator, `Read the columns as parted by ${separatorNames[separator]}.`, { separator }),
  )
}

/**
 * Events of the run `run`, called by their label, or by their picture where that is asked: all rows, or where the table has a run column, the rows of that run. BAD_TABLE, NOT_FOUND or
 * BAD_FILE name the file, the line and the column.
 */
export async function readEvents(
  path: string,
  table: Table,
  run: number | null,
  byPicture = false,
): Promise<EventsTable> {
  const text = await readTextTable(path, table.separator, table.header, 'events table')
  const reader = new EventReader(text, table, byPicture)
  return reader.read(run)
}

class EventReader {
  readonly #text: TextTable
  readonly #table: Table
  /** Events are called by their picture; those without one are no trials. */
  readonly #byPicture: boolean
  readonly #counts = new Map<string, { problem: Problem; count: number; offers: readonly Offer[] }>()

  constructor(text: TextTable, table: Table, byPicture: boolean) {
    this.#text = text
    this.#table = table
    this.#byPicture = byPicture
  }

  read(run: number | null): EventsTable {
    const { columns, ignoreLabels, nuisanceLabels, unplaced, missingDuration } = this.#table
    if (this.#text.rows.length === 0)
      throw new ProblemError({
        code: 'BAD_TABLE',
        message: 'The events table has no rows.',
        where: this.#text.path,
        expected: 'one row per event',
        fix: 'Give the events of this run, or leave the run out of the recipe.',
      })
    // The recipe's schema sees to it that the column that is needed is there.
    const called = (this.#byPicture ? columns.picture : columns.label) ?? ''
    const needed = [columns.onset ?? 'onset', called]
    const [onset, name] = needed.map((column) => this.#position(column, needed)) as [number, number]
    const label = this.#byPicture && columns.label !== undefined ? this.#position(columns.label, needed) : null
    // A table without durations is one in which all are missing, unless the recipe names the column.
    const noDuration = columns.duration === undefined && !(this.#text.header?.includes('duration') ?? false)
    const duration = noDuration ? null : this.#position(columns.duration ?? 'duration', needed)
    const runAt = columns.run === undefined ? null : this.#position(columns.run, needed)
    const ignored = new Set(ignoreLabels)
    const events: Event[] = []
    const leftOut: LeftOutEvent[] = []
    for (const row of this.#text.rows) {
      if (runAt !== null && run !== null && Number(this.#cell(row, runAt)) !== run) continue
      const cell = this.#cell(row, name)
      const ownLabel = label === null ? null : this.#cell(row, label)
      if (ignored.has(cell) || (ownLabel !== null && ignored.has(ownLabel))) continue
      // What has no picture is no trial, but the response model may know it by its label.
      const isNuisance = ownLabel !== null && nuisanceLabels.includes(ownLabel)
      if (this.#byPicture && missing.has(cell) && !isNuisance) continue
      const event = isNuisance ? ownLabel : cell
      if (missing.has(event)) {
        this.#count('label', this.#noLabel(row, event))
        continue
      }
      const begins = this.#number(row, onset, 'onset')
      if (begins === null) {
        if (unplaced === 'leave-out') leftOut.push({ line: row.line, reason: 'It has no onset.' })
        else this.#count('onset', this.#noOnset(row))
        continue
      }
      const lasts = duration === null ? null : this.#number(row, duration, 'duration')
      if (lasts === null && missingDuration === null) this.#count('duration', this.#noDuration(row))
      else if (lasts !== null && lasts < 0)
        this.#count('negative', this.#badCell(row, duration!, 'duration', 'a duration of 0 or more'))
      else events.push({ label: event, onset: begins, duration: lasts ?? missingDuration!, line: row.line })
    }
    for (const { problem, count, offers } of this.#counts.values())
      throw new FindingError(count === 1 ? problem : { ...problem, count }, offers)
    const sorted = inOrder(events)
    return {
      events: sorted,
      notes: this.#notes(
        events.some((event, at) => event !== sorted[at]),
        leftOut.length,
      ),
      leftOut,
    }
  }

  #notes(unsorted: boolean, leftOut: number): Finding[] {
    const { path: where, byteOrderMark, windowsLines } = this.#text
    const say = (message: string, count?: number) =>
      note({ code: 'BAD_TABLE', message, where, ...(count === undefined ? {} : { count }) })
    return [
      ...(unsorted ? [say('The events are not in the order of their onsets; they are taken in that order.')] : []),
      ...(leftOut > 0 ? [say('Events without an onset are left out, as the recipe says.', leftOut)] : []),
      ...(byteOrderMark ? [say('The table begins with a byte order mark, which is no part of the first name.')] : []),
      ...(windowsLines ? [say('The table has Windows line ends.')] : []),
    ]
  }

  #cell(row: TextRow, at: number): string {
    return row.cells[at]?.trim() ?? ''
  }

  /** The number in a cell, or null where it says that there is none. */
  #number(row: TextRow, at: number, name: string): number | null {
    const text = this.#cell(row, at)
    if (missing.has(text)) return null
    const plain = this.#table.decimal === 'comma' ? text.replace(',', '.') : text
    const value = Number(plain)
    if (Number.isFinite(value)) return value
    const comma = /^[+-]?\d+,\d+$/.test(text)
    const found = this.#badCell(row, at, name, 'a number of seconds').problem
    const offers = comma
      ? [tableOffer('decimal', 'comma', 'Read 12,5 as twelve and a half.', { decimal: 'comma' })]
      : []
    throw new FindingError(found, offers)
  }

  #count(kind: string, found: { problem: Problem; offers?: readonly Offer[] }): void {
    const known = this.#counts.get(kind)
    if (known === undefined) this.#counts.set(kind, { problem: found.problem, count: 1, offers: found.offers ?? [] })
    else known.count++
  }

  #at(row: TextRow): string {
    return `${this.#text.path}, line ${row.line}`
  }

  #badCell(row: TextRow, at: number, name: string, expected: string): { problem: Problem } {
    const message = `The ${name} in line ${row.line} is "${this.#cell(row, at)}".`
    return { problem: { code: 'BAD_TABLE', message, where: this.#at(row), expected, fix: 'Correct the table.' } }
  }

  #noLabel(row: TextRow, name: string): { problem: Problem; offers: Offer[] } {
    const { ignoreLabels } = this.#table
    const shown = name === '' ? 'nothing' : `"${name}"`
    return {
      problem: {
        code: 'BAD_TABLE',
        message: `The label in line ${row.line} is ${shown}.`,
        where: this.#at(row),
        expected: 'a label in every row, or the word for none among "ignoreLabels"',
        fix: 'Take such events out of the trials, or correct the table.',
      },
      offers: [
        tableOffer('labels', 'leave-out', `Events whose label is ${shown} are no trials.`, {
          ignoreLabels: [...ignoreLabels, name],
        }),
      ],
    }
  }

  #noOnset(row: TextRow): { problem: Problem; offers: Offer[] } {
    return {
      problem: {
        code: 'BAD_TABLE',
        message: `The event in line ${row.line} has no onset.`,
        where: this.#at(row),
        expected: 'seconds from the start of the run',
        fix: 'Leave such events out, or correct the table.',
      },
      offers: [
        tableOffer('unplaced', 'leave-out', 'Leave events without a place in the run out.', { unplaced: 'leave-out' }),
      ],
    }
  }

  #noDuration(row: TextRow): { problem: Problem; offers: Offer[] } {
    return {
      problem: {
        code: 'BAD_TABLE',
        message: `The event in line ${row.line} has no duration.`,
        where: this.#at(row),
        expected: 'seconds, 0 for an event without extent',
        fix: 'Say how long such events last in "missingDuration".',
      },
      offers: [tableOffer('duration', '0', 'Count such events as lasting 0 seconds.', { missingDuration: 0 })],
    }
  }

  #position(column: Column, needed: readonly Column[]): number {
    if (typeof column === 'number') return column
    const header = this.#text.header
    const at = header?.findIndex((name) => name.trim() === column) ?? -1
    if (at >= 0) return at
    throw new FindingError(
      {
        code: 'BAD_TABLE',
        message: `The events have no column "${column}".`,
        where: this.#text.path,
        expected: header === null ? 'column numbers, because there is no header' : `one of: ${header.join(', ')}`,
        fix: 'Correct "columns" or "separator" in the recipe.',
      },
      separatorOffers(this.#text.text, this.#table, needed),
    )
  }
}
