/** Words of the forms of the three stages. */
export const words = {
  backbone: {
    title: 'Backbone',
    act: 'Pretrain',
    reason: 'There are no other subjects to learn from. Masks can be found without a backbone.',
    about: 'The backbone learns from other subjects how brain activity relates to pictures.',
    uses: (names: string) => `It will use ${names}.`,
    after: 'A new subject then needs one hour of scans.',
  },
  mask: {
    title: 'Mask',
    act: 'Find the mask',
    reason: 'Import a subject first.',
    subject: (name: string, voxels: string, trials: string) => `${name}: ${voxels} voxels, ${trials} training trials.`,
    without: 'Without a backbone.',
    with: (name: string) => `With backbone ${name}.`,
  },
  decoder: {
    title: 'Decoder',
    act: 'Train the decoder',
    reason: 'Find a mask first.',
    compare: 'Compare with controls',
    uses: (mask: string, voxels: string, subject: string) => `Uses ${mask}: ${voxels} voxels of ${subject}.`,
    heldOutRuns:
      'Each run is held out once: mask and decoder are made anew without it, and its trials are then answered. The accuracy is that of the whole procedure.',
    heldOut: 'The decoder never sees the held-out trials; on them it is judged.',
  },
  start: {
    settings: 'Settings',
    what: 'What happens',
    runs: 'Runs',
    none: 'none yet',
    wrong: (path: string, message: string) => `${path}: ${message}`,
  },
  preFlight: {
    title: 'Before the start',
    asking: 'Counting…',
    verdicts: {
      fits: 'Fits this computer.',
      tight: 'Tight on this computer.',
      'will not fit': 'Will not fit this computer.',
    },
    memory: 'Memory',
    disk: 'Disk',
    time: 'Time here',
    of: (needed: string, free: string) => `about ${needed} of ${free} free`,
    about: (time: string) => `about ${time}`,
    minutes: (minutes: number) => (minutes < 1 ? 'a minute or less' : `${minutes} min`),
    hours: (hours: string) => `${hours} h`,
    smaller: (what: string) => `Take instead: ${what}`,
    needs: (memory: string, disk: string, time: string) => `It needs about ${memory} memory, ${disk} disk and ${time}.`,
    rough: 'Rough: counted from the sizes and a training step measured on this computer.',
  },
  presets: {
    label: 'Preset',
    names: {
      troi: ['troi', 'A trained, cross-fitted mask times closed-form evidence, filtered, exactly the budget.'],
      instant: ['instant', 'Closed-form evidence alone, in seconds, exactly the budget.'],
      memory: [
        'memory',
        'Algorithm 1 of the paper, scored by the last value of each voxel before pruning, exactly the budget.',
      ],
      paper: ['paper', 'Algorithm 1 literally as printed; it may keep fewer voxels than the budget.'],
      mindeye2: ['mindeye2', 'Algorithm 1 with MindEye2’s training values, for comparison with published numbers.'],
    },
  },
  edits: {
    preset: 'preset',
    mask: 'mask settings',
    backbone: 'backbone settings',
    decoder: 'decoder settings',
  },
} as const
