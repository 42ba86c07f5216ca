/** Small requests for every flag, whose answers and events would repeat the user's attributes for each. */
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Turnout } from '../../src/worker.ts'
import { type Ask, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const MANY = 1_200
const DATAFILE = shopDatafile({
  sendFlagDecisions: true,
  featureFlags: Array.from({ length: MANY }, (_, index) => ({
    id: `${index}`,
    key: `flag-${index}`,
    rolloutId: 'r1',
    experimentIds: [],
    variables: [],
  })),
})
const LONG = { plan: 'x'.repeat(7_000) }
const SHORT = { plan: 'x'.repeat(6_900) }
const TOO_LARGE = {
  code: 'answer_too_large',
  message: 'The answer would be too large: ask for fewer flags, or with fewer attributes.',
}

let lines: string[]
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
  return () => vi.restoreAllMocks()
})

type Asking = (ask: Ask, attributes: object) => Promise<Response>

const asked = (attributes: object) =>
  `/?${new URLSearchParams({ feature: '*', userId: 'u1', key: 'shop', attributes: JSON.stringify(attributes) })}`
const WAYS: readonly (readonly [about: string, asking: Asking])[] = [
  ['GET /', (ask, attributes) => ask(asked(attributes))],
  [
    'POST /',
    (ask, attributes) =>
      ask('/', { method: 'POST', body: JSON.stringify({ feature: '*', userId: 'u1', key: 'shop', attributes }) }),
  ],
  [
    'activate',
    (ask, userAttributes) =>
      ask('/v1/activate?type=feature', {
        method: 'POST',
        headers: { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' },
        body: JSON.stringify({ userId: 'u1', userAttributes }),
      }),
  ],
]

describe('P7: attributes that are repeated for each of thousands of flags', () => {
  test.each(WAYS)('are refused by %s before anything is decided or counted', async (_, asking) => {
    const response = await asking(await startWith(DATAFILE), LONG)
    expect(response.status).toBe(413)
    expect(JSON.stringify(await response.json())).toMatch(/answer would be too large/)
    expect(impressions()).toBe(0)
  })

  test.each(WAYS)('are taken by %s up to 8 Mi characters in all', async (_, asking) => {
    const response = await asking(await startWith(DATAFILE), SHORT)
    expect(response.status).toBe(200)
    expect(await response.json()).toHaveLength(MANY)
    expect(impressions()).toBe(MANY)
  })

  test('are told in our own words on our own routes', async () => {
    const response = await (await startWith(DATAFILE))(asked(LONG))
    expect(await response.json()).toEqual({ error: TOO_LARGE })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test('are refused without a body where only the headers are asked for', async () => {
    const response = await (await startWith(DATAFILE))(asked(LONG), { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([413, ''])
  })

  test('are refused where another Worker asks', async () => {
    await startWith(DATAFILE)
    const turnout = new Turnout(createExecutionContext(), { ...env, SDK_KEY: 'shop' })
    expect(await turnout.decideAll({ userId: 'u1', attributes: LONG })).toEqual({ ok: false, error: TOO_LARGE })
    expect(await turnout.decideAll({ userId: 'u1', attributes: SHORT })).toMatchObject({ ok: true })
  })
})

/** Of the first line, which tells how many came at once. */
function impressions(): number {
  return lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'events')?.impressions ?? 0
}
