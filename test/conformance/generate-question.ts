/** Users and what is asked for them. */
import fc from 'fast-check'
import type { DecideOptions, ForcedDecision, UserContext, UserProfile } from '../../src/engine/index.ts'
import type { Ask, Question } from './case.ts'
import { ATTRIBUTES, VALUES } from './generate-audience.ts'
import { flagKey, mostly, oddVariationId, RULE_IDS, ruleKey, userId, variationId, variationKey } from './names.ts'

/** What only JavaScript can hold, and what no condition can compare. */
const oddValue = fc.constantFrom<unknown>(
  ...[null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e308, 2 ** 53 + 2],
  ...[[], {}, ['fr'], { a: 1 }, 'France', 18, true, '', '18'],
)

function attributesOf(names: readonly string[], value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const attribute = mostly(value, oddValue, 12)
  return fc.record(Object.fromEntries(names.map((name) => [name, attribute])), { requiredKeys: [] })
}

const ids = mostly(variationId, oddVariationId, 15)
const experimentId = fc.constantFrom(...RULE_IDS.slice(0, 10))

const bucketMap = fc.dictionary(
  experimentId,
  mostly(
    fc.record({ variation_id: ids }),
    fc.constantFrom<unknown>({}, { variation_id: 22 }, 'v1', 5, { variation_id: null }),
    10,
  ),
  { maxKeys: 4 },
)

/** Attributes that steer the decision itself; those that do not count as such are among them. */
const control = fc.record(
  {
    $opt_bucketing_id: mostly(userId, fc.constantFrom<unknown>('', 5, null, ['u1']), 15),
    $opt_experiment_bucket_map: mostly(
      bucketMap,
      fc.constantFrom<unknown>(null, 'text', [{ variation_id: 'v1' }], 5, ''),
      10,
    ),
    $opt_user_agent: fc.constant('Mozilla'),
  },
  { requiredKeys: [] },
)

const attributes = fc
  .tuple(
    attributesOf(ATTRIBUTES.text, VALUES.text),
    attributesOf(ATTRIBUTES.number, VALUES.number),
    attributesOf(ATTRIBUTES.flag, VALUES.flag),
    attributesOf(ATTRIBUTES.version, VALUES.version),
    mostly(fc.constant({}), control, 15),
  )
  .map((records): Record<string, unknown> => Object.assign({}, ...records))

const forcedDecision: fc.Arbitrary<ForcedDecision> = fc.record(
  {
    flagKey,
    ruleKey: mostly(ruleKey, fc.constantFrom(null, '$opt_null_rule_key', 'nowhere'), 25),
    variationKey: mostly(variationKey, fc.constantFrom('gone', ''), 12),
  },
  { requiredKeys: ['flagKey', 'variationKey'] },
)

const profile: fc.Arbitrary<UserProfile> = fc
  .array(fc.tuple(experimentId, ids), { maxLength: 4 })
  .map((entries) => new Map(entries))

/** A user in all their parts. */
const user: fc.Arbitrary<UserContext> = fc
  .record({
    userId,
    attributes,
    forcedDecisions: mostly(fc.constant(undefined), fc.array(forcedDecision, { maxLength: 5 }), 20),
    profile: mostly(fc.constant(undefined), profile, 40),
    qualifiedSegments: mostly(fc.array(VALUES.segment, { maxLength: 3 }), fc.constantFrom(null, undefined), 30),
  })
  .map(withoutUndefined)

const options: fc.Arbitrary<DecideOptions> = fc.record({
  includeReasons: mostly(fc.constant(true), fc.constant(false), 15),
  excludeVariables: mostly(fc.constant(false), fc.constant(true), 8),
  enabledFlagsOnly: mostly(fc.constant(false), fc.constant(true), 12),
  ignoreUserProfile: mostly(fc.constant(false), fc.constant(true), 10),
})

const askedKey = mostly(flagKey, fc.constantFrom('nope', '', 'Checkout'), 10)

const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'all' as const }) },
  { weight: 1, arbitrary: askedKey.map((key) => ({ kind: 'one' as const, flagKey: key })) },
  {
    weight: 1,
    arbitrary: fc.array(askedKey, { maxLength: 6 }).map((keys) => ({ kind: 'several' as const, flagKeys: keys })),
  },
)

/** A call of the decide API. */
export const question: fc.Arbitrary<Question> = fc.record({ user, ask, options })

/** An optional field is absent, and not there with the value `undefined`. */
function withoutUndefined({
  forcedDecisions,
  profile,
  qualifiedSegments,
  ...rest
}: {
  userId: string
  attributes: Record<string, unknown>
  forcedDecisions: readonly ForcedDecision[] | undefined
  profile: UserProfile | undefined
  qualifiedSegments: readonly string[] | null | undefined
}): UserContext {
  return {
    ...rest,
    ...(forcedDecisions && { forcedDecisions }),
    ...(profile && { profile }),
    ...(qualifiedSegments !== undefined && { qualifiedSegments }),
  }
}
