/** Headers by name. */
export type HeaderFields = Readonly<Record<string, string>>

/** What every answer with a body carries. */
export const JSON_HEADERS: HeaderFields = {
  'Content-Type': 'application/json; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
}
