import { parse } from 'parse5'
import { describe, expect, it } from 'vitest'
import { jsonForScript } from '../../src/base/script-text.ts'

describe('S5 JSON in a script', () => {
  it.each([
    '</script>',
    '</SCRIPT\n>',
    '</script ',
    '<!--',
    '<!--<script>',
    '<!-- <script></script> -->',
    '-->',
    ']]>',
    '<![CDATA[',
    '\u2028\u2029',
    '\\u003c/script>',
    '\\',
    '"\'`$x',
    '\0\r\n\t',
    'é日本😀',
    '\ud800',
    '&lt;/script&gt;',
    '__proto__',
  ])('is ASCII, ends no script, and is read as what it was: %j', (text) => {
    const value = { [text]: [text] }
    const json = jsonForScript(value)
    expect(json).toMatch(/^[\x20-\x7e]*$/)
    expect(scriptsIn(`<head><script>${json}</script></head><body>x`)).toEqual([json])
    expect(JSON.parse(json)).toEqual(value)
  })
})

/** The text of each script in a page, as a browser finds them. */
function scriptsIn(page: string): readonly string[] {
  const [root] = parse(page).childNodes.filter((node) => 'tagName' in node)
  const [head] = root?.childNodes ?? []
  if (head === undefined || !('childNodes' in head)) return []
  return head.childNodes.map((script) => {
    const [text] = 'childNodes' in script ? script.childNodes : []
    return text !== undefined && 'value' in text ? text.value : ''
  })
}
