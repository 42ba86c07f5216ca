/** Statuses whose answers have no body, and may not be given one. */
const WITHOUT_BODY = new Set([101, 204, 205, 304])

/** The same answer with headers that can be changed; a WebSocket stays with it. */
export function copyResponse(response: Response): Response {
  return new Response(WITHOUT_BODY.has(response.status) ? null : response.body, response)
}
