import { describe, expect, test } from 'vitest'
import { startAgent } from '../support/agent-service.ts'
import type { EventQuestion, SentRequest } from './event-case.ts'
import { sentAlone, throughQueue } from './event-engine.ts'
import { loadEventOracle } from './event-oracle.ts'
import { KNOWN_EVENT_DIFFERENCES, type KnownEventDifference, type SentInShort } from './known-event-differences.ts'

describe('a known difference of events', () => {
  test.each(KNOWN_EVENT_DIFFERENCES)('still is one: $name', async (difference) => {
    const oracle = sentBySdk(difference)
    const ours = await recordedByApi(difference)
    expect({ oracle, ours }).toEqual({ oracle: difference.oracle, ours: difference.ours })
    expect(oracle).not.toEqual(ours)
  })
})

function sentBySdk({ datafile, asked }: KnownEventDifference): SentInShort {
  const loaded = loadEventOracle(JSON.stringify(datafile))
  if (loaded.kind === 'refused') throw new Error('The SDK refuses the datafile.')
  const sent = loaded.send(asked)
  return sent.kind === 'threw' ? 'threw' : sent.requests.map(inShort)
}

/** The routes themselves, as a client of the Agent asks them. */
async function recordedByApi({ datafile, asked }: KnownEventDifference): Promise<SentInShort> {
  const { ask, events } = startAgent(datafile)
  const { path, ...body } = requestOf(asked)
  const headers = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
  const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return events.map((event) => inShort(sentAlone(throughQueue(event))))
}

function requestOf(asked: EventQuestion) {
  const { userId, attributes: userAttributes } = asked.kind === 'decide' ? asked.question.user : asked.user
  const isForEnabled = asked.kind === 'decide' && asked.question.options.enabledFlagsOnly
  return { path: pathOf(asked), userId, userAttributes, decideOptions: isForEnabled ? ['ENABLED_FLAGS_ONLY'] : [] }
}

function pathOf(asked: EventQuestion): string {
  switch (asked.kind) {
    case 'decide': {
      const { ask } = asked.question
      const keys = ask.kind === 'all' ? [] : ask.kind === 'one' ? [ask.flagKey] : ask.flagKeys
      return `/v1/decide?${new URLSearchParams(keys.map((key) => ['keys', key]))}`
    }
    case 'activate':
      return `/v1/activate?${new URLSearchParams({ experimentKey: asked.experimentKey })}`
    case 'track':
      return `/v1/track?${new URLSearchParams({ eventKey: asked.eventKey })}`
  }
}

interface Body {
  readonly visitors: readonly [
    {
      readonly attributes: readonly { readonly entity_id: string; readonly value: unknown }[]
      readonly snapshots: readonly [
        {
          readonly decisions?: readonly [
            {
              readonly variation_id: string | null
              readonly metadata: {
                readonly rule_type: string
                readonly rule_key: string
                readonly variation_key: string
              }
            },
          ]
          readonly events: readonly [{ readonly key: string }]
        },
      ]
    },
  ]
}

/** Only ids of digits are sent, as Optimizely's are. */
function inShort({ body }: SentRequest): string {
  const parsed: Body = JSON.parse(body)
  const [{ attributes, snapshots }] = parsed.visitors
  const [{ decisions, events }] = snapshots
  const [decision] = decisions ?? []
  const { rule_type: type, rule_key: rule, variation_key: variation } = decision?.metadata ?? {}
  const id = decision?.variation_id == null ? '' : `/${decision.variation_id}`
  const what = decision === undefined ? events[0].key : `${type} ${rule} ${variation}${id}`
  return [what, ...attributes.map(({ entity_id: entityId, value }) => `${entityId}=${value}`)].join(' ')
}
