/** Reading `env`: one variable at a time, with everything that is wrong collected. */

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

/** A text of a certain form; `expected` says which. The value itself is shown, so never for a secret. */
export function readFormed<Value>(
  reader: Reader,
  name: string,
  { parse, expected }: { readonly parse: (text: string) => Value | null; readonly expected: string },
): Value | null {
  const text = readText(reader, name)
  if (text === null) return null
  const value = parse(text)
  if (value === null) reader.refuse(name, expected, quoted(text))
  return value
}

/** A secret; anything but visible ASCII could not arrive in a header as it is. */
export function readToken(reader: Reader, name: string): string | null {
  const text = readText(reader, name)
  if (text === null || /^[\x21-\x7e]+$/.test(text)) return text
  reader.refuse(name, 'letters, digits and signs of ASCII, without white space', 'other characters')
  return null
}

/** `on` or `off`. */
export function readSwitch(reader: Reader, name: string, usual: boolean): boolean {
  const text = readText(reader, name)
  if (text === null) return usual
  if (text === 'on' || text === 'off') return text === 'on'
  reader.refuse(name, '"on" or "off"', quoted(text))
  return usual
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

/** A binding of a certain kind, or `null` where there is none. */
export function readBinding<Binding>(
  { value, refuse }: Reader,
  name: string,
  { is, expected }: { readonly is: (value: unknown) => value is Binding; readonly expected: string },
): Binding | null {
  const binding = value(name)
  if (binding === undefined) return null
  if (is(binding)) return binding
  refuse(name, expected, kindOf(binding))
  return null
}

/** What a value is, for a message that must not show it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  return value === null ? 'null' : typeof value
}

/** A text in a message, cut where it is long. Of an address neither who signs in there nor its query is shown: everybody may read it. */
export function quoted(text: string): string {
  const shown = text.replace(/\/\/.*@/s, '//…@').replace(/(\/\/[^?]*\?).+/s, '$1…')
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown)
}
