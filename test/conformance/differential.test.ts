import { beforeAll, describe, expect, test } from 'vitest'
import { compareGenerated, DAMAGED, describeFailure, type Outcome, VALID } from './property.ts'
import { count, emptyTally, OUTCOMES, type OutcomeName, type Tally } from './tally.ts'

/**
 * Always the same cases, so that a change fails for what it did itself. New ones are the business of `npm run fuzz`;
 * what that finds comes back here with `TURNOUT_SEED`.
 */
const seed = Number(process.env.TURNOUT_SEED ?? 20_261_124)

/** Compares before the tests, which then look at what it came to. */
function comparison(kind: typeof VALID, datafiles: number): { readonly tally: Tally; outcome: Outcome | undefined } {
  const compared = { tally: emptyTally(), outcome: undefined as Outcome | undefined }
  beforeAll(() => {
    compared.outcome = compareGenerated(kind, { seed, datafiles }, (agreement) => count(compared.tally, agreement))
  }, 300_000)
  return compared
}

function inWords(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'nothing compared'
  return outcome.failure === null ? 'no difference' : describeFailure(outcome.failure)
}

describe('the engine decides as the SDK does', () => {
  const compared = comparison(VALID, 3_000)

  test(`for generated datafiles and users (seed ${seed})`, () => {
    expect(inWords(compared.outcome)).toBe('no difference')
  })

  test('in at least 100,000 decisions', () => {
    expect(compared.tally.decisions).toBeGreaterThanOrEqual(100_000)
  })

  test.each(Object.keys(OUTCOMES) as OutcomeName[])('also where %s', (name) => {
    expect(compared.tally.outcomes.get(name) ?? 0).toBeGreaterThanOrEqual(20)
  })

  test('also where both refuse a datafile, and where the SDK throws', () => {
    expect(compared.tally.refused).toBeGreaterThanOrEqual(20)
    expect(compared.tally.threw).toBeGreaterThanOrEqual(20)
  })
})

describe('a datafile with one thing wrong', () => {
  const compared = comparison(DAMAGED, 1_000)

  test(`is refused where the SDK refuses it, and else decided alike (seed ${seed})`, () => {
    expect(inWords(compared.outcome)).toBe('no difference')
  })

  test('is often refused by both, and often loaded by both', () => {
    expect(compared.tally.refused).toBeGreaterThanOrEqual(100)
    expect(compared.tally.decisions).toBeGreaterThanOrEqual(1_000)
  })
})
