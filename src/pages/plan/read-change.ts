import { isJsonObject, type JsonObject } from '../../base/json.ts'
import { type Report, readOptionalBoolean, readTexts, reportError, reportWarning } from '../../engine/index.ts'
import { anonymousUrl } from '../../http/anonymous-url.ts'
import { outlineCss } from './css-outline.ts'
import { PAGE_LIMITS } from './limits.ts'
import type { Operation, Position } from './page.ts'
import type { Change, Effect } from './page-fields.ts'
import { readAttributes } from './read-attributes.ts'
import { readChecked, refuseMoreThan, type TextRule } from './read-field.ts'
import { isSelector } from './selector-syntax.ts'

export const SELECTOR: TextRule = {
  expected: 'a CSS selector of elements',
  most: PAGE_LIMITS.selectorUnits,
  isValid: isSelector,
}
export const HTML: TextRule = { expected: 'HTML without control characters', most: PAGE_LIMITS.htmlUnits }
const IMAGE: TextRule = { expected: 'the address of an image', most: PAGE_LIMITS.destinationUnits, isValid: isNotBlank }
export const CSS: TextRule = {
  expected: 'CSS with its brackets, quotes and comments closed, and without "</style"',
  most: PAGE_LIMITS.cssUnits,
  isValid: (css) => !/<\/style/i.test(css) && outlineCss(css) !== null,
}
/** What could end the `<script>` that the code stands in, or keep it from ending (HTML, 4.12.1.3). */
export const CODE: TextRule = {
  expected: 'JavaScript without "</script", "<script" or "<!--"',
  most: PAGE_LIMITS.codeUnits,
  isValid: (code) => !/<\/?script|<!--/i.test(code),
}
const DESTINATION: TextRule = {
  expected: 'an absolute http or https URL without a user name',
  most: PAGE_LIMITS.destinationUnits,
  isValid: (text) => destinationOf(text) !== null,
}
const TYPE: TextRule = { expected: 'a type of change', most: PAGE_LIMITS.nameUnits }

type ReadEffect = (report: Report, object: JsonObject) => Effect | null

const EFFECTS: ReadonlyMap<string, ReadEffect> = new Map([
  ['attribute', (report, object) => dom(report, object, readAttributes(report, object))],
  ['insert_html', readInsertion],
  ['append', (report, object) => readInsertion(report, { operator: 'append', ...object })],
  ['insert_image', readImage],
  ['rearrange', readRearrangement],
  [
    'custom_css',
    (report, { value }) => ({ kind: 'css', css: readChecked(report, { value, key: 'value' }, CSS) ?? '' }),
  ],
  ['custom_code', readCode],
  ['redirect', readRedirect],
] as const satisfies readonly (readonly [string, ReadEffect])[])

/** Reads one change. `null`: a type that is unknown, which is a warning, or nothing to do, or an error. */
export function readChange(report: Report, object: JsonObject): Change | null {
  const type = readChecked(report, { value: object.type, key: 'type' }, TYPE)
  if (type === null) return null
  const read = EFFECTS.get(type)
  if (read === undefined) {
    reportWarning(report, { code: 'unknown_value', expected: [...EFFECTS.keys()].join(', '), found: type, key: 'type' })
    return null
  }
  const dependencies = readDependencies(report, object)
  const effect = read(report, object)
  const id = typeof object.id === 'string' && object.id !== '' ? object.id : null
  return effect === null ? null : { id, dependencies, effect }
}

function readDependencies(report: Report, object: JsonObject): readonly string[] {
  if (object.dependencies === undefined || object.dependencies === null) return []
  const ids = readTexts(report, object, 'dependencies')
  refuseMoreThan(report, { count: ids.length, most: PAGE_LIMITS.dependencies, what: 'dependencies' })
  return ids
}

function dom(report: Report, object: JsonObject, operations: readonly Operation[]): Effect | null {
  const selector = readChecked(report, { value: object.selector, key: 'selector' }, SELECTOR)
  return selector === null || operations.length === 0 ? null : { kind: 'dom', selector, operations }
}

function readInsertion(report: Report, object: JsonObject): Effect | null {
  const html = readChecked(report, { value: object.value, key: 'value' }, HTML) ?? ''
  return dom(report, object, [{ kind: 'insert', position: readOperator(report, object), html }])
}

function readImage(report: Report, object: JsonObject): Effect | null {
  const address = readChecked(report, { value: object.value, key: 'value' }, IMAGE) ?? ''
  const html = `<img src="${address.replace(/[&"<>]/g, (unit) => `&#${unit.charCodeAt(0)};`)}" alt="">`
  return dom(report, object, [{ kind: 'insert', position: readOperator(report, object), html }])
}

/** The place is said on the change itself or, as in Optimizely's REST API, in a `rearrange` of its own. */
function readRearrangement(report: Report, object: JsonObject): Effect | null {
  const place = isJsonObject(object.rearrange) ? object.rearrange : object
  const key = 'insertSelector'
  const target = readChecked(report, { value: place.insertSelector, key }, SELECTOR) ?? ''
  return dom(report, object, [{ kind: 'rearrange', target, position: readOperator(report, place) }])
}

function readOperator(report: Report, { operator }: JsonObject): Position {
  if (operator === 'before' || operator === 'after' || operator === 'prepend' || operator === 'append') return operator
  const code = operator === undefined ? 'missing' : 'unknown_value'
  reportError(report, { code, expected: '"before", "after", "prepend" or "append"', found: operator, key: 'operator' })
  return 'after'
}

function readCode(report: Report, { value }: JsonObject): Effect | null {
  const code = readChecked(report, { value, key: 'value' }, CODE) ?? ''
  return isNotBlank(code) ? { kind: 'code', code, path: [...report.path] } : null
}

function readRedirect(report: Report, object: JsonObject): Effect | null {
  const text = readChecked(report, { value: object.destination, key: 'destination' }, DESTINATION)
  const preservesParameters = readOptionalBoolean(report, object, 'preserveParameters') ?? false
  const allowsAnother = readOptionalBoolean(report, object, 'allowAdditionalRedirect') ?? false
  const destination = text === null ? null : destinationOf(text)
  if (destination === null) return null
  return { kind: 'redirect', redirect: { destination, preservesParameters, allowsAnother, path: [...report.path] } }
}

/** In ASCII, as it goes into a header; `null` for anything that is not an absolute http(s) URL. */
export function destinationOf(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || /\s/.test(text)) return null
  return anonymousUrl(text)?.href ?? null
}

function isNotBlank(text: string): boolean {
  return text.trim() !== ''
}
