/** How a mask is repeated to see how stable it is. seeds: each seed on all training trials. runs: each seed with each run left out. both: the two together. */
export const repeatKinds = ['seeds', 'runs', 'both'] as const
export type RepeatKind = (typeof repeatKinds)[number]
