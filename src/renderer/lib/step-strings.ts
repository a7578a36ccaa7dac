/** Words of the six steps. */
export const words = {
  titles: { data: 'Data', backbone: 'Backbone', mask: 'Mask', decoder: 'Decoder', review: 'Review', export: 'Export' },
  going: (run: string, status: string) => `${run} ${status}`,
  data: {
    open: 'Import scans',
    done: (trials: string, voxels: string) => `${trials} trials, ${voxels} voxels`,
  },
  backbone: {
    done: (name: string, subjects: number) => `${name}, ${subjects} subjects`,
    labels: 'Not needed for labels',
    open: 'Pretrain on other subjects',
    locked: 'Needs other subjects',
  },
  mask: {
    done: (name: string, voxels: string) => `${name}: ${voxels} voxels`,
    locked: 'Opens when data is there',
    open: 'Find the voxels',
  },
  decoder: { open: 'Train on the mask' },
  needsMask: 'Opens when a mask is there',
  review: {
    waits: (mask: string) => `${mask} waits for a verdict`,
    wait: (count: number) => `${count} masks wait for a verdict`,
    judged: { accepted: 'accepted', rejected: 'rejected', unsure: 'unsure' },
    done: (mask: string, verdict: string) => `${mask} ${verdict}`,
    results: 'Results to look at',
  },
  export: { open: 'NIfTI and report', unreviewed: 'Not reviewed yet' },
  rail: {
    label: 'Steps',
    runs: 'Runs',
    compare: 'compare',
    hint: (title: string, note: string) => `${title}: ${note}`,
  },
} as const
