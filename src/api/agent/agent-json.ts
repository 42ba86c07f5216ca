import { isJsonObject } from '../../base/json.ts'
import { escapeUnit } from '../../base/script-text.ts'
import { JSON_HEADERS } from '../../http/headers.ts'

/** An answer in JSON as the Agent writes it. */
export function respondAgent(value: unknown, status = 200): Response {
  return new Response(agentJson(value), { status, headers: JSON_HEADERS })
}

/** JSON as Go writes it: `<`, `>`, `&` and the line separators of Unicode escaped, and a line feed behind it. */
export function agentJson(value: unknown): string {
  return `${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapeUnit)}\n`
}

/**
 * The same with the keys of its objects sorted, as Go writes maps. Keys that look like array indexes stay in front, by
 * number: JavaScript has no other order for them.
 */
export function goMap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(goMap)
  if (!isJsonObject(value)) return value
  // A key may be `__proto__`: `Object.fromEntries` makes a field of it.
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, goMap(value[key])]))
}
