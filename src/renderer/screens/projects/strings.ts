/** Words of the first screen. */
export const words = {
  title: 'Projects',
  statement: 'Which voxels see?',
  lead: 'Scans in, a voxel mask you have judged and a decoder out. No code, no account; nothing leaves this computer.',
  demo: {
    title: 'Run the demo',
    text: 'A simulated subject whose true voxels are known. The mask is found, compared with every control, and can be exported.',
    size: 'Size',
    seeds: 'Seeds',
    sizes: [
      ['tiny', 'Tiny'],
      ['small', 'Small'],
      ['medium', 'Medium'],
      ['full', 'Full'],
    ],
    notes: {
      tiny: 'Shows in a minute that everything works; its numbers mean little.',
      small: '24 × 20 × 20 voxels, a few minutes.',
      medium: '40 × 28 × 28 voxels, about ten minutes a seed.',
      full: '60 × 40 × 40 voxels, half an hour a seed.',
    },
  },
  example: {
    title: 'Open the Haxby example',
    text: 'Real scans: one slice of Haxby et al. 2001, eight object categories, twelve runs.',
  },
  create: { title: 'New project…', text: 'Name a folder. Then import scans and their trial table.' },
  open: { title: 'Open project…', text: 'A project’s folder, wherever it was moved to.' },
  orientation: {
    unsettled: 'Asked once; neither is chosen for you.',
    settled: 'Change it at any time in the bar below.',
  },
  recent: {
    title: 'Recent projects',
    none: 'Projects you open appear here, with what waits in each of them. The demo makes the first one.',
    nothing: 'Nothing waits',
    missing: 'Not at this place',
    open: 'Open',
    openNamed: (name: string) => `Open ${name}`,
    locate: 'Locate…',
    forget: (name: string) => `Take ${name} off this list`,
    takeOff: 'Take off the list',
    opened: 'opened',
  },
  waiting: {
    stopped: (run: string, phase: string) => `${run} stopped${phase}`,
    at: (done: number, total: number) => ` at epoch ${done} of at most ${total}`,
    in: (project: string) => `in ${project}`,
    explain: 'Its checkpoint is whole. Resuming gives the same result as an unbroken run.',
    resume: 'Resume',
    look: 'Look at it',
  },
  bring: {
    title: 'What you can bring',
    drop: 'Drop a project’s folder here to open it',
    parts: [
      ['scans', 'Scans', 'NIfTI-1 and NIfTI-2, plain or gzipped: one 4D series, or one per run.'],
      ['list', 'Trial table', 'TSV, CSV or columns parted by blanks: which label when, in which run.'],
      ['target', 'Masks', 'A brain mask and an annotated ROI on the grid of the scans, where you have them.'],
    ],
    note: 'A recipe says which file is which. It is looked at before anything is copied.',
  },
  pick: {
    create: 'Where shall the new project be?',
    open: 'Which project folder?',
    suggested: 'My project',
  },
} as const
