import fc from 'fast-check'
import { type Agreement, type Difference, findDifference } from './compare.ts'
import { damagedDatafile, findDamageDifference } from './damage.ts'
import { datafile } from './generate-datafile.ts'
import { question } from './generate-question.ts'

/** Which datafiles are compared, and how. */
export interface Kind {
  readonly datafile: fc.Arbitrary<string>
  readonly findDifference: typeof findDifference
  /** How many users ask of one datafile: reading it costs the SDK more than deciding. */
  readonly mostQuestions: number
}

/** Datafiles that are mostly valid: both sides have to agree in everything. */
export const VALID: Kind = { datafile, findDifference, mostQuestions: 40 }

/** Datafiles with one thing wrong, of which the engine may refuse more than the SDK. */
export const DAMAGED: Kind = {
  datafile: damagedDatafile,
  findDifference: findDamageDifference,
  mostQuestions: 10,
}

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
  kind: Kind,
  { seed, datafiles }: { readonly seed: number; readonly datafiles: number },
  agreed: (agreement: Agreement) => void,
): Outcome {
  const questions = fc.array(question, { minLength: 1, maxLength: kind.mostQuestions, size: 'max' })
  const agreeing = fc.property(kind.datafile, questions, (text, asked) => {
    return kind.findDifference(text, asked, agreed) === null
  })
  const run = fc.check(agreeing, { seed, numRuns: datafiles })
  const [text, asked] = run.counterexample ?? []
  if (text === undefined || asked === undefined) return { datafiles: run.numRuns, failure: null }
  const difference = kind.findDifference(text, asked, () => {})
  if (difference === null)
    throw new Error('A difference is gone when asked again: a side does not answer the same twice.')
  return { datafiles: run.numRuns, failure: { seed, datafile: text, difference } }
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
