/** What calls of other Workers leave behind. How they come is tested from one Worker to another (test/proxy/service-binding). */
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Turnout } from '../../src/worker.ts'
import { CHROME, pagesDatafile } from '../support/pages-datafile.ts'
import { startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

let lines: string[]
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** The entrypoint in an isolate of its own. */
async function turnoutWith(datafile: object, variables: object = {}, props: object = {}): Promise<Turnout> {
  await startWith(datafile)
  const context = Object.create(createExecutionContext(), { props: { value: props } })
  return new Turnout(context, { ...env, SDK_KEY: 'shop', ...variables })
}

/** The first line tells how many came at once. */
function recorded(): number {
  return lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'events')?.impressions ?? 0
}

const U1 = { userId: 'u1' }
const TARGET = { targetingKey: 'u1' }
const SILENT = { disableTracking: true }
const PAGE = { url: 'https://shop.example/', ...U1, headers: { 'User-Agent': CHROME } }
/** Without impressions for deliveries, and what else `sendFlagDecisions` adds, only `tested` counts. */
const FLAGS = shopDatafile()

describe('an impression is recorded', () => {
  test.each<[about: string, expected: number, datafile: object, call: (turnout: Turnout) => Promise<unknown>]>([
    ['for a decision', 1, FLAGS, (turnout) => turnout.decide('tested', U1)],
    ['not when the caller says so', 0, FLAGS, (turnout) => turnout.decide('tested', U1, SILENT)],
    ['not for a delivery', 0, FLAGS, (turnout) => turnout.decide('delivered', U1)],
    ['not for a flag that cannot be decided', 0, FLAGS, (turnout) => turnout.decide('broken', U1)],
    ['for each decision of all', 6, shopDatafile({ sendFlagDecisions: true }), (turnout) => turnout.decideAll(U1)],
    ['for none of all when the caller says so', 0, FLAGS, (turnout) => turnout.decideAll(U1, SILENT)],
    ['for a value', 1, FLAGS, (turnout) => turnout.getObjectValue('tested', {}, TARGET)],
    ['for a value with its details', 1, FLAGS, (turnout) => turnout.getObjectDetails('tested', {}, TARGET)],
    ['not for a value of another type', 0, FLAGS, (turnout) => turnout.getStringValue('tested', '', TARGET)],
    ['not for a value in silence', 0, FLAGS, (turnout) => turnout.getObjectValue('tested', {}, TARGET, SILENT)],
    [
      'not for a value in a context that says so, as with OFREP',
      0,
      FLAGS,
      (turnout) => turnout.getObjectValue('tested', {}, { ...TARGET, ...SILENT }),
    ],
    ['for a page', 1, pagesDatafile(), (turnout) => turnout.page(PAGE)],
    ['not for a page in silence', 0, pagesDatafile(), (turnout) => turnout.page({ ...PAGE, ...SILENT })],
  ])('%s', async (_, expected, datafile, call) => {
    await call(await turnoutWith(datafile))
    // What a page shows is counted in the background.
    await scheduler.wait(20)
    await vi.waitFor(() => expect(recorded()).toBe(expected))
  })
})

test('calls are not counted by the rate limiter, requests are', async () => {
  const limit = vi.fn(async () => ({ success: false }))
  const turnout = await turnoutWith(FLAGS, { RATE_LIMITER: { limit } })
  expect(await turnout.decide('tested', U1)).toMatchObject({ ok: true })
  expect(await turnout.page(PAGE)).toMatchObject({ ok: true })
  expect(await turnout.getBooleanValue('delivered', false, TARGET)).toBe(true)
  expect(limit).not.toHaveBeenCalled()
  const response = await turnout.fetch(new Request('https://turnout/?feature=tested&userId=u1&key=shop'))
  expect(response.status).toBe(429)
})

describe('a bug', () => {
  const props = {
    get sdkKey(): string {
      throw new Error('nobody thought of this')
    },
  }

  test('is an answer, with a number under which the log has it', async () => {
    const turnout = await turnoutWith(FLAGS, {}, props)
    const answer = await turnout.decide('tested', U1)
    expect(answer).toEqual({
      ok: false,
      error: {
        code: 'internal_error',
        message: expect.any(String),
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
      },
    })
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({
      level: 'error',
      code: 'internal_error',
      requestId: Object(answer).error.requestId,
      message: expect.stringContaining('nobody thought of this'),
    })
  })

  test.each<[about: string, call: (turnout: Turnout) => Promise<unknown>, expected: unknown]>([
    ['all decisions', (turnout) => turnout.decideAll(U1), { ok: false, error: { code: 'internal_error' } }],
    ['a page', (turnout) => turnout.page(PAGE), { ok: false, error: { code: 'internal_error' } }],
    [
      'details',
      (turnout) => turnout.getBooleanDetails('delivered', true, TARGET),
      { value: true, reason: 'ERROR', errorCode: 'GENERAL' },
    ],
  ])('rejects no call: %s', async (_, call, expected) => {
    expect(await call(await turnoutWith(FLAGS, {}, props))).toMatchObject(Object(expected))
  })

  test('leaves values at their default', async () => {
    const turnout = await turnoutWith(FLAGS, {}, props)
    expect(await turnout.getBooleanValue('delivered', false, TARGET)).toBe(false)
    expect(await turnout.getStringValue('tested', 'x', TARGET)).toBe('x')
    expect(await turnout.getNumberValue('tested', 3, TARGET)).toBe(3)
    expect(await turnout.getObjectValue('tested', { a: 1 }, TARGET)).toEqual({ a: 1 })
  })
})
