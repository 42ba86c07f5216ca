/** Any value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object. Its keys are arbitrary: read them with `Object.hasOwn` or after `Object.entries`. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** True for an object that is neither `null` nor an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
