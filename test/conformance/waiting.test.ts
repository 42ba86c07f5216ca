import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CacheUse } from '../../src/remote/predictor.ts'
import type { Question } from './case.ts'
import { datafile } from './generate-datafile.ts'
import { question } from './generate-question.ts'
import { type Endpoint, loadWaitingEngine, loadWaitingOracle, type WaitingAnswer } from './waiting.ts'

const seed = Number(process.env.TURNOUT_SEED ?? 20_261_124)

const cacheUse: fc.Arbitrary<CacheUse> = fc.record({
  ignore: fc.constantFrom(false, false, true),
  reset: fc.constantFrom(false, false, false, true),
  invalidateUser: fc.constantFrom(false, false, false, true),
})

/** More bandits than the other comparisons have, as they are what this one is about. */
const banditDatafile = datafile.map((text) =>
  text.replaceAll('"status":"Running"', '"status":"Running","cmab":{"trafficAllocation":9000,"attributeIds":["1"]}'),
)

/** Variations that there are, some that there are not, and all that can go wrong. */
const ANSWERS = ['v1', 'v2', 'v3', 'v4', 'v5', 'v11', 'v12', 'nowhere', 7].map((variationId) => ({
  status: 200,
  body: JSON.stringify({ predictions: [{ variation_id: variationId }] }),
}))
const FAILURES = [
  { status: 500, body: '' },
  { status: 200, body: 'no JSON' },
  { status: 200, body: '{"predictions":[]}' },
  { status: 200, body: '{"predictions":[{"variation_id":""}]}' },
]

const endpoint: Endpoint = (url, body) => {
  const text = url + body.replace(/"cmabUUID":"[^"]*"/, '')
  let sum = 0
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 100_003
  const all = [...ANSWERS, ...ANSWERS, ...FAILURES]
  return all[sum % all.length] ?? FAILURES[0] ?? { status: 500, body: '' }
}

beforeEach(() => {
  // The SDK waits before it asks again: here no time passes.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.setTimerTickMode('nextTimerAsync')
})
afterEach(() => {
  vi.useRealTimers()
})

test(`decisions with contextual bandits are those of the SDK when it waits (seed ${seed})`, async () => {
  const tally = { answers: 0, predicted: 0, failed: 0 }
  const asked = fc.array(fc.tuple(question, cacheUse), { minLength: 1, maxLength: 20, size: 'max' })
  const agree = fc.asyncProperty(fc.oneof(datafile, banditDatafile), asked, async (text, questions) => {
    const sides = loadSides(text)
    for (const [each, anyCache] of sides === null ? [] : questions) {
      // Of these alone there can be no case: see known-waiting-differences.ts, which has the others.
      const cache = { ...anyCache, reset: anyCache.reset && each.ask.kind === 'one' }
      const ours = await sides?.engine(each, cache)
      // The SDK never answers then, and throws where nobody hears it.
      if (ours === undefined || ours.flags.some(({ reasons: [first = ''] }) => first.startsWith('Group ID'))) return
      const theirs = await sides?.oracle(each, cache)
      expect(compared(ours, each)).toEqual(theirs && compared(theirs, each))
      count(ours)
    }
  })
  await fc.assert(agree, { seed, numRuns: 400 })
  expect(tally.answers).toBeGreaterThan(2_000)
  expect(tally.predicted).toBeGreaterThan(300)
  expect(tally.failed).toBeGreaterThan(100)

  function count({ flags, asked: questions }: WaitingAnswer): void {
    tally.answers += flags.length
    tally.predicted += questions.length
    tally.failed += flags.filter(({ reasons }) => reasons.some((reason) => reason.startsWith('Failed to fetch'))).length
  }
})

/** `null` where a side refuses the datafile, and where the two differ for a known reason. */
function loadSides(text: string) {
  // Of a bandit that does not say which attributes it sees the SDK's question throws; ours shows it none.
  if (/"cmab":\{(?![^}]*"attributeIds")/.test(text)) return null
  const oracle = loadWaitingOracle(text, endpoint)
  const engine = loadWaitingEngine(text, endpoint)
  return oracle === null || engine === null ? null : { oracle, engine }
}

/**
 * Flags of one call share a profile. The SDK begins with all of them at once when it waits, so that no flag sees what another stored,
 * and the engine, as in the SDK's other decisions, lets them: the same variations, with another reason.
 */
function compared(answer: WaitingAnswer, { ask }: Question): WaitingAnswer {
  if (ask.kind === 'one') return answer
  const flags = answer.flags.map((flag) => ({ ...flag, reasons: [] }))
  // Those that failed come first where the SDK decides all, which other comparisons do not hide.
  return { ...answer, flags: flags.sort((a, b) => (a.flagKey < b.flagKey ? -1 : 1)) }
}
