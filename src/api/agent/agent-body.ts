import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { UserContext } from '../../engine/index.ts'
import { readJson } from '../../http/body.ts'
import { isLongerThan, REQUEST_LIMITS } from '../decision-request.ts'
import type { AgentFailure } from './agent-failure.ts'

/** Field name to what it has to be, where it is there. */
export type Shape = Readonly<Record<string, (value: JsonValue) => boolean>>

/**
 * Reads the body of a request, of which Go makes a structure: an empty one, and `null`, are one without fields; a field
 * that is `null` is one that is not there; one of another type than `shape` says makes the body malformed.
 */
export async function readAgentBody(
  request: Request,
  shape: Shape,
  limitBytes: number = REQUEST_LIMITS.bodyBytes,
): Promise<Result<JsonObject, AgentFailure>> {
  if (!hasType(request, 'application/json')) return err({ code: 'unsupported_media_type' })
  const body = await readJson(request, limitBytes)
  if (!body.ok) return err({ code: body.error.code })
  const fields = body.value ?? {}
  return isJsonObject(fields) && hasShape(fields, shape) ? ok(fields) : err({ code: 'malformed_body' })
}

/** The Agent lets a request without a body pass whatever its type. */
function hasType({ headers, body }: Request, expected: string): boolean {
  return headers.get('Content-Length') === '0' || body === null || contentTypeOf(headers) === expected
}

/** The content type, without parameters, in lower case. */
export function contentTypeOf(headers: Headers): string {
  const [type = ''] = (headers.get('Content-Type') ?? '').split(';', 1)
  return type.trim().toLowerCase()
}

/** Whether all fields that are there, and not `null`, are what the shape says. */
export function hasShape(fields: JsonObject, shape: Shape): boolean {
  return Object.entries(shape).every(([name, isRight]) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    return value === undefined || value === null || isRight(value)
  })
}

export function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string'
}

export function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

export function isTextMap(value: JsonValue | undefined): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && Object.values(value).every(isText)
}

/** The text, or `''`, which is what Go makes of none. */
export function textOf(value: JsonValue | undefined): string {
  return isText(value) ? value : ''
}

/** The fields that say who a user is. */
export const USER_SHAPE: Shape = { userId: isText, userAttributes: isJsonObject }

/** The user that a body of `USER_SHAPE` names. */
export function userOf({ userId, userAttributes }: JsonObject): Result<UserContext, AgentFailure> {
  const id = textOf(userId)
  const refusal = refusalOfUserId(id)
  if (refusal !== null) return err(refusal)
  const attributes = isJsonObject(userAttributes) ? userAttributes : {}
  const limitBytes = REQUEST_LIMITS.attributesBytes
  if (isLongerThan(JSON.stringify(attributes), limitBytes)) return err({ code: 'attributes_too_long', limitBytes })
  return ok({ userId: id, attributes })
}

/** What is wrong with the id of a user; `null`: nothing. */
export function refusalOfUserId(userId: string): AgentFailure | null {
  if (userId === '') return { code: 'missing_user_id' }
  const limitBytes = REQUEST_LIMITS.userIdBytes
  return isLongerThan(userId, limitBytes) ? { code: 'user_id_too_long', limitBytes } : null
}
