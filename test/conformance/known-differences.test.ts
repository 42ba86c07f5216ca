import { describe, expect, test } from 'vitest'
import type { FlagAnswer, Loaded } from './case.ts'
import { loadEngine } from './engine.ts'
import type { KnownDifference, Outcome } from './known-difference.ts'
import { KNOWN_DIFFERENCES } from './known-differences.ts'
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
  return Object.fromEntries(answer.flags.map((flag) => [flag.flagKey, inShort(flag)]))
}

/** Nobody asked for reasons: only a failure has one. */
function inShort({ variationKey, variables, reasons }: FlagAnswer): string | null {
  if (reasons.length > 0) return 'failed'
  return isEmpty(variables) ? variationKey : `${variationKey} ${JSON.stringify(variables)}`
}

function isEmpty(variables: unknown): boolean {
  return JSON.stringify(variables) === '{}'
}
