import type { JsonValue } from './json.ts'

/**
 * Text that stands inside a `<script>` element of ours as it is: pure ASCII with `\n` line ends, so that no charset and
 * no hash can change it, and without anything that closes the element or opens an HTML comment in it.
 */
export type ScriptText = string & { readonly [scriptText]: true }

declare const scriptText: unique symbol

/** JSON that is also JavaScript, and that can neither close a `<script>` element nor open a comment in it. */
export function jsonForScript(value: JsonValue): ScriptText {
  return jsonTextForScript(JSON.stringify(value))
}

/** The same of JSON that is a text already. */
export function jsonTextForScript(json: string): ScriptText {
  return json.replace(/[<>&]|[^\x20-\x7e]/g, escapeUnit) as ScriptText
}

/**
 * Code of our own, or of a datafile that was accepted, for a `<script>` element: line ends become `\n`. `null` for code
 * with `</script`, `<script` or `<!--` in it, and for code that is not ASCII: how to escape that depends on where it stands.
 */
export function codeForScript(code: string): ScriptText | null {
  const text = code.replace(/\r\n?/g, '\n')
  return /<\/?script|<!--/i.test(text) || /[^\n\t\x20-\x7e]/.test(text) ? null : (text as ScriptText)
}

/** The escape of a character of one unit in a text of JavaScript or JSON. */
export function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
