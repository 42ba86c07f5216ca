/**
 * Ids, keys and values from pools so small that what refers to something mostly finds it, and that two things
 * often have one key. Names that every object inherits (`toString`) are only where the SDK can bear them: what it
 * makes of them elsewhere is a known difference.
 */
import fc from 'fast-check'

/** In the order in which a datafile's rules get them: each rule has an id of its own. */
export const RULE_IDS: readonly string[] = [
  'e1',
  'e2',
  // A holdout of that id is bound by the group of the experiment.
  'h1',
  '10',
  'e3',
  'é',
  'e4',
  '7',
  'e5',
  '😀',
  'e6',
  '\ud800',
  'e7',
  '',
  'e8',
  '007',
  'e9',
  'a"b\\c',
  'g1',
  'e10',
  'e11',
  'e12',
  '用户',
  'e13',
]

const LONE_SURROGATE = '\udc00x'

export const ruleKey = fc.constantFrom('exp', 'exp', 'test', 'bandit', 'rule', '1', 'ünï', 'toString', '%s', '')
export const variationId = fc.constantFrom('v1', 'v2', 'v3', 'v4', 'v5', '1', '22', 'é', LONE_SURROGATE)
export const oddVariationId = fc.constantFrom('', '$', 'v1', 'v9')
export const variationKey = fc.constantFrom('on', 'off', 'a', 'b', 'c', '1', 'vé')
export const groupId = fc.constantFrom('g1', 'g2', '3')
export const rolloutId = fc.constantFrom('r1', 'r2', '4', 'é')
export const audienceId = fc.constantFrom('a1', 'a2', 'a3', '5', 'a😀')
export const holdoutId = fc.constantFrom('h1', 'h2', 'h3', '6')
export const flagKey = fc.constantFrom('checkout', 'search', 'banner', '2', '10', 'ñandú', 'lone\ud83d')
export const variableId = fc.constantFrom('x1', 'x2', 'x3', '8')
export const variableKey = fc.constantFrom('title', 'price', 'limit', 'toString', '9', 'größe')

/** Experiments hash user id and rule id together, so that the ids of users need not be many. */
export const userId = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8') },
  { weight: 2, arbitrary: fc.nat(9_999).map((index) => `user-${index}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'é', '用户é', '😀', '\ud800x', 'nul\u0000', '__proto__', 'toString', '1'),
  },
)

/** A share of cases, in percent, that have `odd` instead of `usual`. */
export function mostly<Value, Odd>(
  usual: fc.Arbitrary<Value>,
  odd: fc.Arbitrary<Odd>,
  percent = 5,
): fc.Arbitrary<Value | Odd> {
  return fc.oneof({ weight: 100 - percent, arbitrary: usual }, { weight: percent, arbitrary: odd })
}

/** Numbers that JSON texts can hold and JavaScript cannot write: their spelling stands in until the text is made. */
const SPELLED: Readonly<Record<string, string>> = {
  '#1e999': '1e999',
  '#-1e999': '-1e999',
  '#-0': '-0',
  '#2^53+1': '9007199254740993',
  '#1.0': '1.0',
}

/** Stand-ins for numbers, which `jsonText` spells. */
export const spelledNumber = fc.constantFrom(...Object.keys(SPELLED))

/** JSON in which the stand-ins have become numbers. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/"(#[^"]+)"/g, (quoted, name: string) => SPELLED[name] ?? quoted)
}
