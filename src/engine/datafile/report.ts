import type { Issue, IssueCode } from './issue.ts'
import { LIMITS } from './limits.ts'

/** Collects the issues of one datafile while it is read, with the path to where reading stands. */
export interface Report {
  readonly path: (string | number)[]
  readonly errors: Issue[]
  readonly warnings: Issue[]
  /** Issues beyond the limit, by severity. */
  readonly unlisted: { errors: number; warnings: number }
  /** Counted against LIMITS while reading. */
  readonly counts: { rules: number; conditions: number }
}

export function emptyReport(): Report {
  return {
    path: [],
    errors: [],
    warnings: [],
    unlisted: { errors: 0, warnings: 0 },
    counts: { rules: 0, conditions: 0 },
  }
}

/** What is wrong at the place where reading stands, or at `key` below it. */
export interface Finding {
  readonly code: IssueCode
  readonly expected: string
  readonly found: unknown
  readonly key?: string | number
}

/** Reports something that refuses the datafile. */
export function reportError(report: Report, finding: Finding): void {
  if (report.errors.length < LIMITS.issues) report.errors.push(issueAt(report.path, finding))
  else report.unlisted.errors++
}

/** Reports something that the SDKs tolerate. */
export function reportWarning(report: Report, finding: Finding): void {
  if (report.warnings.length < LIMITS.issues) report.warnings.push(issueAt(report.path, finding))
  else report.unlisted.warnings++
}

/** The errors, closed by a count of those that were not listed. */
export function listedErrors({ errors, unlisted }: Report): readonly Issue[] {
  return unlisted.errors === 0 ? errors : [...errors, unlistedIssue(unlisted.errors)]
}

/** The warnings, closed by a count of those that were not listed. */
export function listedWarnings({ warnings, unlisted }: Report): readonly Issue[] {
  return unlisted.warnings === 0 ? warnings : [...warnings, unlistedIssue(unlisted.warnings)]
}

function unlistedIssue(count: number): Issue {
  return { code: 'too_many', path: '', expected: `at most ${LIMITS.issues} issues`, found: `${count} more` }
}

function issueAt(path: readonly (string | number)[], { code, expected, found, key }: Finding): Issue {
  return { code, path: pathText(key === undefined ? path : [...path, key]), expected, found: describe(found) }
}

/** `featureFlags[3].variables[0].key`; names that are no identifiers are quoted: `forcedVariations["a b"]`. */
function pathText(path: readonly (string | number)[]): string {
  return path.map(segmentText).join('').replace(/^\./, '')
}

function segmentText(segment: string | number): string {
  if (typeof segment === 'number') return `[${segment}]`
  return /^[\w$]+$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`
}

const LONGEST_QUOTE = 80

/** A value in a few words: texts are quoted and cut, containers only named. */
function describe(found: unknown): string {
  if (found === undefined) return 'nothing'
  if (found === null) return 'null'
  if (Array.isArray(found)) return `an array of ${found.length}`
  if (typeof found === 'object') return 'an object'
  if (typeof found !== 'string') return `${typeof found} ${String(found)}`
  const cut = found.length > LONGEST_QUOTE ? `${found.slice(0, LONGEST_QUOTE)}…` : found
  return JSON.stringify(cut)
}
