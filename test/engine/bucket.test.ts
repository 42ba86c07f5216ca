import fc from 'fast-check'
import murmurhash3 from 'murmurhash-js/murmurhash3_gc.js'
import { describe, expect, it } from 'vitest'
import { bucketValue, findRange } from '../../src/engine/bucketing/bucket.ts'
import { murmur3 } from '../../src/engine/bucketing/murmur3.ts'

const EXPERIMENT = '1886780721'

describe('a bucket value', () => {
  const vectors: [bucketingId: string, parentId: string, bucket: number][] = [
    ['ppid1', EXPERIMENT, 5_254],
    ['ppid2', EXPERIMENT, 4_299],
    ['ppid2', '1886780722', 2_434],
    ['ppid3', EXPERIMENT, 5_439],
    ['a very very very very very very very very very very very very very very very long ppd string', EXPERIMENT, 6_128],
    ['用户é', EXPERIMENT, 8_913],
    ['é', EXPERIMENT, 8_892],
    ['naïve@x.com', EXPERIMENT, 4_828],
    ['😀', EXPERIMENT, 1_511],
    ['\ud800x', 'E', 4_759],
    ['15580846', 'default-rollout-386456-20914452332', 9_999],
  ]
  it.each(vectors)('of %j in %s is %i, as in every SDK', (bucketingId, parentId, bucket) => {
    expect(bucketValue(bucketingId + parentId)).toBe(bucket)
  })

  it('never reaches 10,000, though the hash nearly reaches 2^32', () => {
    expect(murmur3('15580846default-rollout-386456-20914452332')).toBe(4_294_967_228)
  })

  it('of nothing is that of an empty key', () => {
    expect(bucketValue('')).toBe(Math.floor((murmur3('') / 2 ** 32) * 10_000))
  })

  it('takes every lone surrogate for U+FFFD', () => {
    expect(murmur3('\ud800')).toBe(murmur3('\ufffd'))
    expect(murmur3('a\udfff')).toBe(murmur3('a\ufffd'))
  })

  it('hashes bytes of any length as murmurhash-js does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 40 }), (key) => {
        expect(murmur3(key)).toBe(murmurhash3(key, 1))
      }),
    )
  })

  it('tells composed from decomposed characters', () => {
    expect(murmur3('é')).not.toBe(murmur3('e\u0301'))
  })
})

describe('the range of a bucket', () => {
  const ranges = [
    { endOfRange: 0 },
    { endOfRange: 5_000 },
    { endOfRange: 3_000 },
    { endOfRange: Number.POSITIVE_INFINITY },
  ]
  it.each([
    [0, 1],
    [4_999, 1],
    [5_000, 3],
    [9_999, 3],
  ])('%i is the first in the order listed that ends above it', (bucket, index) => {
    expect(findRange(ranges, bucket)).toBe(ranges[index])
  })

  it('is none beyond the last end', () => {
    expect(findRange([{ endOfRange: 3_000 }], 3_000)).toBeUndefined()
  })
})
