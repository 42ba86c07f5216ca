import { describe, expect, test } from 'vitest'
import type { FlagAnswer, Loaded } from './case.ts'
import { loadEngine } from './engine.ts'
import { KNOWN_DIFFERENCES, type KnownDifference, type Outcome } from './known-differences.ts'
import { loadOracle } from './oracle.ts'

describe('a known difference', () => {
  test.each(KNOWN_DIFFERENCES)('still is one: $name', (difference) => {
    const oracle = outcomeOf(loadOracle, difference)
    const engine = outcomeOf(loadEngine, difference)
    expect({ oracle, engine }).toEqual({ oracle: difference.oracle, engine: difference.engine })
    expect(oracle).not.toEqual(engine)
  })
})

function outcomeOf(load: (datafile: string) => Loaded, { datafile, question }: KnownDifference): Outcome {
  const loaded = load(JSON.stringify(datafile))
  if (loaded.kind === 'refused') return 'refused'
  const answer = loaded.decide(question)
  if (answer.kind === 'threw') return 'threw'
  return Object.fromEntries(answer.flags.map((flag) => [flag.flagKey, isFailed(flag) ? 'failed' : flag.variationKey]))
}

/** Nobody asked for reasons: only a failure has one. */
function isFailed({ reasons }: FlagAnswer): boolean {
  return reasons.length > 0
}
