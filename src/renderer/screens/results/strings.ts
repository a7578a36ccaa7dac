/** Words of the pack metrics. */
export const words = {
  title: 'Networks of installed packs',
  columns: { network: 'Network and output', value: 'Value', interval: '95 % interval', chance: 'Chance', n: 'n' },
  to: (low: string, high: string) => `${low} to ${high}`,
  measures: { twoWay: 'two-way identification', correlationDistance: 'correlation distance' },
  standsInFor: (name: string) => `Stands in for ${name}; does not compare with its published numbers.`,
  missing: (names: string) => `Not given by any installed pack: ${names}`,
} as const
