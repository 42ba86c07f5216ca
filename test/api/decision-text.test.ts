import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecisionRequest } from '../../src/api/decision-request.ts'
import { decisionsText } from '../../src/api/decision-text.ts'
import { decisionJson } from '../../src/api/decisions.ts'
import type { Decision } from '../../src/engine/index.ts'

const key = fc.string({ unit: 'binary', maxLength: 12 })
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })
const json = fc.jsonValue({ maxDepth: 3 })
const object = fc.dictionary(key, json, { maxKeys: 4 }) as fc.Arbitrary<DecisionRequest['attributes']>

const decided = fc.record({
  kind: fc.constant('decided' as const),
  flagKey: key,
  enabled: fc.boolean(),
  variationKey: orNull(key),
  ruleKey: orNull(key),
  variables: object,
  reasons: fc.array(key, { maxLength: 3 }),
  evidence: fc.constant({ source: 'rollout' as const, rule: null, variation: null, holdout: null }),
}) as fc.Arbitrary<Decision>

const failed: fc.Arbitrary<Decision> = key.map((flagKey) => ({
  kind: 'failed' as const,
  flagKey,
  enabled: false as const,
  variationKey: null,
  ruleKey: null,
  variables: {},
  reasons: [],
  failure: { code: 'unknown_flag' as const, message: `No flag ${flagKey}` },
})) as fc.Arbitrary<Decision>

const asked = fc.record({ userId: key, attributes: object, isList: fc.constant(true) }) as fc.Arbitrary<DecisionRequest>

describe('the text of decisions', () => {
  it('is that of their JSON, to the order of its fields, the first time and again', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(decided, failed), { maxLength: 4 }), asked, (decisions, request) => {
        const expected = JSON.stringify(decisions.map((decision) => decisionJson(decision, request)))
        expect(decisionsText(decisions, request)).toBe(expected)
        expect(decisionsText(decisions, request)).toBe(expected)
      }),
    )
  })

  it('is an object for one that is no list', () => {
    fc.assert(
      fc.property(fc.oneof(decided, failed), asked, (decision, request) => {
        const expected = JSON.stringify(decisionJson(decision, request))
        expect(decisionsText([decision], { ...request, isList: false })).toBe(expected)
      }),
    )
  })
})
