import type { Answer, Decider, FlagAnswer, Question } from './case.ts'
import { loadEngine } from './engine.ts'
import { loadOracle } from './oracle.ts'

/** Where the two sides part: what was asked, and what each of them says. */
export interface Difference {
  readonly question: Question | null
  readonly oracle: unknown
  readonly engine: unknown
}

/** What both sides said alike. */
export type Agreement =
  | { readonly kind: 'both-refused' }
  | { readonly kind: 'answered'; readonly question: Question; readonly answer: Extract<Answer, { kind: 'answered' }> }
  /** The SDK throws at some of the flags; the engine fails these, and decides the rest as the SDK does without them. */
  | { readonly kind: 'threw'; readonly question: Question; readonly failed: readonly FlagAnswer[] }

/**
 * Loads a datafile on both sides and asks both. The first difference is returned; `agreed` hears of everything
 * before it.
 */
export function findDifference(
  datafile: string,
  questions: readonly Question[],
  agreed: (agreement: Agreement) => void,
): Difference | null {
  const oracle = loadOracle(datafile)
  const engine = loadEngine(datafile)
  if (oracle.kind === 'refused' || engine.kind === 'refused') {
    if (oracle.kind !== engine.kind) return { question: null, oracle, engine }
    agreed({ kind: 'both-refused' })
    return null
  }
  for (const question of questions) {
    const difference = ask({ oracle: oracle.decide, engine: engine.decide }, question, agreed)
    if (difference !== null) return difference
  }
  return null
}

interface Sides {
  readonly oracle: Decider
  readonly engine: Decider
}

function ask(sides: Sides, question: Question, agreed: (agreement: Agreement) => void): Difference | null {
  const oracle = sides.oracle(question)
  const engine = sides.engine(question)
  const difference = { question, oracle, engine }
  if (engine.kind === 'threw') return difference
  if (oracle.kind === 'threw') return askWithoutFailures(sides, question, agreed)
  if (!isSame(oracle, engine)) return difference
  agreed({ kind: 'answered', question, answer: oracle })
  return null
}

/**
 * The known difference of decisions: where the SDK throws, the engine has to fail the flags at which it does, and
 * no others, and to decide the others as the SDK does when it is asked for them alone.
 */
function askWithoutFailures(
  sides: Sides,
  question: Question,
  agreed: (agreement: Agreement) => void,
): Difference | null {
  const engine = sides.engine(question)
  if (engine.kind === 'threw') return { question, oracle: null, engine }
  const failed = engine.flags.filter(isUnknownGroup)
  const wronglyFailed = failed.find(({ flagKey }) => alone(sides.oracle, question, flagKey).kind !== 'threw')
  if (wronglyFailed !== undefined || failed.length === 0) {
    return { question, oracle: wronglyFailed === undefined ? 'threw' : 'answered', engine }
  }
  const served = engine.flags.filter((flag) => !isUnknownGroup(flag))
  const rest = sides.oracle({ ...question, ask: { kind: 'several', flagKeys: keysWithout(sides, question, failed) } })
  if (!isSame(rest, { ...engine, flags: served })) return { question, oracle: rest, engine }
  agreed({ kind: 'threw', question, failed })
  return null
}

function alone(oracle: Decider, question: Question, flagKey: string): Answer {
  return oracle({ ...question, ask: { kind: 'one', flagKey } })
}

function keysWithout(sides: Sides, question: Question, failed: readonly FlagAnswer[]): readonly string[] {
  const failedKeys = new Set(failed.map(({ flagKey }) => flagKey))
  return askedKeys(sides.engine, question).filter((key) => !failedKeys.has(key))
}

function askedKeys(engine: Decider, { user, ask }: Question): readonly string[] {
  switch (ask.kind) {
    case 'one':
      return [ask.flagKey]
    case 'several':
      return ask.flagKeys
    case 'all': {
      const answer = engine({ user, ask, options: {} })
      return answer.kind === 'answered' ? answer.flags.map(({ flagKey }) => flagKey) : []
    }
  }
}

const UNKNOWN_GROUP = /^Group ID .* is not in datafile\.$/s

function isUnknownGroup({ enabled, variationKey, reasons }: FlagAnswer): boolean {
  return !enabled && variationKey === null && reasons.length === 1 && UNKNOWN_GROUP.test(reasons[0] ?? '')
}

/** Equal in every value and in the order of keys; `0` is not `-0`. */
export function isSame(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Object.is(left, right)
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const entries = Object.entries(left)
  const others = Object.entries(right)
  if (entries.length !== others.length) return false
  return entries.every(([key, value], index) => {
    const [otherKey, other] = others[index] ?? []
    return key === otherKey && isSame(value, other)
  })
}
