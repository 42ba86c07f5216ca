import { expect, test } from 'vitest'
import type { JsonValue } from '../../../src/base/json.ts'
import { emptyReport } from '../../../src/engine/index.ts'
import { comparedUrl, compileUrlTest } from '../../../src/pages/plan/match-url.ts'
import { readUrlConditions } from '../../../src/pages/plan/url-condition.ts'
import urlCases from './url-cases.json'

interface UrlCase {
  readonly title: string
  readonly conditions: JsonValue
  readonly matches: readonly string[]
  readonly misses: readonly string[]
}

const cases: readonly UrlCase[] = urlCases

const questions = cases.flatMap(({ title, conditions, matches, misses }) => [
  ...matches.map((url) => ({ title, conditions, url, isAbout: true })),
  ...misses.map((url) => ({ title, conditions, url, isAbout: false })),
])

test.for(questions)('$title: $url $isAbout', ({ conditions, url, isAbout }) => {
  const report = emptyReport()
  const matches = compileUrlTest(readUrlConditions(report, conditions))
  expect(report.errors).toEqual([])
  expect(matches(comparedUrl(url))).toBe(isAbout)
})

test('A page answers the same for a URL that other pages have looked at', () => {
  const about = (value: string) =>
    compileUrlTest(readUrlConditions(emptyReport(), { type: 'url', match: 'exact', value }))
  const url = comparedUrl('https://shop.example/a?b')
  const pages = [
    about('shop.example/a'),
    about('shop.example/a?b'),
    about('shop.example/a?c'),
    about('shop.example/a?b'),
  ]
  expect(pages.map((matches) => matches(url))).toEqual([false, true, false, true])
})
