import { escapeUnit } from '../../base/script-text.ts'

/**
 * JavaScript in ASCII that means the same. Characters become escapes, which strings, templates, regular expressions and
 * names know; blanks outside of strings and comments become their ASCII kind. What comes out otherwise: `String.raw`
 * sees the escape, a raw blank in a regular expression becomes a space, and a name with a character beyond U+FFFF is no
 * name any more. Such code then fails alone, in a script element of its own.
 */
export function asciiCode(code: string): string {
  return code
    .replace(/\r\n?/g, '\n')
    .replace(TOKEN, (token: string, blank: string | undefined, end: string | undefined) => {
      if (blank !== undefined) return ' '
      return end === undefined ? escapeAll(token) : '\n'
    })
}

/** A string, template or comment as a whole, in which a blank is a character like others; else a blank, or a line end. */
const TOKEN =
  /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`|\/\/.*|\/\*[\s\S]*?\*\/|([\v\f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff])|([\u2028\u2029])|[^\n\t -~]/g

function escapeAll(text: string): string {
  return text.replace(/(\\*)([^\n\t -~])/g, (_, slashes: string, unit: string) => {
    // After a lone backslash the character stands for itself, and so does its escape, which takes the backslash.
    const before = slashes.length % 2 === 1 ? slashes.slice(1) : slashes
    return before + escapeUnit(unit)
  })
}
