/** Reading `env`: one variable at a time, with everything that is wrong collected. */
import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts'

/** A binding or variable that cannot be used. Says what was found, but never a secret. */
export interface ConfigIssue {
  readonly name: string
  readonly expected: string
  readonly found: string
}

/** Reads variables by name and collects what is wrong with them. */
export interface Reader {
  value(name: string): unknown
  refuse(name: string, expected: string, found: string): void
}

/** An empty text counts as not set. */
export function readerOf(env: unknown, issues: ConfigIssue[]): Reader {
  const values: Readonly<Record<string, unknown>> = typeof env === 'object' && env !== null ? { ...env } : {}
  return {
    value: (name) => (Object.hasOwn(values, name) && values[name] !== '' ? values[name] : undefined),
    refuse: (name, expected, found) => issues.push({ name, expected, found }),
  }
}

/** A text, or `null` where there is none. */
export function readText({ value, refuse }: Reader, name: string): string | null {
  const text = value(name)
  if (text === undefined) return null
  if (typeof text === 'string') return text
  refuse(name, 'a text', kindOf(text))
  return null
}

/** A form that a text has, and what is said of one that has another. */
export interface Form<Value> {
  /** `null` for a text of another form. */
  readonly parse: (text: string) => Value | null
  readonly expected: string
  /** Said to be found, where the text may be a secret; absent: the text is shown. */
  readonly found?: string
}

/** A text of a certain form. */
export function readFormed<Value>(reader: Reader, name: string, { parse, expected, found }: Form<Value>): Value | null {
  const text = readText(reader, name)
  if (text === null) return null
  const value = parse(text)
  if (value === null) reader.refuse(name, expected, found ?? quoted(text))
  return value
}

/** A secret; anything but visible ASCII could not arrive in a header as it is. */
export function readToken(reader: Reader, name: string): string | null {
  return readFormed(reader, name, {
    parse: (text) => (/^[\x21-\x7e]+$/.test(text) ? text : null),
    expected: 'letters, digits and signs of ASCII, without white space',
    found: 'other characters',
  })
}

/** `on` or `off`. */
export function readSwitch(reader: Reader, name: string, usual: boolean): boolean {
  return readFormed(reader, name, { parse: switched, expected: '"on" or "off"' }) ?? usual
}

function switched(text: string): boolean | null {
  return text === 'on' || text === 'off' ? text === 'on' : null
}

/** What JSON has by name, each read on its own; `null` where one of them, or the whole, is something else. */
export function mapFromJson<Value>(
  text: string,
  parse: (value: JsonValue, name: string) => Value | null,
): ReadonlyMap<string, Value> | null {
  const json = parseJson(text, { maxDepth: 8 })
  if (!json.ok || !isJsonObject(json.value)) return null
  const map = new Map<string, Value>()
  for (const [name, entry] of Object.entries(json.value)) {
    const value = parse(entry, name)
    if (value === null) return null
    map.set(name, value)
  }
  return map
}

/** A whole number, written in digits or given as a number, as `[vars]` allows both. */
export function readCount(
  { value, refuse }: Reader,
  name: string,
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
): number {
  const given = value(name)
  if (given === undefined) return usual
  const count = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given
  if (typeof count === 'number' && Number.isInteger(count) && count >= least && count <= most) return count
  refuse(
    name,
    `a whole number from ${least} to ${most}`,
    typeof given === 'object' ? kindOf(given) : quoted(`${given}`),
  )
  return usual
}

/** A kind of binding. */
export interface Kind<Binding> {
  readonly is: (value: unknown) => value is Binding
  readonly expected: string
  /** Said to be expected where nothing is bound; absent or `null`: nothing need be. */
  readonly needed?: string | null
}

/** A binding of a certain kind, or `null` where there is none. */
export function readBinding<Binding>(
  { value, refuse }: Reader,
  name: string,
  { is, expected, needed = null }: Kind<Binding>,
): Binding | null {
  const binding = value(name)
  if (is(binding)) return binding
  if (binding !== undefined) refuse(name, expected, kindOf(binding))
  else if (needed !== null) refuse(name, needed, 'nothing')
  return null
}

/** Tells bindings by what they can do. */
export function can<Binding>(...methods: readonly (keyof Binding)[]): (value: unknown) => value is Binding {
  return (value): value is Binding =>
    typeof value === 'object' && value !== null && methods.every((method) => method in value)
}

/** What a value is, for a message that must not show it. */
function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value
}

/** A text in a message, cut where it is long. Of an address neither who signs in there nor its query is shown: everybody may read it. */
export function quoted(text: string): string {
  const shown = text.replace(/\/\/.*@/s, '//…@').replace(/(\/\/[^?]*\?).+/s, '$1…')
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown)
}
