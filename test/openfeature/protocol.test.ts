import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from './protocol.ts'
import { SDK_KEY, type Service, startService } from './service.ts'

let service: Service
const ends: (() => Promise<void>)[] = []
beforeAll(async () => {
  service = await startService((end) => ends.push(end))
})
afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

interface Sent {
  readonly flagKey?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

const CONTEXT = '{"context":{"targetingKey":"u1","address":{"country":"CH"}}}'

async function send({ flagKey, body = CONTEXT, headers = { 'x-api-key': SDK_KEY } }: Sent, { url } = service) {
  const path = flagKey === undefined ? '' : `/${flagKey}`
  return await fetch(`${url}/ofrep/v1/evaluate/flags${path}`, { method: 'POST', body, headers })
}

/** The status, and what the schema finds wrong. */
async function judged(response: Response): Promise<readonly [status: number, faults: readonly string[]]> {
  const { url, status, headers } = response
  const contentType = headers.get('content-type')
  return [status, faultsOf({ url, status, contentType, body: await response.text() })]
}

describe('every answer is as the protocol describes it:', () => {
  test.each<[string, number, Sent]>([
    ['a flag', 200, { flagKey: 'checkout' }],
    ['a flag that is a text', 200, { flagKey: 'button' }],
    ['a flag that is an object', 200, { flagKey: 'banner' }],
    ['a flag without a value', 200, { flagKey: 'unset' }],
    ['a flag that is off', 200, { flagKey: 'checkout', body: '{"context":{"targetingKey":"u1"}}' }],
    ['all flags, one of which fails', 200, {}],
    ['a flag that there is not', 404, { flagKey: 'nope' }],
    ['a flag that fails', 500, { flagKey: 'broken' }],
    ['a body that is not JSON', 400, { flagKey: 'checkout', body: '{' }],
    ['a body that is not JSON, for all flags', 400, { body: '{' }],
    ['no targeting key', 400, { flagKey: 'checkout', body: '{}' }],
    ['no targeting key, for all flags', 400, { body: '{}' }],
    ['a context that is none', 400, { flagKey: 'checkout', body: '{"context":[]}' }],
    ['a context that is none, for all flags', 400, { body: '{"context":[]}' }],
    ['no SDK key', 401, { flagKey: 'checkout', headers: {} }],
    ['no SDK key, for all flags', 401, { headers: {} }],
    ['a wrong SDK key', 403, { flagKey: 'checkout', headers: { 'x-api-key': 'wrong' } }],
    ['a wrong SDK key, for all flags', 403, { headers: { authorization: 'Bearer wrong' } }],
  ])('%s is %i', async (_, status, sent) => {
    expect(await judged(await send(sent))).toEqual([status, []])
  })

  test('nothing new is 304', async () => {
    const etag = (await send({})).headers.get('etag') ?? ''
    expect(await judged(await send({ headers: { 'x-api-key': SDK_KEY, 'if-none-match': etag } }))).toEqual([304, []])
  })

  test.each([{ flagKey: 'checkout' }, {}])('too many requests are 429: %o', async (sent) => {
    const ended: (() => Promise<void>)[] = []
    const limited = await startService((end) => ended.push(end), { admits: 0 })
    const response = await send(sent, limited)
    expect(Number.isInteger(Number(response.headers.get('retry-after')))).toBe(true)
    expect(await judged(response)).toEqual([429, []])
    for (const end of ended.reverse()) await end()
  })

  test.each([{ flagKey: 'checkout' }, {}])('no datafile at hand is 503: %o', async (sent) => {
    const ended: (() => Promise<void>)[] = []
    const down = await startService((end) => ended.push(end))
    down.kv.mode = { status: 500 }
    const response = await send(sent, down)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await judged(response)).toEqual([503, []])
    for (const end of ended.reverse()) await end()
  })
})

describe('the judge finds what a provider would refuse:', () => {
  const answer = { url: 'http://x/ofrep/v1/evaluate/flags/a', status: 200, contentType: 'application/json' }
  test.each<[string, Partial<typeof answer> & { readonly body: string }]>([
    ['another content type', { contentType: 'text/html', body: '{"key":"a","reason":"STATIC"}' }],
    ['a success with an error', { body: '{"key":"a","reason":"STATIC","errorCode":"GENERAL"}' }],
    ['a success without a key', { body: '{"reason":"STATIC","value":true}' }],
    ['a value that is null', { body: '{"key":"a","reason":"STATIC","value":null}' }],
    ['another reason', { body: '{"key":"a","reason":"HOLDOUT"}' }],
    ['metadata that is null', { body: '{"key":"a","reason":"STATIC","metadata":{"ruleKey":null}}' }],
    ['a failure without a code', { status: 400, body: '{"key":"a","errorDetails":"x"}' }],
    ['a failure without a key', { status: 404, body: '{"errorCode":"FLAG_NOT_FOUND","errorDetails":"x"}' }],
    ['all flags as an object', { url: 'http://x/ofrep/v1/evaluate/flags', body: '{"flags":{}}' }],
    [
      'an unknown flag among all',
      {
        url: 'http://x/ofrep/v1/evaluate/flags',
        body: '{"flags":[{"key":"a","errorCode":"FLAG_NOT_FOUND","errorDetails":"x"}]}',
      },
    ],
    ['304 for a single flag', { status: 304, body: '' }],
    ['another status', { status: 418, body: '{}' }],
  ])('%s', (_, fault) => {
    expect(faultsOf({ ...answer, ...fault })).not.toEqual([])
  })
})
