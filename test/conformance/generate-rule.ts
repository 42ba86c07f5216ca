/** Experiments, delivery rules and holdouts; their ids are given when the datafile is put together. */
import fc from 'fast-check'
import { audienceConditions, audienceIds } from './generate-audience.ts'
import {
  groupId,
  holdoutId,
  mostly,
  oddVariationId,
  RULE_IDS,
  ruleKey,
  spelledNumber,
  userId,
  variableId,
  variationId,
  variationKey,
} from './names.ts'

const status = mostly(fc.constant('Running'), fc.constantFrom<unknown>('Paused', 'Not started', 'running', null), 12)

/** Texts that are cast to the type of a variable, well or badly. */
export const variableText = fc.constantFrom(
  ...['true', 'false', 'TRUE', '', '12', '-3', '12.9abc', '1.5', '1.5x', '1e3', '-0', 'Infinity', ' 7', '0x1f', 'x'],
  ...['{"a":[1,null]}', '[]', '{', '"t"', 'null', '{"__proto__":{"x":1}}', '9007199254740993', '1e999'],
)

const variation = fc.record(
  {
    id: mostly(variationId, oddVariationId, 4),
    key: mostly(variationKey, fc.constant(''), 3),
    featureEnabled: mostly(fc.boolean(), fc.constant(null)),
    variables: mostly(
      fc.array(fc.record({ id: variableId, value: variableText }), { maxLength: 3 }),
      fc.constant(null),
    ),
  },
  { requiredKeys: ['id', 'key'] },
)

interface VariationFields {
  readonly id: string
}

/** Ends as authors have them, and as nobody should: falling, beyond the whole, fractional, infinite. */
const ends: fc.Arbitrary<readonly unknown[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([10_000]) },
  { weight: 4, arbitrary: fc.constantFrom([5_000, 10_000], [3_333, 6_666, 10_000], [0, 10_000], [2_500, 5_000]) },
  { weight: 2, arbitrary: fc.array(fc.nat(10_000), { maxLength: 4 }).map((list) => list.toSorted((a, b) => a - b)) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.oneof(fc.constantFrom<unknown>(-1, 0, 0.5, 5_000.5, 10_001, 1e9, 2 ** 53), spelledNumber, fc.nat(10_000)),
      { maxLength: 4 },
    ),
  },
)

/** Variations, and an allocation that mostly leads to them, at times to nothing, elsewhere, or nowhere. */
const variationsAndTraffic = fc
  .record({
    variations: fc.array(variation, { minLength: 1, maxLength: 3 }),
    ends,
    picks: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
    elsewhere: mostly(fc.constant(null), fc.oneof(fc.constant(''), variationId, fc.constant('v9')), 12),
  })
  .map(({ variations, ends, picks, elsewhere }) => ({
    variations,
    trafficAllocation: ends.map((endOfRange, index) => ({
      entityId: index === 0 && elsewhere !== null ? elsewhere : pick(variations, picks[index] ?? 0),
      endOfRange,
    })),
  }))

function pick(variations: readonly VariationFields[], index: number): string {
  return variations[index % variations.length]?.id ?? ''
}

const cmab = fc.record(
  { trafficAllocation: fc.constantFrom(0, 5_000, 10_000), attributeIds: fc.constantFrom([], ['1']) },
  { requiredKeys: [] },
)

/** At times only what the SDK cannot do without. */
function record<Fields extends Record<string, fc.Arbitrary<unknown>>>(
  required: Fields,
  optional: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  const all = { ...required, ...optional }
  return mostly(fc.record(all), fc.record(all, { requiredKeys: Object.keys(required) }), 15)
}

const audienceFields = {
  audienceIds,
  audienceConditions: mostly(fc.constant(undefined), audienceConditions, 45),
}

const whitelist = fc
  .array(fc.tuple(userId, mostly(variationKey, fc.constantFrom('gone', ''), 20)), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries))

const experimentFields = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  { weight: 6, arbitrary: fc.record({ type: fc.constantFrom('ab', 'mab', 'cmab', 'td', 'fr', 'fr', null) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cmab'), cmab }) },
  { weight: 1, arbitrary: fc.record({ cmab: fc.constantFrom(null, undefined) }) },
)

/** An experiment without its id. */
export const experiment: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    record(
      { key: ruleKey },
      {
        layerId: fc.constantFrom('l1', ''),
        status,
        forcedVariations: mostly(fc.constant({}), whitelist, 25),
        groupId: mostly(fc.constant(undefined), fc.oneof(groupId, fc.constantFrom<unknown>('', null, 'g9')), 6),
        ...audienceFields,
      },
    ),
    variationsAndTraffic,
    experimentFields,
  )
  .map(([fields, traffic, more]) => ({ ...fields, ...traffic, ...more }))

/** A rule of a rollout without its id. */
export const deliveryRule: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    record(
      { key: ruleKey },
      {
        layerId: fc.constantFrom('l1', ''),
        status,
        forcedVariations: fc.constant({}),
        groupId: mostly(fc.constant(undefined), fc.oneof(groupId, fc.constant('g9')), 2),
        type: mostly(fc.constant(undefined), fc.constantFrom('td', 'fr'), 10),
        cmab: mostly(fc.constant(undefined), cmab, 3),
        ...audienceFields,
      },
    ),
    variationsAndTraffic,
  )
  .map(([fields, traffic]) => ({ ...fields, ...traffic }))

/** A holdout; as a local one it names the rules that it holds out. */
export const holdout: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    record(
      { id: holdoutId, key: ruleKey },
      {
        status,
        excludeTargetedDeliveries: fc.constantFrom(true, false, undefined),
        includedRules: mostly(
          fc.array(fc.constantFrom(...RULE_IDS), { maxLength: 8 }),
          fc.constantFrom<unknown>(null, 'e1', [7]),
        ),
        cmab: mostly(fc.constant(undefined), cmab, 3),
        ...audienceFields,
      },
    ),
    variationsAndTraffic,
    fc.constantFrom(0, 500, 2_000, 5_000, 10_000),
  )
  .map(([fields, { variations, trafficAllocation }, most]) => ({
    ...fields,
    variations,
    // Most of the traffic has to get past it for the rest of a datafile to matter.
    trafficAllocation: trafficAllocation.map((range) => ({
      ...range,
      endOfRange: typeof range.endOfRange === 'number' ? Math.min(range.endOfRange, most) : range.endOfRange,
    })),
  }))
