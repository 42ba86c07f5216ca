/** Audiences: every match type over attributes that users have, in trees as authors and as nobody would write them. */
import fc from 'fast-check'
import { audienceId, jsonText, mostly, spelledNumber } from './names.ts'

/** Attribute keys by the type that users mostly give them. */
export const ATTRIBUTES = {
  text: ['country', 'plan', 'toString', 'é'],
  number: ['age', 'score'],
  flag: ['premium', 'beta'],
  version: ['version', 'os'],
} as const

/** Condition values and attribute values come from the same pools, so that they meet. */
export const VALUES = {
  text: fc.constantFrom('fr', 'France', 'de', 'ran', 'é', '', '18', 'true', '\ud83d'),
  number: fc.constantFrom(-5, 0, 1, 18, 18.5, 21, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e300, Number.MIN_VALUE),
  flag: fc.boolean(),
  version: fc.oneof(
    fc.constantFrom(
      '2',
      '2.0',
      '2.0.0',
      '2.1.3',
      '2.1.3-beta',
      '2.1.3-beta.2',
      '2.1.3+5',
      '2.1.3-5',
      '2.1-a+b',
      '10.0',
    ),
    fc.constantFrom('', 'v1', '1..2', '1.2.3.4', '1.2.', ' 2', '2.0-', '2.0+', '-', '2.0-0x1f', '2.0-31', '2.0+b-a'),
    fc.constantFrom('2.1.3-alpha', '2.1.3-beta+7', '02.1', '2.99999999999999999999', '2.1.3+beta', '١.٢'),
  ),
  segment: fc.constantFrom('vip', 'new', '', 'é'),
} as const

const anyValue = fc.oneof(
  VALUES.text,
  VALUES.number,
  VALUES.flag,
  VALUES.version,
  spelledNumber,
  fc.constantFrom<unknown>(null, [], {}, ['fr'], { a: 1 }, '18'),
)

const textCondition = condition(ATTRIBUTES.text, ['exact', 'substring'], VALUES.text)
const numberCondition = condition(
  ATTRIBUTES.number,
  ['exact', 'gt', 'ge', 'lt', 'le'],
  mostly(VALUES.number, spelledNumber, 10),
)
const flagCondition = condition(ATTRIBUTES.flag, ['exact'], VALUES.flag)
const versionCondition = condition(
  ATTRIBUTES.version,
  ['semver_eq', 'semver_gt', 'semver_ge', 'semver_lt', 'semver_le'],
  VALUES.version,
)
/** `toString` is left out: every object has one, and the SDK says that it exists. */
const existsCondition = condition(['country', 'age', 'premium', 'version', 'missing'], ['exists'], anyValue)
const segmentCondition = fc.record(
  {
    type: fc.constant('third_party_dimension'),
    name: fc.constant('odp.audiences'),
    match: mostly(fc.constant('qualified'), fc.constantFrom('exact', '', null)),
    value: mostly(VALUES.segment, anyValue),
  },
  { requiredKeys: ['type'] },
)
const oddCondition = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom('custom_attribute', 'custom_dimension', 'toString', '', 5, null),
      name: fc.constantFrom<unknown>('country', 'age', 'premium', 'missing', 5, null),
      match: fc.constantFrom('exact', 'gt', 'substring', 'semver_eq', 'qualified', 'regex', 'toString', '', null, 5),
      value: anyValue,
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom<unknown>('country', '', 5, true, {}),
)

/** One condition of an audience. */
export const leafCondition: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: textCondition },
  { weight: 5, arbitrary: numberCondition },
  { weight: 2, arbitrary: flagCondition },
  { weight: 5, arbitrary: versionCondition },
  { weight: 2, arbitrary: existsCondition },
  { weight: 3, arbitrary: segmentCondition },
  { weight: 2, arbitrary: oddCondition },
)

/** The conditions of a typed audience, nested up to four deep. */
export const conditions: fc.Arbitrary<unknown> = tree(leafCondition, 4)

/** The audience conditions of a rule: audience ids, known and unknown. */
export const audienceConditions: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: tree(mostly(audienceId, fc.constantFrom<unknown>('a9', 5, null, true), 10), 4) },
  { weight: 1, arbitrary: audienceId },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('', [], null, ['and'], ['or'], ['not'], [[]]) },
)

/** The audience ids of a rule, which older datafiles have alone. */
export const audienceIds: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(mostly(audienceId, fc.constant('a9'), 10), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, '', 'a1') },
)

/** An audience whose conditions are a text of JSON. */
export const audience = fc.record({
  id: audienceId,
  name: fc.constantFrom('Everybody', 'Nobody', ''),
  conditions: conditions.map(jsonText),
})

/** An audience whose conditions are JSON as it is. */
export const typedAudience = fc.record({ id: audienceId, name: fc.constantFrom('Everybody', 'Nobody', ''), conditions })

function condition(
  names: readonly string[],
  matches: readonly string[],
  value: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const fields = {
    type: fc.constant('custom_attribute'),
    name: fc.constantFrom(...names),
    match: fc.constantFrom(...matches),
    value: mostly(value, anyValue, 10),
  }
  const { match: _, ...withoutMatch } = fields
  const whole = fc.record(fields, { requiredKeys: ['type', 'name', 'match'] })
  return matches.includes('exact') ? mostly(whole, fc.record(withoutMatch), 20) : whole
}

function tree(leaf: fc.Arbitrary<unknown>, depth: number): fc.Arbitrary<unknown> {
  if (depth === 0) return leaf
  const operand = fc.oneof(
    { weight: depth === 4 ? 1 : 3, arbitrary: leaf },
    { weight: 2, arbitrary: tree(leaf, depth - 1) },
  )
  const operands = fc.array(operand, { maxLength: 3 })
  const first = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<unknown[]>(['or'], ['and'], ['not']) },
    // Without an operator it is an `or`, of which a first element that is no text is dropped. `null` is left out: both
    // sides refuse it, but the SDK not in an audience that another of its id replaces.
    { weight: 1, arbitrary: fc.constantFrom<unknown[]>([], ['maybe'], ['AND'], [['or']], [5]) },
  )
  return fc.tuple(first, operands).map(([start, rest]) => [...start, ...rest])
}
