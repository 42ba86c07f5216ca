import { describe, expect, test } from 'vitest'
import { startAgent } from '../../support/agent-service.ts'
import { shopDatafile } from '../../support/shop-datafile.ts'

const HEADERS = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }

async function decide(query: string, decideOptions: readonly string[]) {
  const { ask, events } = startAgent(shopDatafile({ sendFlagDecisions: true }))
  const body = JSON.stringify({ userId: 'u1', decideOptions })
  const response = await ask(`/v1/decide${query}`, { method: 'POST', headers: HEADERS, body })
  const counted = events.map((event) => (event.kind === 'impression' ? event.flagKey : event.kind))
  return { answer: await response.json(), counted }
}

describe('flags that are off and not asked for', () => {
  test('are left out of the answer, and count all the same', async () => {
    const { answer, counted } = await decide('?keys=off&keys=tested&keys=targeted', ['ENABLED_FLAGS_ONLY'])
    expect(answer).toMatchObject([{ flagKey: 'tested' }])
    expect(counted).toEqual(['off', 'tested', 'targeted'])
  })

  test('count alike when all flags are asked for', async () => {
    const [all, on] = [await decide('', []), await decide('', ['ENABLED_FLAGS_ONLY'])]
    expect(on.counted).toEqual(all.counted)
    expect(on.counted).toContain('off')
    expect(on.answer).toHaveLength(5)
  })

  test('stay in the answer where they failed', async () => {
    const { answer } = await decide('?keys=broken&keys=off', ['ENABLED_FLAGS_ONLY'])
    expect(answer).toMatchObject([{ flagKey: 'broken' }])
  })

  test('count for nothing where nothing is to count', async () => {
    const { counted } = await decide('', ['ENABLED_FLAGS_ONLY', 'DISABLE_DECISION_EVENT'])
    expect(counted).toEqual([])
  })
})
