import fc from 'fast-check'
import type { EventQuestion, Sent } from './event-case.ts'
import { loadEventEngine } from './event-engine.ts'
import { loadEventOracle } from './event-oracle.ts'
import { eventDatafile, eventQuestion } from './generate-event.ts'

/** What both sides sent alike. */
export interface EventAgreement {
  readonly asked: EventQuestion
  readonly sent: Sent
}

interface EventDifference {
  readonly asked: EventQuestion | null
  readonly oracle: unknown
  readonly ours: unknown
}

/** The first difference; `agreed` hears of everything before it. */
function findEventDifference(
  datafile: string,
  questions: readonly EventQuestion[],
  agreed: (agreement: EventAgreement) => void,
): EventDifference | null {
  const oracle = loadEventOracle(datafile)
  const ours = loadEventEngine(datafile)
  if (oracle.kind === 'refused' || ours.kind === 'refused') {
    return oracle.kind === ours.kind ? null : { asked: null, oracle, ours }
  }
  for (const asked of questions) {
    const theirs = oracle.send(asked)
    const own = ours.send(asked)
    // Where the SDK throws nothing of it counts there: a known difference. Which flags fail is compared with the decisions.
    if (theirs.kind === 'sent' && JSON.stringify(theirs) !== JSON.stringify(own)) {
      return { asked, oracle: theirs, ours: own }
    }
    agreed({ asked, sent: theirs })
  }
  return null
}

/** Compares what is sent for generated datafiles. `null`: it is the same; else the least case in which it is not, in words. */
export function compareSent(
  { seed, datafiles }: { readonly seed: number; readonly datafiles: number },
  agreed: (agreement: EventAgreement) => void,
): string | null {
  const questions = fc.array(eventQuestion, { minLength: 1, maxLength: 40, size: 'max' })
  const agreeing = fc.property(eventDatafile, questions, (text, asked) => {
    return findEventDifference(text, asked, agreed) === null
  })
  const { counterexample } = fc.check(agreeing, { seed, numRuns: datafiles })
  if (counterexample === null) return null
  const [datafile, asked] = counterexample
  const { asked: question, oracle, ours } = findEventDifference(datafile, asked, () => {}) ?? {}
  return [
    `What is sent differs from the SDK (seed ${seed}).`,
    `datafile: ${datafile}`,
    `question: ${fc.stringify(question)}`,
    `the SDK:  ${fc.stringify(oracle)}`,
    `ours:     ${fc.stringify(ours)}`,
  ].join('\n')
}
