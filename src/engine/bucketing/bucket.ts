import { murmur3 } from './murmur3.ts'

/** Bucket values run from 0 to this, exclusive. */
export const MAX_TRAFFIC_VALUE = 10_000

const HASH_VALUES = 2 ** 32

/**
 * Where a key falls in 0 to 9,999. The bucketing key is the bucketing id with the id of the group, rule or
 * holdout appended, without a separator.
 */
export function bucketValue(bucketingKey: string): number {
  return Math.floor((murmur3(bucketingKey) / HASH_VALUES) * MAX_TRAFFIC_VALUE)
}

/** The first range, in the order listed and not sorted, that ends above `bucket`; `undefined` when none does. */
export function findRange<Range extends { readonly endOfRange: number }>(
  ranges: readonly Range[],
  bucket: number,
): Range | undefined {
  // By index, because an iterator here costs 5 % of a decision.
  for (let index = 0; index < ranges.length; index++) {
    const range = ranges[index]
    if (range !== undefined && bucket < range.endOfRange) return range
  }
  return undefined
}
