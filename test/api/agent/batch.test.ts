import { describe, expect, test } from 'vitest'
import { startAgent } from '../../support/agent-service.ts'
import { createMemoryProfileStore } from '../../support/memory-profile-store.ts'
import type { Ask } from '../../support/service.ts'
import { shopDatafile } from '../../support/shop-datafile.ts'

interface BatchJson {
  readonly errorCount: number
  readonly response: readonly { status: number; operationID: string; requestID: string; body: unknown }[]
}

async function batch(
  ask: Ask,
  operations: readonly object[],
  headers: Record<string, string> = {},
): Promise<BatchJson> {
  const response = await ask('/v1/batch', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ operations }),
  })
  return await response.json()
}

const HEADERS = { 'X-Optimizely-SDK-Key': 'shop' }

function decide(operationID: string, userId: string): object {
  return { operationID, method: 'POST', url: '/v1/decide?keys=tested', body: { userId }, headers: HEADERS }
}

describe('a batch', () => {
  test('answers 500 operations in their order, each counted', async () => {
    const { ask, events } = startAgent(shopDatafile())
    const operations = Array.from({ length: 500 }, (_, index) => decide(String(index), `user-${index}`))
    const { errorCount, response } = await batch(ask, operations)
    expect(errorCount).toBe(0)
    expect(response.map(({ operationID }) => operationID)).toEqual(operations.map((_, index) => String(index)))
    expect(response[499]?.body).toMatchObject({ userContext: { userId: 'user-499' } })
    expect(new Set(response.map(({ requestID }) => requestID)).size).toBe(500)
    expect(events).toHaveLength(500)
  })

  test('keeps the bytes of an answer, also numbers that JavaScript would round', async () => {
    const text = '{"big":12345678901234567890,"small":1.0}'
    const { ask } = startAgent(shopDatafile(), {
      datafiles: {
        get: async () => ({ kind: 'found', text, stamp: { generation: 1, revision: '7', sha256: '' } }),
        put: unused,
        takeOver: unused,
        remove: unused,
      },
    })
    const body = JSON.stringify({ operations: [{ method: 'GET', url: '/v1/datafile', headers: HEADERS }] })
    const response = await ask('/v1/batch', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    expect(await response.text()).toContain(`"body":${text},`)
  })

  test('refuses what is left when the answers have become too large', async () => {
    const text = JSON.stringify('x'.repeat(3_000_000))
    const { ask } = startAgent(shopDatafile(), {
      datafiles: {
        get: async () => ({ kind: 'found', text, stamp: { generation: 1, revision: '7', sha256: '' } }),
        put: unused,
        takeOver: unused,
        remove: unused,
      },
    })
    const operations = Array.from({ length: 20 }, () => ({ method: 'GET', url: '/v1/datafile', headers: HEADERS }))
    const { errorCount, response } = await batch(ask, operations)
    expect(response).toHaveLength(20)
    expect(errorCount).toBeGreaterThan(10)
    expect(response.at(-1)).toMatchObject({ status: 413, body: { error: 'the answers of this batch are too large' } })
  })

  test('goes on where one operation meets a bug, which is in the log', async () => {
    let isFirst = true
    const { ask, logged } = startAgent(shopDatafile(), {
      events: {
        record() {
          if (!isFirst) return
          isFirst = false
          throw new Error('a bug')
        },
      },
    })
    const { errorCount, response } = await batch(ask, [decide('a', 'u1'), decide('b', 'u2')])
    expect(errorCount).toBe(1)
    expect(response.map(({ status }) => status).sort()).toEqual([200, 500])
    expect(logged).toMatchObject([{ code: 'internal_error', message: 'a bug' }])
    expect(JSON.stringify(response)).toContain(String(logged[0]?.requestId))
    expect(JSON.stringify(response)).not.toContain('a bug')
  })

  test('counts every operation by the network that the batch came from, whatever the operation says', async () => {
    const keys: string[] = []
    const { ask } = startAgent(shopDatafile(), {
      rateLimiter: {
        async limit({ key }) {
          keys.push(key)
          return { success: keys.length < 2 }
        },
      },
    })
    const forged = { ...decide('a', 'u1'), headers: { ...HEADERS, 'CF-Connecting-IP': '198.51.100.9' } }
    const { response } = await batch(ask, [forged, forged], { 'CF-Connecting-IP': '203.0.113.7' })
    expect(keys).toEqual(['shop:203.0.113', 'shop:203.0.113'])
    expect(response.map(({ status }) => status).sort()).toEqual([200, 429])
  })

  test('keeps what its operations save', async () => {
    const profiles = createMemoryProfileStore()
    const { ask } = startAgent(shopDatafile(), { profiles })
    await batch(ask, [decide('a', 'u1'), decide('b', 'u2')])
    expect((await profiles.read('shop', 'u2'))?.get('e1')).toBe('v2')
  })
})

async function unused(): Promise<never> {
  throw new Error('No test of the Agent comes here.')
}
