/**
 * One thing that is wrong, or odd, in a datafile.
 *
 * `path` names the place in the datafile's own words (`experiments[3].variations[0].id`),
 * `expected` and `found` say what should have been there and what was.
 */
export interface Issue {
  readonly code: IssueCode
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** Why an issue was raised. Errors refuse the datafile, warnings describe what the SDKs tolerate. */
export type IssueCode =
  | 'wrong_type'
  | 'missing'
  | 'unsupported_version'
  | 'malformed_json'
  | 'duplicate_id'
  | 'duplicate_key'
  | 'dangling_id'
  | 'unsorted_allocation'
  | 'unknown_value'
  /** The right type, but not what it has to spell: a selector, a URL, a style sheet, a regular expression. */
  | 'malformed_value'
  | 'too_many'
  | 'too_deep'
