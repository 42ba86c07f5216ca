import fc from 'fast-check'
import type { Question } from './case.ts'
import { type Agreement, type Difference, findDifference } from './compare.ts'
import { datafile } from './generate-datafile.ts'
import { question } from './generate-question.ts'

/** How many users ask of one datafile: reading it costs the SDK more than deciding. */
const MOST_QUESTIONS = 40

/** What a run came to: how many datafiles were read, and the smallest case in which the two sides part, if any. */
export interface Outcome {
  readonly datafiles: number
  readonly failure: Failure | null
}

/** A datafile and a user for which the two sides part, shrunk to the least that shows it. */
export interface Failure {
  readonly seed: number
  readonly datafile: string
  readonly difference: Difference
}

/** Compares both sides on so many generated datafiles, each with users. The same seed gives the same ones. */
export function compareGenerated(
  { seed, datafiles }: { readonly seed: number; readonly datafiles: number },
  agreed: (agreement: Agreement) => void,
): Outcome {
  const run = fc.check(agreeing(agreed), { seed, numRuns: datafiles })
  const [text, questions] = run.counterexample ?? []
  if (text === undefined || questions === undefined) return { datafiles: run.numRuns, failure: null }
  return { datafiles: run.numRuns, failure: failureOf(seed, text, questions) }
}

/** The failure in words, for whoever has to mend it. */
export function describeFailure({ seed, datafile, difference }: Failure): string {
  const { question, oracle, engine } = difference
  return [
    `The engine differs from the SDK (seed ${seed}).`,
    `datafile: ${datafile}`,
    `question: ${fc.stringify(question)}`,
    `the SDK:  ${fc.stringify(oracle)}`,
    `engine:   ${fc.stringify(engine)}`,
  ].join('\n')
}

function agreeing(agreed: (agreement: Agreement) => void) {
  const questions = fc.array(question, { minLength: 1, maxLength: MOST_QUESTIONS, size: 'max' })
  return fc.property(datafile, questions, (text, asked) => findDifference(text, asked, agreed) === null)
}

function failureOf(seed: number, datafile: string, questions: readonly Question[]): Failure {
  const difference = findDifference(datafile, questions, () => {})
  if (difference === null)
    throw new Error('A difference that was found is gone: one side does not answer the same twice.')
  return { seed, datafile, difference }
}
