/** Edits as the script in the page reads them: what is empty is left out, and what the page has to know is added. */
import type { PageCodeEdit, PageDomEdit, PageEdit } from '../../protocol/page.ts'
import type { CodeEdit, DomEdit, Edit, Operation, PageReports, PlannedEdit } from '../plan/page.ts'

/** For a page that an app renders, or that navigates by itself; with the code in it. For the answer of `GET /v1/page`. */
export function answeredEdits(edits: readonly PlannedEdit[], reports: PageReports | null): readonly PageEdit[] {
  return withFacts(
    edits.map(({ edit }) => (edit.kind === 'code' ? { ...codeEdit(edit), code: edit.code } : keptEdit(edit))),
    reports,
  )
}

/** For a script in the page's HTML: as `answeredEdits`, without the code. */
export function keptEdits(edits: readonly PlannedEdit[], reports: PageReports | null): readonly PageEdit[] {
  return withFacts(
    repeatable(edits).map((edit) => (edit.kind === 'code' ? codeEdit(edit) : keptEdit(edit))),
    reports,
  )
}

/** As `keptEdits`, for a page that nobody renders again. */
export function plainEdits(edits: readonly PlannedEdit[], reports: PageReports | null): readonly PageEdit[] {
  return withFacts(
    repeatable(edits).map((edit) => (edit.kind === 'code' ? codeEdit(edit) : domEdit(edit))),
    reports,
  )
}

/**
 * Without what the edge has made, or left, and a second time would be made on another element: once siblings were added
 * or taken away, a selector that counts them finds the next one.
 */
function repeatable(edits: readonly PlannedEdit[]): readonly Edit[] {
  const shifting = edits.filter(({ edit }) => edit.kind === 'dom' && SHIFTING.has(edit.operation.kind))
  return edits
    .filter(({ edit, place }) => {
      if (edit.kind === 'code' || place === 'browser' || !COUNTING.test(edit.selector)) return true
      return edit.operation.kind !== 'remove' && !shifting.some((other) => other.edit !== edit)
    })
    .map(({ edit }) => edit)
}

/** The app owns its elements, and React throws when one that it renders is gone: they are hidden instead. */
function keptEdit(edit: DomEdit): PageDomEdit {
  return domEdit(edit.operation.kind === 'remove' ? { ...edit, operation: HIDE } : edit)
}

const HIDE: Operation = { kind: 'style', declarations: [['display', 'none !important']], replaces: false }

function domEdit({ id, selector, operation, dependencies }: DomEdit): PageDomEdit {
  return { id, selector, operation: slim(operation), dependencies }
}

function slim(operation: Operation): PageDomEdit['operation'] {
  return operation.kind === 'style' && !operation.replaces
    ? { kind: 'style', declarations: operation.declarations }
    : operation
}

function codeEdit({ id, dependencies }: CodeEdit): PageCodeEdit {
  return { id, dependencies }
}

function withFacts(made: readonly PageEdit[], reports: PageReports | null): readonly PageEdit[] {
  const edits = [...made, ...watches(reports)]
  const shown = reportsById(reports)
  const wanted = new Set(edits.flatMap(({ dependencies = [] }) => dependencies))
  const awaitsPage = edits.map((edit) => 'selector' in edit && needsPage(edit, edits))
  const firstAwaiting = awaitsPage.indexOf(true)
  return edits.map((edit, index) => {
    const { id = '', dependencies = [], ...rest } = edit
    const isBehind = firstAwaiting !== -1 && index > firstAwaiting && isShifting(edit)
    return {
      ...('selector' in edit && !wanted.has(id) ? rest : { id, ...rest }),
      ...(dependencies.length > 0 && { dependencies }),
      ...(shown.has(id) && { shows: shown.get(id) }),
      ...('selector' in edit && {
        ...(awaitsPage[index] || isBehind ? { wait: 2 } : needsEnd(edit) && { wait: 1 }),
        ...(COUNTING.test(edit.selector) && { counts: 1 }),
      }),
    } as PageEdit
  })
}

/** Where others would be shown something. */
function watches(reports: PageReports | null): readonly PageDomEdit[] {
  return (reports?.awaiting ?? []).flatMap(({ places }, shows) =>
    places.map(({ selector, ...target }) => ({ selector, operation: { kind: 'watch', ...target }, shows }) as const),
  )
}

/** The place of what an edit shows, by the edit's id. */
function reportsById(reports: PageReports | null): ReadonlyMap<string, number> {
  return new Map((reports?.awaiting ?? []).flatMap(({ edits }, shows) => edits.map((id) => [id, shows] as const)))
}

/** While the page is still being parsed, the selector may find what it does not mean, or what another edit makes it find. */
function needsPage(edit: PageDomEdit, edits: readonly PageEdit[]): boolean {
  const { selector } = edit
  return PREMATURE.test(selector) || (COUNTING.test(selector) && edits.some(isShifting))
}

function needsEnd({ operation }: PageDomEdit): boolean {
  if ('position' in operation) return operation.position === 'after' || operation.position === 'append'
  return operation.kind === 'text' || operation.kind === 'html'
}

/** Other elements may be counted differently after it. */
function isShifting(edit: PageEdit): boolean {
  return 'selector' in edit && SHIFTING.has(edit.operation.kind)
}

const SHIFTING: ReadonlySet<string> = new Set(['html', 'insert', 'remove', 'rearrange'])

/** Selectors that count siblings. */
const COUNTING = /:(first|last|nth|only)|[+~]/

/** Selectors that can find an element and, once more has been parsed, no longer. */
const PREMATURE = /:(last|nth-last|only|empty|has)|:not\([^)]*[:\s>+~]/
