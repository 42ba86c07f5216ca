import { describe, expect, test } from 'vitest'
import { type ExposureName, exposureUuid, SESSION_MS } from '../../../src/events/exposure-uuid.ts'

const NOON_MS = Date.UTC(2026, 10, 27, 12)
const SHOWN: ExposureName = {
  sdkKey: 'shop',
  userId: 'u1',
  flagKey: '',
  experimentId: 'e1',
  variationId: 'v1',
  timestampMs: NOON_MS,
}

describe('what is shown on a page', () => {
  test('is the same until the session ends', async () => {
    const uuids = [0, 1, SESSION_MS - 1].map((later) => exposureUuid({ ...SHOWN, timestampMs: NOON_MS + later }))
    expect(new Set(await Promise.all(uuids)).size).toBe(1)
  })

  test('keeps its uuid from one release to the next', async () => {
    expect(await exposureUuid(SHOWN)).toBe('f48553b8-d639-5f56-a69c-929038282cfb')
  })

  test.each<[difference: string, shown: Partial<ExposureName>]>([
    ['in the next session', { timestampMs: NOON_MS + SESSION_MS }],
    ['in the session before', { timestampMs: NOON_MS - 1 }],
    ['to another visitor', { userId: 'u2' }],
    ['of another variation', { variationId: 'v2' }],
    ['of another experiment', { experimentId: 'e2' }],
    ['of a flag', { flagKey: 'checkout' }],
    ['by another datafile', { sdkKey: 'staging' }],
    ['with the same letters at other places', { experimentId: 'e1v', variationId: '1' }],
    ['with what separates ids in an id', { userId: 'u1","', flagKey: '' }],
  ])('is another one %s', async (_, difference) => {
    expect(await exposureUuid({ ...SHOWN, ...difference })).not.toBe(await exposureUuid(SHOWN))
  })

  test('tells ids apart that are the same in UTF-8', async () => {
    const halves = ['\ud800', '\ud801', '\ufffd'].map((userId) => exposureUuid({ ...SHOWN, userId }))
    expect(new Set(await Promise.all(halves)).size).toBe(3)
  })

  test('has a uuid of its own among 20,000', async () => {
    const uuids = Array.from({ length: 20_000 }, (_, index) =>
      exposureUuid({ ...SHOWN, userId: `user-${index % 1_000}`, experimentId: `e${Math.floor(index / 1_000)}` }),
    )
    expect(new Set(await Promise.all(uuids)).size).toBe(20_000)
  })
})
