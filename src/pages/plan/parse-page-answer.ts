/** The answer of `GET /v1/page` as a plan, for whoever has it over the network: nothing in it is believed unseen. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import {
  emptyReport,
  type Issue,
  listedErrors,
  type Report,
  readList,
  readOptionalBoolean,
  readTexts,
  reportError,
} from '../../engine/index.ts'
import { placeEdits } from '../html/place-edits.ts'
import { PAGE_LIMITS } from './limits.ts'
import { type Edit, type NameAndText, NO_PLAN, type Operation, type PagePlan, type Position } from './page.ts'
import { ATTRIBUTE_NAME, DECLARATION, PROPERTY_NAME, VALUE } from './read-attributes.ts'
import { CODE, CSS, destinationOf, HTML, SELECTOR } from './read-change.ts'
import { readChecked, type TextRule } from './read-field.ts'

/**
 * Establishes that an answer can be carried out: what it brings into the page holds to the rules that datafiles are held
 * to, and every issue has its path in the answer. Who makes which edit is worked out anew, by the code that will make
 * them. Decisions are left out: they have been counted where they were made.
 */
export function parsePageAnswer(answer: unknown): Result<PagePlan, readonly Issue[]> {
  const report = emptyReport()
  if (!isJsonObject(answer)) {
    reportError(report, { code: 'wrong_type', expected: 'the answer of GET /v1/page', found: answer })
    return err(listedErrors(report))
  }
  const edits = readEdits(report, answer)
  const plan = {
    ...NO_PLAN,
    css: answer.css === '' ? '' : readText(report, answer, 'css', ALL_CSS),
    redirect: answer.redirect === null ? null : readText(report, answer, 'redirect', LOCATION),
    hydrates: readOptionalBoolean(report, answer, 'hydrates') ?? true,
    clientNavigation: readOptionalBoolean(report, answer, 'clientNavigation') ?? false,
    cookies: readCookies(report, answer),
    cacheTag: answer.cacheTag === null ? null : readText(report, answer, 'cacheTag', CACHE_TAG),
  }
  return report.errors.length > 0 ? err(listedErrors(report)) : ok({ ...plan, edits: placeEdits(edits) })
}

/** Of any number of changes. */
const ALL_CSS: TextRule = { ...CSS, most: Number.POSITIVE_INFINITY }
const LOCATION: TextRule = {
  expected: 'an absolute http or https URL as it goes into a header',
  most: PAGE_LIMITS.locationUnits,
  isValid: (text) => destinationOf(text) === text,
}
const CACHE_TAG: TextRule = { expected: 'letters, digits and .-', most: 128, isValid: (tag) => /^[\w.-]+$/.test(tag) }
const COOKIE: TextRule = {
  expected: 'a value of Set-Cookie',
  most: 4_096,
  isValid: (cookie) => /^[\w!#$%&'*+.^`|~-]+=[\x20-\x7e]*$/.test(cookie),
}
const ID: TextRule = { expected: 'an id', most: PAGE_LIMITS.locationUnits }
const ATTRIBUTE: TextRule = {
  expected: 'the name of an attribute, in lower case',
  most: PAGE_LIMITS.nameUnits,
  isValid: (name) => ATTRIBUTE_NAME.test(name),
}
const PROPERTY: TextRule = {
  expected: 'the name of a CSS property',
  most: PAGE_LIMITS.nameUnits,
  isValid: (name) => PROPERTY_NAME.test(name),
}

function readText(report: Report, object: JsonObject, key: string, rule: TextRule): string {
  return readChecked(report, { value: object[key], key }, rule) ?? ''
}

function readCookies(report: Report, answer: JsonObject): readonly string[] {
  const cookies = readTexts(report, answer, 'cookies')
  report.path.push('cookies')
  for (const [index, cookie] of cookies.entries()) readChecked(report, { value: cookie, key: `${index}` }, COOKIE)
  report.path.pop()
  return cookies
}

function readEdits(report: Report, answer: JsonObject): readonly Edit[] {
  const ids = new Set<string>()
  return readList(report, answer, 'edits', (_, object) => {
    const edit = readEdit(report, object)
    if (ids.has(edit.id)) {
      reportError(report, { code: 'duplicate_id', expected: 'an id of its own', found: edit.id, key: 'id' })
    }
    const dangling = edit.dependencies.find((id) => !ids.has(id))
    if (dangling !== undefined) {
      reportError(report, {
        code: 'dangling_id',
        expected: 'ids of edits before it',
        found: dangling,
        key: 'dependencies',
      })
    }
    ids.add(edit.id)
    return edit
  })
}

function readEdit(report: Report, object: JsonObject): Edit {
  const common = {
    id: readText(report, object, 'id', ID),
    dependencies: object.dependencies === undefined ? [] : readTexts(report, object, 'dependencies'),
  }
  if (object.selector === undefined) return { ...common, kind: 'code', code: readText(report, object, 'code', CODE) }
  const selector = readText(report, object, 'selector', SELECTOR)
  return { ...common, kind: 'dom', selector, operation: readOperation(report, object.operation) }
}

function readOperation(report: Report, value: JsonValue | undefined): Operation {
  const operation = isJsonObject(value) ? value : {}
  const read = OPERATIONS.get(operation.kind)
  report.path.push('operation')
  const made = read === undefined ? reportUnknown(report, operation) : read(report, operation)
  report.path.pop()
  return made
}

function reportUnknown(report: Report, { kind }: JsonObject): Operation {
  const expected = [...OPERATIONS.keys()].join(', ')
  reportError(report, { code: 'unknown_value', expected, found: kind, key: 'kind' })
  return { kind: 'remove' }
}

type ReadOperation = (report: Report, operation: JsonObject) => Operation

const OPERATIONS: ReadonlyMap<unknown, ReadOperation> = new Map<unknown, ReadOperation>([
  ['attributes', (report, operation) => ({ kind: 'attributes', set: readPairs(report, operation, SET) })],
  [
    'style',
    (report, operation) => ({
      kind: 'style',
      declarations: readPairs(report, operation, DECLARATIONS),
      replaces: readOptionalBoolean(report, operation, 'replaces') ?? false,
    }),
  ],
  ['text', (report, operation) => ({ kind: 'text', text: readText(report, operation, 'text', HTML) })],
  ['html', (report, operation) => ({ kind: 'html', html: readText(report, operation, 'html', HTML) })],
  [
    'insert',
    (report, operation) => ({
      kind: 'insert',
      position: readPosition(report, operation),
      html: readText(report, operation, 'html', HTML),
    }),
  ],
  ['remove', () => ({ kind: 'remove' })],
  [
    'rearrange',
    (report, operation) => ({
      kind: 'rearrange',
      target: readText(report, operation, 'target', SELECTOR),
      position: readPosition(report, operation),
    }),
  ],
])

function readPosition(report: Report, { position }: JsonObject): Position {
  if (position === 'before' || position === 'after' || position === 'prepend' || position === 'append') return position
  const expected = 'before, after, prepend or append'
  reportError(report, { code: 'unknown_value', expected, found: position, key: 'position' })
  return 'after'
}

/** A list of names and texts. */
interface PairsRule {
  readonly key: string
  readonly name: TextRule
  readonly text: TextRule
}

const SET: PairsRule = { key: 'set', name: ATTRIBUTE, text: VALUE }
const DECLARATIONS: PairsRule = { key: 'declarations', name: PROPERTY, text: DECLARATION }

function readPairs(report: Report, operation: JsonObject, { key, name, text }: PairsRule): readonly NameAndText[] {
  const value = operation[key]
  if (!Array.isArray(value)) {
    reportError(report, { code: 'wrong_type', expected: 'an array', found: value, key })
    return []
  }
  report.path.push(key)
  const pairs = value.map((pair: JsonValue, index): NameAndText => {
    report.path.push(index)
    const [first, second] = Array.isArray(pair) ? pair : []
    const named = readChecked(report, { value: first, key: 'name' }, name) ?? ''
    const texted = readChecked(report, { value: second, key: 'text' }, text) ?? ''
    report.path.pop()
    return [named, texted]
  })
  report.path.pop()
  return pairs
}
