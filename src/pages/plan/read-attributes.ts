import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { type Report, readOptionalBoolean, reportError, reportWarning } from '../../engine/index.ts'
import { outlineCss } from './css-outline.ts'
import { PAGE_LIMITS } from './limits.ts'
import type { NameAndText, Operation } from './page.ts'
import { readChecked, refuseMoreThan, type TextRule } from './read-field.ts'

const TEXT: TextRule = { expected: 'text without control characters', most: PAGE_LIMITS.htmlUnits }
const HTML: TextRule = { expected: 'HTML without control characters', most: PAGE_LIMITS.htmlUnits }
export const VALUE: TextRule = { expected: 'text without control characters', most: PAGE_LIMITS.valueUnits }
export const DECLARATION: TextRule = {
  expected: 'a CSS value on one line, with its quotes and brackets closed, and no ";", "{" or "}" outside them',
  most: PAGE_LIMITS.valueUnits,
  isValid: isDeclarationValue,
}
const STYLE: TextRule = {
  expected: 'CSS declarations such as "color: red; margin: 0"',
  most: PAGE_LIMITS.valueUnits,
  isValid: (style) => declarationsOf(style) !== null,
}

/** What HTMLRewriter and `setAttribute` both take for a name. */
export const ATTRIBUTE_NAME = /^[a-z_][\w.:-]*$/
export const PROPERTY_NAME = /^(?:--[\w-]+|-?[a-z][a-z-]*)$/
const ADDRESSES = new Set(['href', 'src', 'action', 'formaction'])
const STYLE_END = /<\/style/i

/** The parts of a change while it is read. */
interface Parts {
  removes: boolean
  replacesStyle: boolean
  readonly content: Operation[]
  readonly set: NameAndText[]
  readonly declarations: NameAndText[]
}

/**
 * Reads `attributes` and `css` of a change, in the order in which they are done: an element that is removed has nothing
 * else done to it; then its content, its attributes, its style.
 */
export function readAttributes(report: Report, { attributes, css }: JsonObject): readonly Operation[] {
  const parts: Parts = { removes: false, replacesStyle: false, content: [], set: [], declarations: [] }
  const entries = readNamed(report, attributes, 'attributes')
  report.path.push('attributes')
  for (const [key, value] of entries) (PARTS.get(key) ?? readAttribute)(report, parts, value, key)
  report.path.pop()
  const { removes, replacesStyle, content, set } = parts
  const declarations = [...parts.declarations, ...readDeclarations(report, css)]
  if (removes) return [{ kind: 'remove' }]
  const operations = [...content]
  if (set.length > 0) operations.push({ kind: 'attributes', set })
  if (replacesStyle || declarations.length > 0) {
    operations.push({ kind: 'style', declarations, replaces: replacesStyle })
  }
  return operations
}

const PARTS: ReadonlyMap<string, typeof readAttribute> = new Map([
  ['remove', readRemoval],
  ['hide', readHiding],
  ['text', readNewText],
  ['html', readNewHtml],
  ['style', readStyle],
])

function readRemoval(report: Report, parts: Parts, value: JsonValue, key: string): void {
  if (readOptionalBoolean(report, { [key]: value }, key)) parts.removes = true
}

/** As Optimizely does it: what is hidden keeps its place. */
function readHiding(report: Report, { declarations }: Parts, value: JsonValue, key: string): void {
  if (readOptionalBoolean(report, { [key]: value }, key)) declarations.push(['visibility', 'hidden'])
}

function readNewText(report: Report, { content }: Parts, value: JsonValue, key: string): void {
  const text = readChecked(report, { value, key }, TEXT)
  if (text !== null) content.push({ kind: 'text', text })
}

function readNewHtml(report: Report, { content }: Parts, value: JsonValue, key: string): void {
  const html = readChecked(report, { value, key }, HTML)
  if (html !== null) content.push({ kind: 'html', html })
}

function readStyle(report: Report, parts: Parts, value: JsonValue, key: string): void {
  const style = readChecked(report, { value, key }, STYLE)
  if (style === null) return
  parts.replacesStyle = true
  parts.declarations.unshift(...(declarationsOf(style) ?? []))
}

/**
 * Code in an attribute is let through: whoever writes a datafile may run any code by `custom_code`, so refusing it would
 * protect nobody, and exports with `javascript:void(0)` in them are common. But a page's policy often forbids it.
 */
function readAttribute(report: Report, { set }: Parts, value: JsonValue, key: string): void {
  const name = key.toLowerCase()
  if (name.length > PAGE_LIMITS.nameUnits || !ATTRIBUTE_NAME.test(name)) {
    reportError(report, { code: 'malformed_value', expected: 'names of attributes', found: key })
  }
  const text = readChecked(report, { value, key }, VALUE)
  if (text === null) return
  if (name.startsWith('on') || (ADDRESSES.has(name) && /^\s*javascript:/i.test(text))) {
    const expected = 'code in custom_code: the policy of a page may forbid it here'
    reportWarning(report, { code: 'unknown_value', expected, found: text, key })
  }
  set.push([name, text])
}

function readDeclarations(report: Report, css: JsonValue | undefined): readonly NameAndText[] {
  const declarations: NameAndText[] = []
  const entries = readNamed(report, css, 'css')
  report.path.push('css')
  for (const [key, value] of entries) {
    const name = propertyName(key)
    if (name === null) reportError(report, { code: 'malformed_value', expected: 'CSS properties', found: key })
    const text = readChecked(report, { value, key }, DECLARATION)?.trim()
    if (text && name !== null) declarations.push([name, text])
  }
  report.path.pop()
  return declarations
}

function readNamed(report: Report, value: JsonValue | undefined, key: string): readonly [string, JsonValue][] {
  if (value === undefined || value === null) return []
  if (!isJsonObject(value)) {
    reportError(report, { code: 'wrong_type', expected: 'an object', found: value, key })
    return []
  }
  const entries = Object.entries(value)
  refuseMoreThan(report, { count: entries.length, most: PAGE_LIMITS.parts, what: `names in ${key}` })
  return entries
}

/** `null` for a text that is not declarations. */
function declarationsOf(style: string): readonly NameAndText[] | null {
  const outline = outlineCss(style)
  if (outline === null) return null
  const declarations: NameAndText[] = []
  let start = 0
  for (const part of outline.split(';')) {
    const source = style.slice(start, start + part.length)
    start += part.length + 1
    if (source.trim() === '') continue
    const colon = part.indexOf(':')
    const name = propertyName(source.slice(0, Math.max(colon, 0)).trim())
    const value = source.slice(colon + 1).trim()
    if (name === null || !isDeclarationValue(value)) return null
    if (value !== '') declarations.push([name, value])
  }
  return declarations.length > PAGE_LIMITS.parts ? null : declarations
}

function propertyName(key: string): string | null {
  const name = key.startsWith('--') ? key : key.toLowerCase()
  return name.length <= PAGE_LIMITS.nameUnits && PROPERTY_NAME.test(name) ? name : null
}

/** It may stand in a `style` attribute as well as in a rule of a style sheet, and must leave neither. */
function isDeclarationValue(value: string): boolean {
  const outline = outlineCss(value)
  return outline !== null && !/[;{}]/.test(outline) && !/[\n\f\r]/.test(value) && !STYLE_END.test(value)
}
