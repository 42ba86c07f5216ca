/** From the request to the collector: what is waited for, and what arrives. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { shopDatafile } from '../support/shop-datafile.ts'
import { eventsIn, uuidsIn } from './collector.ts'
import { DATAFILE, type DeliveringOptions, type DeliveringWorker, startDelivering } from './delivering-worker.ts'

const SOON = { timeout: 40_000, interval: 50 }
const UUID = '01234567-89ab-4cde-8f01-23456789abcd'
const SECOND_UUID = '01234567-89ab-4cde-8f01-23456789abc5'
const PURCHASE = { type: 'conversion', eventKey: 'purchase' }
const HELD_OUT = shopDatafile({
  sendFlagDecisions: true,
  holdouts: [
    {
      id: 'h1',
      key: 'everybody',
      status: 'Running',
      audienceIds: [],
      variations: [{ id: 'hv', key: 'off', featureEnabled: false }],
      trafficAllocation: [{ entityId: 'hv', endOfRange: 10_000 }],
      excludeTargetedDeliveries: true,
    },
  ],
})
/** Its rule's name alone is larger than a message may be. */
const LARGE: object = JSON.parse(JSON.stringify(DATAFILE).replace('"key":"ab"', `"key":"${'x'.repeat(130_000)}"`))
const MANY = 250
const WITH_MANY_FLAGS = shopDatafile({
  sendFlagDecisions: true,
  featureFlags: Array.from({ length: MANY }, (_, index) => ({
    id: `${index}`,
    key: `flag-${index}`,
    rolloutId: 'r1',
    experimentIds: [],
    variables: [],
  })),
})
const HASTY = await bundleOf('test/support/hasty-worker.ts')
const WAYS: readonly (readonly [way: string, options: DeliveringOptions])[] = [
  ['through a Queue', { queue: {} }],
  ['straight', {}],
]

describe.concurrent.each(WAYS)('events go %s', (_, options) => {
  test('F39 after the response, which does not wait for a collector that hangs', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, options)
    const { collector } = worker
    collector.answering = () => 'hang'
    expect(await decide(worker, 'u1')).toBe(200)
    expect(await worker.report('u2', [{ type: 'conversion', eventKey: 'purchase' }])).toBe(202)
    await vi.waitFor(() => expect(collector.requests.length).toBeGreaterThan(0), SOON)
    expect(await decide(worker, 'u3')).toBe(200)
    expect(collector.accepted).toEqual([])
    collector.release()
    await vi.waitFor(() => expect(usersIn(worker)).toEqual(['u1', 'u2', 'u3']), SOON)
  })

  test('under the uuid that was given, at the time when they happened', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, options)
    const before = Date.now()
    await worker.report('u1', [{ type: 'conversion', eventKey: 'purchase', uuid: UUID, ageMs: 60_000 }])
    await vi.waitFor(() => expect(worker.collector.accepted).toHaveLength(1), SOON)
    const [event] = eventsIn(worker.collector.accepted)
    expect(event).toMatchObject({ uuid: UUID, visitorId: 'u1', key: 'purchase' })
    expect(event?.timestamp).toBeGreaterThanOrEqual(before - 60_000)
    expect(event?.timestamp).toBeLessThanOrEqual(Date.now() - 60_000)
    expect(Number.isInteger(event?.timestamp)).toBe(true)
  })

  test('under one uuid, however often they are reported, also the second that an exposure counts for', async ({
    onTestFinished,
  }) => {
    const worker = await startDelivering(onTestFinished, { ...options, datafile: HELD_OUT })
    const exposure = { type: 'exposure', flagKey: 'delivered', ruleKey: 'everyone', variationKey: 'on', uuid: UUID }
    await worker.report('u1', [exposure])
    await worker.report('u1', [exposure])
    await vi.waitFor(() => expect(eventsIn(worker.collector.accepted)).toHaveLength(4), SOON)
    expect(uuidsIn(worker.collector.accepted)).toEqual(new Set([UUID, SECOND_UUID]))
  })

  test('with the names and version that they are sent under, and nothing of who sent the request', async ({
    onTestFinished,
  }) => {
    const worker = await startDelivering(onTestFinished, options)
    const headers = { Cookie: 'a=b', Authorization: 'Bearer x', 'User-Agent': 'Browser', 'X-Forwarded-For': '1.2.3.4' }
    await (await fetch(`${worker.url}/?feature=tested&userId=u1&key=shop`, { headers })).text()
    await vi.waitFor(() => expect(worker.collector.accepted).toHaveLength(1), SOON)
    const [request] = worker.collector.accepted
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ client_name: 'turnout', account_id: '1', project_id: '2' })
    expect(Object.keys(request?.headers ?? {})).not.toContain('cookie')
    expect(JSON.stringify(request?.headers)).not.toMatch(/Bearer|Browser|1\.2\.3\.4/)
  })
})

test.concurrent('events of visitors who leave with the first byte of their answer arrive', async ({
  onTestFinished,
}) => {
  const worker = await startDelivering(onTestFinished, { queue: {} })
  const users = Array.from({ length: 50 }, (_, index) => `leaving-${index}`)
  await Promise.all(users.map((user) => leave(worker, user)))
  await vi.waitFor(() => expect(usersIn(worker)).toEqual(users.toSorted()), SOON)
})

describe.concurrent('without a Queue', () => {
  test('F39 a collector that is down is asked three times, and what is lost is told', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, { code: HASTY })
    worker.collector.answering = () => ({ status: 503 })
    expect(await worker.report('u1', [PURCHASE, PURCHASE])).toBe(202)
    await vi.waitFor(() => expect(codesOf(worker)).toContain('events_lost'), SOON)
    expect(worker.collector.requests).toHaveLength(3)
    expect(worker.logged.filter(({ code }) => code === 'events_lost')).toEqual([
      { level: 'error', code: 'events_lost', count: 2, total: 2, reason: 'collector: status 503' },
    ])
  })

  test('one that comes back in time has everything', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, { code: HASTY })
    worker.collector.answering = (index) => (index < 2 ? 'reset' : 'ok')
    await worker.report('u1', [PURCHASE, PURCHASE])
    await vi.waitFor(() => expect(codesOf(worker)).toContain('events_sent'), SOON)
    expect(eventsIn(worker.collector.accepted)).toHaveLength(2)
    expect(codesOf(worker)).not.toContain('events_lost')
  })

  test('F40 what is refused is told, and not sent again', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished)
    worker.collector.answering = () => ({ status: 403 })
    await worker.report('u1', [PURCHASE])
    await vi.waitFor(() => expect(codesOf(worker)).toContain('events_refused'), SOON)
    expect(worker.collector.requests).toHaveLength(1)
  })
})

test.concurrent('F40 what a Queue does not take as one message goes straight to the collector', async ({
  onTestFinished,
}) => {
  const worker = await startDelivering(onTestFinished, { queue: {}, datafile: LARGE })
  expect(await decide(worker, 'u1')).toBe(200)
  await vi.waitFor(() => expect(eventsIn(worker.collector.accepted)).toHaveLength(1), SOON)
  expect(codesOf(worker)).toContain('events_not_queued')
  expect(codesOf(worker)).not.toContain('events_queued')
})

test.concurrent('F40 more than a Queue takes in one send arrives', async ({ onTestFinished }) => {
  const worker = await startDelivering(onTestFinished, { queue: {}, datafile: WITH_MANY_FLAGS })
  const response = await fetch(`${worker.url}/?feature=*&userId=u1&key=shop`)
  expect(await response.json()).toHaveLength(MANY)
  await vi.waitFor(() => expect(uuidsIn(worker.collector.accepted).size).toBe(MANY), SOON)
})

test.concurrent('where there is nowhere to go events are counted in the log alone', async ({ onTestFinished }) => {
  const worker = await startDelivering(onTestFinished, { variables: { COLLECTOR_URL: 'off' } })
  await worker.report('u1', [PURCHASE])
  await vi.waitFor(() => expect(codesOf(worker)).toContain('events'), SOON)
  expect(worker.collector.requests).toEqual([])
})

async function decide({ url }: DeliveringWorker, user: string): Promise<number> {
  const response = await fetch(`${url}/?feature=tested&userId=${user}&key=shop`)
  await response.text()
  return response.status
}

/** Asks, and ends the connection as soon as anything comes back. */
async function leave({ url }: DeliveringWorker, user: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), new URL(url).hostname)
  socket.write(`GET /?feature=tested&userId=${user}&key=shop HTTP/1.1\r\nHost: flags.example\r\n\r\n`)
  await once(socket, 'data')
  socket.destroy()
}

function usersIn({ collector }: DeliveringWorker): readonly string[] {
  return [...new Set(eventsIn(collector.accepted).map(({ visitorId }) => visitorId))].toSorted()
}

function codesOf({ logged }: DeliveringWorker): readonly string[] {
  return logged.map(({ code }) => code)
}
