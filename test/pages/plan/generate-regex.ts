import fc from 'fast-check'

/** Regular expressions of every construct that may be accepted; not all of them are. */
export function regexes(): fc.Arbitrary<string> {
  const units = [
    'a',
    'B',
    '1',
    '/',
    '_',
    '.',
    '\\.',
    '\\d',
    '\\W',
    '\\w',
    '[ab]',
    '[^a/]',
    '[A-c]',
    '\\x61',
    '[\\d_]',
    '{',
  ]
  const assertions = ['^', '$', '\\b', '\\B']
  const quantifiers = ['*', '+', '?', '*?', '+?', '??', '{0}', '{2}', '{1,}', '{0,2}', '{1,3}?']
  const { regex } = fc.letrec<{ regex: string; part: string; group: string }>((tie) => ({
    regex: fc.oneof(
      { maxDepth: 3 },
      fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
      fc.array(tie('regex'), { minLength: 2, maxLength: 3 }).map((choices) => choices.join('|')),
    ),
    part: fc.oneof(
      { maxDepth: 3 },
      { arbitrary: fc.constantFrom(...units), weight: 4 },
      { arbitrary: fc.constantFrom(...assertions), weight: 1 },
      {
        arbitrary: fc.tuple(fc.constantFrom(...units), fc.constantFrom(...quantifiers)).map((pair) => pair.join('')),
        weight: 3,
      },
      { arbitrary: tie('group'), weight: 2 },
      { arbitrary: fc.tuple(tie('group'), fc.constantFrom(...quantifiers)).map((pair) => pair.join('')), weight: 2 },
    ),
    group: fc.tuple(fc.constantFrom('(', '(?:'), tie('regex')).map(([open, inner]) => `${open}${inner})`),
  }))
  return regex
}
