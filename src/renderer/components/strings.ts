/** Words of the frame around the screens. */
export const frame = {
  shortcuts: {
    title: 'Keys',
    open: 'Keys and help',
    groups: [
      {
        title: 'Everywhere',
        keys: [
          ['?', 'This sheet'],
          ['1 – 6', 'The six steps'],
          ['Esc', 'Close a dialog'],
        ],
      },
      {
        title: 'Mask',
        keys: [
          ['M', 'Hold to hide every layer'],
          ['O', 'Outline or fill'],
          ['[  ]', 'Less or more opacity of the mask'],
          ['C', 'Back to the centre of the mask'],
        ],
      },
      {
        title: 'In a slice',
        keys: [
          ['↑  ↓', 'Next and previous slice'],
          ['PgUp  PgDn', 'Five slices'],
          ['Wheel', 'Next and previous slice'],
          ['Click, drag', 'Move the crosshair in all views'],
        ],
      },
      {
        title: 'In the 3D view',
        keys: [
          ['Drag', 'Turn the head'],
          ['Wheel', 'Nearer and farther'],
          ['Shift + drag', 'Move it sideways'],
        ],
      },
    ],
    note: 'No key turns or mirrors a picture, and no key deletes anything.',
  },
  connection: {
    lost: 'The connection to the engine is lost. Runs go on; this window shows the last it knew.',
    retry: 'Try again',
  },
  orientation: {
    open: 'How pictures are read',
    title: 'How do you read brain pictures?',
    unsettled: 'Left and right not chosen yet',
    neurological: ['Neurological', 'left of picture is left of subject'],
    radiological: ['Radiological', 'left of picture is right of subject'],
    nose: { left: 'Sagittal: nose left', right: 'Sagittal: nose right' },
    noseTitle: 'Sagittal pictures',
    noseLeft: 'Nose left',
    noseRight: 'Nose right',
    note: 'This changes pictures only, never files. Letters stay on all four sides.',
  },
  device: {
    checking: 'Checking device',
    title: 'Device',
    passed: 'self-test passed',
    failed: 'self-test failed',
    used: 'used',
    notUsed: 'not used',
    notThere: 'not there',
    enable: 'To enable it:',
    error: (value: string) => `Largest relative error of the self-test: ${value}.`,
    about: (cores: number, memory: string, disk: string) =>
      `${cores} cores, ${memory} memory, ${disk} free on the disk.`,
    free: (disk: string) => `${disk} free`,
  },
  queue: {
    title: 'Runs of this project',
    empty: 'Queue empty',
    busy: (running: number, waiting: number) => `${running} running, ${waiting} waiting`,
    none: 'No run yet. Every import, mask and decoder appears here.',
  },
  saved: 'All changes saved',
  offline: 'Offline by design',
  theme: { dark: 'Light colours', light: 'Dark colours' },
  subject: {
    switch: 'Subject',
    previous: 'Previous subject',
    next: 'Next subject',
    trials: (count: string) => `${count} trials`,
  },
} as const
