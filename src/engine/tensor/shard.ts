/** How voxels are dealt to threads: always the same number of ranges, so that sums do not depend on how many threads there are. */

export interface Shard {
  readonly number: number
  readonly start: number
  readonly end: number
}

export const shardCount = 8

/** Ranges of nearly equal length, some empty where there are fewer voxels than ranges. */
export function shardsOf(voxels: number): Shard[] {
  return Array.from({ length: shardCount }, (_, number) => ({
    number,
    start: Math.floor((voxels * number) / shardCount),
    end: Math.floor((voxels * (number + 1)) / shardCount),
  }))
}
