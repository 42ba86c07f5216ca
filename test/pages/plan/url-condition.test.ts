import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../../src/base/json.ts'
import { emptyReport, type Issue } from '../../../src/engine/index.ts'
import { readUrlConditions } from '../../../src/pages/plan/url-condition.ts'

const url = (match: JsonValue, value: JsonValue) => ({ type: 'url', match, value })
const home = url('simple', 'https://shop.example/')

describe('What refuses a datafile', () => {
  const refused: readonly (readonly [what: string, conditions: JsonValue, issue: Partial<Issue>])[] = [
    ['a text of conditions', '["and"]', { code: 'wrong_type', path: 'conditions' }],
    ['a number', 1, { code: 'wrong_type', path: 'conditions' }],
    ['a text for a condition', ['and', 'home'], { code: 'wrong_type', path: 'conditions[1]' }],
    ['an operator that is none', ['xor', home], { code: 'malformed_value', path: 'conditions[0]', found: '"xor"' }],
    ['a list without an operator', [home, home], { code: 'malformed_value', path: 'conditions[0]' }],
    ['two conditions after "not"', ['not', home, home], { code: 'too_many', path: 'conditions' }],
    ['a value that is missing', { type: 'url', match: 'simple' }, { code: 'missing', path: 'conditions.value' }],
    ['a value that is no text', url('regex', 1), { code: 'wrong_type', path: 'conditions.value' }],
    ['an empty URL', url('simple', ''), { code: 'malformed_value', expected: 'a URL with its host' }],
    ['an empty part of a URL', url('substring', ' '), { code: 'malformed_value', expected: 'a part of a URL' }],
    ['a part that is all ours', url('substring', '?turnout_a=1'), { code: 'malformed_value' }],
    ['an empty regular expression', url('regex', ''), { expected: 'a regular expression: not an empty one' }],
    ['a URL without its host', url('exact', '/sale'), { expected: 'a URL with its host', found: '"/sale"' }],
    ['a URL of another scheme', url('simple', 'ftp://shop.example/'), { expected: 'a URL with its host' }],
    ['a URL with a host that cannot be', url('simple', 'https://a b/'), { expected: 'a URL with its host' }],
    [
      'a regular expression that is none, wherever it is',
      ['or', home, ['not', url('regex', '(')]],
      {
        path: 'conditions[2][1].value',
        expected: 'a regular expression: a valid one (Unterminated group)',
        found: '"("',
      },
    ],
    [
      'a regular expression that could take long',
      url('regex', '(a+)+$'),
      { expected: 'a regular expression: no repeated group that holds a repetition or an alternation' },
    ],
    [
      'a regular expression that is too long',
      url('regex', 'a'.repeat(257)),
      { expected: 'a regular expression: at most 256 characters' },
    ],
  ]

  test.for(refused)('%s', ([, conditions, issue]) => {
    expect(read(conditions).errors).toEqual([expect.objectContaining(issue)])
  })

  test('conditions that nest too deep', () => {
    let conditions: JsonValue = home
    for (let depth = 0; depth < 200; depth++) conditions = ['and', conditions]
    expect(read(conditions).errors).toEqual([expect.objectContaining({ code: 'too_deep' })])
  })

  test('more conditions than one request could be compared with, reported once', () => {
    const conditions = ['or', ...new Array<JsonValue>(10_100).fill(home)]
    expect(read(conditions).errors).toEqual([expect.objectContaining({ code: 'too_many', found: 'number 10001' })])
  })

  test('more steps of regular expressions than one request could take', () => {
    const conditions = ['or', ...new Array<JsonValue>(60).fill(url('regex', 'a{200}'))]
    expect(read(conditions).errors).toEqual([expect.objectContaining({ code: 'too_many' })])
  })
})

describe('What is odd and matches nothing', () => {
  const odd: readonly (readonly [what: string, conditions: JsonValue | undefined, issue: Partial<Issue>])[] = [
    ['no conditions', undefined, { code: 'missing', path: 'conditions' }],
    ['conditions that are null', null, { code: 'missing' }],
    ['an empty list', [], { code: 'missing' }],
    ['an operator alone', ['or'], { code: 'missing', expected: 'conditions after "or"' }],
    [
      'another type of condition',
      { type: 'custom_tag', value: 'x' },
      { code: 'unknown_value', path: 'conditions.type' },
    ],
    ['another type of match', url('glob', '*'), { code: 'unknown_value', path: 'conditions.match', found: '"glob"' }],
    ['a name that every object inherits', url('constructor', 'x'), { code: 'unknown_value' }],
    ['another type that has no value', { type: 'custom_tag' }, { code: 'unknown_value', path: 'conditions.type' }],
    ['no match at all', { type: 'url', value: 'x' }, { code: 'unknown_value', path: 'conditions.match' }],
  ]

  test.for(odd)('%s', ([, conditions, issue]) => {
    const { errors, warnings } = read(conditions)
    expect(errors).toEqual([])
    expect(warnings).toEqual([expect.objectContaining(issue)])
  })
})

test('What reads well is reported nowhere, and leaves the path as it was', () => {
  const report = read(['and', ['or', home, url('exact', 'shop.example/a?b')], ['not', url('regex', 'a.*b')]])
  expect(report).toMatchObject({ path: ['conditions'], errors: [], warnings: [] })
})

function read(conditions: JsonValue | undefined) {
  const report = emptyReport()
  report.path.push('conditions')
  readUrlConditions(report, conditions)
  return report
}
