import { type HeaderFields, JSON_HEADERS } from './headers.ts'

/** An answer in JSON that nobody is to keep. */
export function jsonResponse(value: unknown, status = 200, headers: HeaderFields = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { ...JSON_HEADERS, 'Cache-Control': 'no-store', ...headers },
  })
}
