import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Ask, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

/** Lines that the Worker logged. An isolate counts its impressions, and its first line tells how many came at once. */
let lines: string[]
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
})

function recorded(): number {
  return lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'events')?.impressions ?? 0
}

const HOLDOUT = {
  id: 'h1',
  key: 'everybody',
  status: 'Running',
  audienceIds: [],
  variations: [{ id: 'hv', key: 'off', featureEnabled: false }],
  trafficAllocation: [{ entityId: 'hv', endOfRange: 10_000 }],
}

describe('an impression is recorded', () => {
  test.each([
    ['for an experiment', {}, '/?feature=tested&userId=u1&key=shop', 1],
    ['not for a delivery', {}, '/?feature=delivered&userId=u1&key=shop', 0],
    [
      'for a delivery where the datafile says so',
      { sendFlagDecisions: true },
      '/?feature=delivered&userId=u1&key=shop',
      1,
    ],
    ['for nothing at all where it says so', { sendFlagDecisions: true }, '/?feature=off&userId=u1&key=shop', 1],
    ['for a holdout', { holdouts: [HOLDOUT] }, '/?feature=delivered&userId=u1&key=shop', 1],
    [
      'for a holdout that leaves deliveries alone, and not for the delivery',
      { holdouts: [{ ...HOLDOUT, excludeTargetedDeliveries: true }] },
      '/?feature=delivered&userId=u1&key=shop',
      1,
    ],
    [
      'for both where the datafile says so',
      { holdouts: [{ ...HOLDOUT, excludeTargetedDeliveries: true }], sendFlagDecisions: true },
      '/?feature=delivered&userId=u1&key=shop',
      2,
    ],
    [
      'for each flag of a list that was decided',
      {},
      '/?feature=tested&feature=nope&feature=broken&userId=u1&key=shop',
      1,
    ],
    [
      'once for a flag that is asked for twice',
      {},
      '/?feature=tested&feature=off&feature=tested&userId=u1&key=shop',
      1,
    ],
    ['not when the caller says so', {}, '/?feature=tested&userId=u1&key=shop&disableTracking=true', 0],
    [
      'when the caller says that tracking is not disabled',
      {},
      '/?feature=tested&userId=u1&key=shop&disableTracking=false',
      1,
    ],
    ['not for a flag that cannot be decided', {}, '/?feature=broken&userId=u1&key=shop', 0],
  ])('%s', async (_, more, path, expected) => {
    const ask = await startWith(shopDatafile(more))
    await ask(path)
    expect(recorded()).toBe(expected)
  })

  test('not for HEAD', async () => {
    const ask = await startWith(shopDatafile())
    await ask('/?feature=tested&userId=u1&key=shop', { method: 'HEAD' })
    expect(recorded()).toBe(0)
  })

  test('not for an answer that the caller has already', async () => {
    const other: Ask = await startWith(shopDatafile())
    const etag = (await other('/?feature=tested&userId=u1&key=shop&disableTracking=true')).headers.get('ETag') ?? ''
    await other('/?feature=tested&userId=u1&key=shop', { headers: { 'If-None-Match': etag } })
    expect(recorded()).toBe(0)
  })

  test.each([
    ['one key', '?keys=tested', [], 1],
    ['several keys, of which one comes twice', '?keys=tested&keys=off&keys=tested', [], 1],
    ['all keys', '', [], 1],
    ['none that the caller does not want', '', ['DISABLE_DECISION_EVENT'], 0],
  ])('for clients of the Agent: %s', async (_, query, decideOptions, expected) => {
    const ask = await startWith(shopDatafile())
    const headers = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
    const body = JSON.stringify({ userId: 'u1', decideOptions })
    await ask(`/v1/decide${query}`, { method: 'POST', headers, body })
    expect(recorded()).toBe(expected)
  })

  test('for POST / as for GET /', async () => {
    const ask = await startWith(shopDatafile())
    const body = JSON.stringify({ feature: 'tested', userId: 'u1', key: 'shop' })
    await ask('/', { method: 'POST', body })
    expect(recorded()).toBe(1)
  })
})

test('no line names a user, their attributes or a token', async () => {
  const ask = await startWith(shopDatafile())
  await ask('/?feature=*&userId=known-by-name&key=shop&attributes={"email":"a@b.example"}')
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.join()).not.toMatch(/known-by-name|a@b\.example|token-of-the-tests/)
})
