// The parts of CSS that hide characters from whoever looks for separators (source: CSS Syntax Module Level 3, 4.3).
/** Not at the end of another name. */
const URL_NAME = String.raw`(?<![\w@#\-\u0080-\uffff])url`
const BAD = [
  String.raw`\/\*`, // a comment that does not end
  `["']`, // a string that does not, or holds a line end
  String.raw`${URL_NAME}\((?!\s*["'])`, // an address without quotes that holds some
  String.raw`\\[^][\w-]*(?:\s[\w-]*)?\(`, // the name of a function in escapes: it could be url
  String.raw`\\$`, // an escape of whatever comes next
].join('|')
const HIDING = [
  String.raw`\/\*[^]*?\*\/`,
  String.raw`"(?:[^"\\\n\f\r]|\\[^])*"`,
  String.raw`'(?:[^'\\\n\f\r]|\\[^])*'`,
  String.raw`${URL_NAME}\(\s*(?:[^"'()\\\s]|\\[^\n\f\r])*\s*\)`,
].join('|')
const TOKEN = new RegExp(String.raw`(${HIDING})|(${BAD})|(\\[^])|([([{])|([)\]}])|[^"'\\/()[\]{}uU]+|[^]`, 'gi')

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * CSS of the same length in which comments, strings, escapes, addresses, and whatever stands in brackets are blanked
 * out with `_`: what is left of `;`, `:` or `,` separates. `null` where a bracket, string or comment is not closed, or
 * anything else could make a browser see other borders than these.
 */
export function outlineCss(text: string): string | null {
  const open: string[] = []
  let outline = ''
  for (const [token, hiding, bad, escaped, opening, closing] of text.matchAll(TOKEN)) {
    if (bad !== undefined) return null
    if (closing !== undefined && open.pop() !== closing) return null
    const isPlain = open.length === 0 && hiding === undefined && escaped === undefined
    outline += isPlain ? token : '_'.repeat(token.length)
    if (opening !== undefined) open.push(CLOSING[opening] ?? '')
  }
  return open.length === 0 ? outline : null
}
