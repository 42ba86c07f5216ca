import { beforeAll, describe, expect, test } from 'vitest'
import { compareGenerated, describeFailure, type Outcome } from './property.ts'
import { count, emptyTally, OUTCOMES, type OutcomeName } from './tally.ts'

/**
 * Always the same cases, so that a change fails for what it did itself. New ones are the business of `npm run fuzz`;
 * what that finds comes back here with `TURNOUT_SEED`.
 */
const seed = Number(process.env.TURNOUT_SEED ?? 20_261_124)
const DATAFILES = 3_600

describe('the engine decides as the SDK does', () => {
  const tally = emptyTally()
  let outcome: Outcome

  beforeAll(() => {
    outcome = compareGenerated({ seed, datafiles: DATAFILES }, (agreement) => count(tally, agreement))
  }, 300_000)

  test(`for generated datafiles and users (seed ${seed})`, () => {
    expect(outcome.failure === null ? 'no difference' : describeFailure(outcome.failure)).toBe('no difference')
  })

  test('in at least 100,000 decisions', () => {
    expect(tally.decisions).toBeGreaterThanOrEqual(100_000)
  })

  test.each(Object.keys(OUTCOMES) as OutcomeName[])('also where %s', (name) => {
    expect(tally.outcomes.get(name) ?? 0).toBeGreaterThanOrEqual(20)
  })

  test('also where both refuse a datafile, and where the SDK throws', () => {
    expect(tally.refused).toBeGreaterThanOrEqual(20)
    expect(tally.threw).toBeGreaterThanOrEqual(20)
  })
})
