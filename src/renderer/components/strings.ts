/** Words of the frame around the screens. */
export const frame = {
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
