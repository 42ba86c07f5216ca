import fc from 'fast-check'
import { check } from 'recheck'
import { expect, test } from 'vitest'
import { checkRegexes, regexesOf } from '../../src/cli/check-regexes.ts'
import { compileRegex } from '../../src/pages/plan/linear-regex.ts'
import { regexes } from '../pages/plan/generate-regex.ts'
import { acceptedRegexes } from '../pages/plan/regexes.ts'

test('Regular expressions are found wherever conditions hold them, with their paths', () => {
  const regex = (value: string) => ({ type: 'url', match: 'regex', value })
  const pages = [
    { id: 'p1', conditions: regex('a') },
    { id: 'p2', conditions: ['and', { type: 'url', match: 'exact', value: 'b' }, ['not', regex('c')]] },
    { id: 'p3' },
    'p4',
  ]
  expect(regexesOf(pages)).toEqual([
    { path: 'pages[0].conditions.value', source: 'a' },
    { path: 'pages[1].conditions[2][1].value', source: 'c' },
  ])
  expect([regexesOf(undefined), regexesOf({})]).toEqual([[], []])
})

test('What takes exponential time is reported with its place, and what JavaScript alone is slow at is not', async () => {
  const issues = await checkRegexes([
    { path: 'pages[0].conditions.value', source: '^(a+)+$' },
    { path: 'pages[1].conditions.value', source: 'a.*b' },
    { path: 'pages[2].conditions.value', source: '^https://shop\\.example/$' },
  ])
  expect(issues).toEqual([
    expect.objectContaining({ code: 'malformed_value', path: 'pages[0].conditions.value', found: '"^(a+)+$"' }),
  ])
})

test.for(acceptedRegexes)('A full checker finds nothing exponential in %s', async ([source]) => {
  expect(await complexityOf(source)).not.toBe('exponential')
})

test('A full checker finds nothing exponential in whatever is accepted', async () => {
  await fc.assert(
    fc.asyncProperty(regexes(), async (source) => {
      fc.pre(compileRegex(source).ok)
      expect(await complexityOf(source)).not.toBe('exponential')
    }),
    { numRuns: 60 },
  )
})

async function complexityOf(source: string): Promise<string> {
  const opinion = await check(source, 'i', { timeout: 10_000 })
  return opinion.status === 'unknown' ? 'unknown' : opinion.complexity.type
}
