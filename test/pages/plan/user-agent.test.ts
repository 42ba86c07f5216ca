import { expect, test } from 'vitest'
import { browserOf, deviceOf, systemOf } from '../../../src/pages/plan/user-agent.ts'
import browsers from './browsers.json'

interface Browser {
  readonly what: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly is: readonly (string | null)[]
}

const cases: readonly Browser[] = browsers

test.for(cases)('Tells $what: $is', ({ headers, is }) => {
  expect(tell(headers)).toEqual(is)
})

const hostile: readonly (readonly [what: string, userAgent: string])[] = [
  ['many Androids', 'Android'.repeat(10_000)],
  ['many spaces', ' '.repeat(100_000)],
  ['many Mobis and no end', `${'Android Mobi '.repeat(10_000)}`],
  ['control characters', '\0\x01\x02'.repeat(10_000)],
]

test.for(hostile)('Reads no further than browsers write: %s', ([, userAgent]) => {
  const before = performance.now()
  tell({ 'user-agent': userAgent, 'sec-ch-ua': userAgent, 'sec-ch-ua-platform': userAgent })
  expect(performance.now() - before).toBeLessThan(100)
})

test('A name far behind what browsers write is not seen', () => {
  expect(tell({ 'user-agent': `${'x'.repeat(600)} Firefox/1` })).toEqual(['other', 'other', 'other'])
})

function tell(headers: Browser['headers']): readonly (string | null)[] {
  const header = (name: string) => headers[name] ?? null
  return [browserOf, systemOf, deviceOf].map((read) => read(header) ?? null)
}
