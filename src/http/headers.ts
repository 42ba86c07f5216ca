/** Headers by name. */
export type HeaderFields = Readonly<Record<string, string>>

/** What every answer with a body carries. Pages of other origins may not embed it, which says nothing of CORS. */
export const JSON_HEADERS: HeaderFields = {
  'Content-Type': 'application/json; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** The same for plain text. */
export const TEXT_HEADERS: HeaderFields = { ...JSON_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' }

/** When to come again. */
export function retryAfter(seconds: number): HeaderFields {
  return { 'Retry-After': String(seconds) }
}
