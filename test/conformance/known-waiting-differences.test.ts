import { describe, expect, test } from 'vitest'
import {
  KNOWN_WAITING_DIFFERENCES,
  type KnownWaitingDifference,
  type WaitingOutcome,
} from './known-waiting-differences.ts'
import { loadWaitingEngine, loadWaitingOracle } from './waiting.ts'

describe('a known difference of decisions that wait', () => {
  test.each(KNOWN_WAITING_DIFFERENCES)('still is one: $name', async (difference) => {
    const oracle = await outcomeOf(loadWaitingOracle, difference)
    const engine = await outcomeOf(loadWaitingEngine, difference)
    expect({ oracle, engine }).toEqual({ oracle: difference.oracle, engine: difference.engine })
    expect(oracle).not.toEqual(engine)
  })
})

const USUAL_CACHE = { ignore: false, reset: false, invalidateUser: false }

async function outcomeOf(
  load: typeof loadWaitingEngine,
  { datafile, question, bandit }: KnownWaitingDifference,
): Promise<WaitingOutcome> {
  const decide = load(JSON.stringify(datafile), () => bandit)
  if (decide === null) throw new Error('The datafile is refused.')
  try {
    const { flags } = await decide(question, USUAL_CACHE)
    return flags.map(({ flagKey, variationKey, reasons }) => [flagKey, variationKey, reasons.at(-1)])
  } catch {
    return 'threw'
  }
}
