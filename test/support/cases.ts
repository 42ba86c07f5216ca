/// <reference types="vite/types/importMeta.d.ts" />
/**
 * The named cases of `datafiles/cases`: a datafile, users, and the decisions they get. They are read as text, in Node
 * as in workerd, because a module made of JSON loses a key `__proto__`. Their format is in `datafiles/cases/README.md`.
 */

/** A file of cases. `name`, which is also fit for an SDK key, is the file's. */
export interface CaseFile {
  readonly name: string
  readonly about: string
  readonly datafile: object
  readonly cases: readonly DecisionCase[]
}

/** One question and its answer. */
export interface DecisionCase {
  readonly name: string
  readonly user: CaseUser
  /** A flag, several, or all (`*`). Reasons are always asked for. */
  readonly ask: string | readonly string[]
  readonly options?: readonly CaseOption[]
  /** What the query API has no parameter for, and the case therefore not over HTTP. */
  readonly engineOnly?: string
  /** The SDK throws, where the engine fails a flag. */
  readonly oracle?: 'throws'
  /** In the order in which they come. */
  readonly expected: readonly ExpectedAnswer[]
  /** With a profile: what is to be saved, `null` for nothing. */
  readonly savedProfile?: Readonly<Record<string, string>> | null
}

export interface CaseUser {
  readonly userId: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly profile?: Readonly<Record<string, string>>
  readonly forcedDecisions?: readonly { flagKey: string; ruleKey?: string; variationKey: string }[]
  readonly qualifiedSegments?: readonly string[] | null
}

export type CaseOption = 'ENABLED_FLAGS_ONLY' | 'EXCLUDE_VARIABLES' | 'IGNORE_USER_PROFILE_SERVICE'

export type ExpectedAnswer = ExpectedDecision | ExpectedFailure

/** In the words of the wire, where `Infinity` is `null`. */
export interface ExpectedDecision {
  readonly flagKey: string
  readonly enabled: boolean
  readonly variationKey: string | null
  readonly ruleKey: string | null
  readonly variables: Readonly<Record<string, unknown>>
  readonly reasons: readonly string[]
}

export interface ExpectedFailure {
  readonly flagKey: string
  readonly failure: 'unknown_flag' | 'unknown_group'
  readonly message: string
}

/** As written: the datafile itself, or the path of a sample from where the file of cases is. */
interface WrittenCaseFile extends Omit<CaseFile, 'name' | 'datafile'> {
  readonly datafile: object | string
}

const texts = import.meta.glob<string>('../../datafiles/cases/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const samples = import.meta.glob<string>('../../datafiles/*.json', { query: '?raw', import: 'default', eager: true })

/** Every file of cases, by name. */
export const CASE_FILES: readonly CaseFile[] = Object.entries(texts).map(([path, text]) => readCaseFile(path, text))

function readCaseFile(path: string, text: string): CaseFile {
  // Files of ours, whose fields test/conformance/cases.test.ts checks.
  const written = JSON.parse(text) as WrittenCaseFile
  return { ...written, name: nameOf(path), datafile: datafileOf(written) }
}

/** `groups` of `../../datafiles/cases/groups.json`. */
function nameOf(path: string): string {
  return path.replace(/^.*\/|\.json$/g, '')
}

function datafileOf({ datafile }: WrittenCaseFile): object {
  if (typeof datafile !== 'string') return datafile
  const sample = samples[datafile.replace(/^\.\.\//, '../../datafiles/')]
  if (sample === undefined) throw new Error(`There is no sample ${datafile}.`)
  return JSON.parse(sample)
}
