/**
 * Which edits the Worker makes in the HTML, and which the script in the page. What the page comes to is what all edits
 * come to when they are made one by one, in order, each on every element that its selector finds by then; but the
 * Worker's are made before the script's, and any of them may be left to the script at some element. So an edit is the
 * Worker's only where that makes no difference.
 */
import type { DomEdit, Edit, Operation, PlannedEdit } from '../plan/page.ts'
import { type AttributeTest, type Compound, parseCompounds, passes } from './selector.ts'

/** What a selector finds. */
interface Finding {
  readonly selector: string
  /** `null`: it needs the tree. */
  readonly compounds: readonly Compound[] | null
}

interface Candidate {
  readonly operation: Operation
  readonly finding: Finding
}

/** An edit that others come after. */
interface Placed extends Candidate {
  readonly place: PlannedEdit['place']
}

/** Says of each edit who makes it, in the order given. */
export function placeEdits(edits: readonly Edit[]): readonly PlannedEdit[] {
  const codes: string[] = []
  const placed: Placed[] = []
  // The script may not find any more what the Worker has edited, and would never make what waits for that.
  const awaited = new Set(edits.flatMap(({ dependencies }) => dependencies))
  return edits.map((edit): PlannedEdit => {
    if (edit.kind === 'code') {
      codes.push(edit.code)
      return { edit, place: 'browser' }
    }
    const { operation, selector } = edit
    const candidate = { operation, finding: findingOf(selector) }
    const isEdge =
      !awaited.has(edit.id) &&
      isForEdge(edit, candidate.finding) &&
      !codes.some((code) => namesAny(code, candidate.finding)) &&
      placed.every((earlier) => isIndependent(earlier, candidate))
    const place = isEdge ? 'edge' : 'browser'
    placed.push({ ...candidate, place })
    return { edit, place }
  })
}

function findingOf(selector: string): Finding {
  return { selector, compounds: parseCompounds(selector) }
}

function isForEdge({ dependencies, operation }: DomEdit, { compounds }: Finding): boolean {
  return compounds !== null && dependencies.length === 0 && isTagWork(operation)
}

/** Names that HTML and the DOM take alike. */
const ATTRIBUTE_NAME = /^[a-z_][\w.:-]*$/

function isTagWork(operation: Operation): boolean {
  switch (operation.kind) {
    case 'attributes':
      return operation.set.every(([name, text]) => ATTRIBUTE_NAME.test(name) && isWritable(text))
    case 'style':
      return operation.declarations.every((declaration) => declaration.every(isWritable))
    case 'rearrange':
      return false
    default:
      return isWritable(contentOf(operation))
  }
}

/** HTML cannot say NUL, character references no C1 controls, and no charset a lone surrogate. */
function isWritable(text: string): boolean {
  return !text.includes('\0') && !/[\x80-\x9f]/.test(text) && text.isWellFormed()
}

/** Code that finds an element says one of its names somewhere; a type stands in a string. */
function namesAny(code: string, { compounds }: Finding): boolean {
  return (compounds ?? []).some(
    ({ tag, tests }) =>
      (tag !== null && new RegExp(`["'\`][^"'\`\\n]*\\b${tag}\\b`, 'i').test(code)) ||
      tests.some(({ name, value }) => code.includes(value === '' ? name : value)),
  )
}

/** Whether a page comes to the same when `later` is made first. The Worker keeps the order of its own at each element. */
function isIndependent(earlier: Placed, later: Candidate): boolean {
  const isUnseen =
    !mayBeIn(contentOf(earlier.operation), later.finding) &&
    !mayBeIn(contentOf(later.operation), earlier.finding) &&
    !mayAdd(later, earlier.finding)
  return isUnseen && (earlier.place === 'edge' || isIndependentOfBrowser(earlier, later))
}

function isIndependentOfBrowser(earlier: Placed, later: Candidate): boolean {
  const keepsTree = later.operation.kind === 'attributes' || later.operation.kind === 'style'
  if (earlier.operation.kind === 'rearrange') return keepsTree && !mayAdd(later, findingOf(earlier.operation.target))
  const { selector, compounds } = earlier.finding
  // What a selector that looks at other elements finds may depend on any element that comes or goes.
  const subjects = compounds ?? (keepsTree ? subjectsOf(selector) : null)
  return subjects !== null && !mayShare(subjects, later.finding.compounds ?? []) && !mayAdd(earlier, later.finding)
}

/** What the last compound of a selector says, where it is one that can be read; all else narrows it further. */
function subjectsOf(selector: string): readonly Compound[] | null {
  if (/[,()\\"']/.test(selector)) return null
  return parseCompounds(/[^\s>+~]*$/.exec(selector.trim())?.[0].replace(/:.*/, '') ?? '')
}

/** Whether an element may be found by both. */
function mayShare(some: readonly Compound[], others: readonly Compound[]): boolean {
  return some.some((a) =>
    others.some((b) => {
      const ids = [idOf(a), idOf(b)]
      return (a.tag ?? b.tag) === (b.tag ?? a.tag) && (ids[0] ?? ids[1]) === (ids[1] ?? ids[0])
    }),
  )
}

/** In quirks mode, ids are compared without case. */
function idOf({ tests }: Compound): string | undefined {
  return tests.find(({ name, operator }) => name === 'id' && operator === '=')?.value.toLowerCase()
}

/** The text or HTML that an operation brings. */
function contentOf(operation: Operation): string {
  if (operation.kind === 'text') return operation.text.replaceAll('<', '')
  return operation.kind === 'html' || operation.kind === 'insert' ? operation.html : ''
}

/** Whether a selector may find an element in HTML that an edit brings. */
function mayBeIn(html: string, { compounds }: Finding): boolean {
  if (!html.includes('<')) return false
  // A character reference may stand for any part of a value, and `<image>` for `img`.
  if (compounds === null || /&|<image/i.test(html)) return true
  const text = html.toLowerCase()
  return compounds.some(
    ({ tag, tests }) =>
      (tag === null || text.includes(`<${tag}`)) &&
      tests.every(({ name, value }) => text.includes(name) && text.includes(value.toLowerCase())),
  )
}

/** Whether attributes that an edit sets may make a selector find an element that it did not find. */
function mayAdd({ operation, finding }: Candidate, { selector, compounds }: Finding): boolean {
  if (operation.kind !== 'attributes' && operation.kind !== 'style') return false
  /** By name; `null` where only the page tells. */
  const texts = new Map<string, string | null>(operation.kind === 'style' ? [['style', null]] : operation.set)
  if (compounds === null) return [...texts.keys()].some((name) => mentions(selector, name))
  const on = finding.compounds
  return compounds.some(({ tag, tests }) => {
    const touched = tests.filter(({ name }) => texts.has(name))
    if (touched.length === 0 || !touched.every((test) => mayPass(test, texts.get(test.name) ?? null))) return false
    if (on === null) return true
    const isImplied = on.every((each) => touched.every((test) => each.tests.some((other) => isSameTest(test, other))))
    return !isImplied && mayShare([{ tag, tests: tests.filter((test) => !touched.includes(test)) }], on)
  })
}

/** Whether what a selector that needs the tree finds may depend on an attribute. */
function mentions(selector: string, name: string): boolean {
  const sign = name === 'class' ? '.' : name === 'id' ? '#' : name
  if (/\\|:(?!(?:first|last|only|nth)-|not\(|is\(|where\(|has\(|empty\b)/i.test(selector)) return true
  return selector.includes(sign) || selector.toLowerCase().includes(name)
}

/** In quirks mode, classes and ids are compared without case. */
function mayPass(test: AttributeTest, text: string | null): boolean {
  return text === null || passes({ ...test, ignoresCase: true }, text)
}

function isSameTest(a: AttributeTest, b: AttributeTest): boolean {
  return a.name === b.name && a.operator === b.operator && a.value === b.value && a.ignoresCase === b.ignoresCase
}
