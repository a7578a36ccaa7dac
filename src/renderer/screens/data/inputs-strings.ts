/** Words of the input files that moved. */
export const words = {
  title: 'Input files',
  away: (missing: number, all: number) => `${missing} of ${all} are not where they were`,
  all: (count: number) => (count === 1 ? 'it is at its place' : `all ${count} are at their places`),
  about:
    'The project holds what it needs; these are the files that it was imported from. They are known by their content (SHA-256), so their names and folders may change.',
  look: 'Look in a folder…',
  looking: 'Looking…',
  where: 'In which folder are the files now?',
  result: (found: number, searched: number) =>
    `${found === 1 ? '1 file was' : `${found} files were`} found among ${searched.toLocaleString('en-US')}.`,
  states: { there: 'there', missing: 'missing', changed: 'another file' },
} as const
