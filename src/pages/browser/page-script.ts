/** The scripts of a page: this visitor's changes, and of the code that makes them what they use. */
import { codeForScript, jsonForScript, type ScriptText } from '../../base/script-text.ts'
import type { PageExposureJson } from '../../protocol/events.ts'
import type { PageEdit } from '../../protocol/page.ts'
import type { CodeEdit, PageFact, PageReports, PlannedEdit } from '../plan/page.ts'
import { asciiCode } from './ascii-code.ts'
import { NAMES } from './generated.ts'
import { keptEdits, plainEdits } from './page-edits.ts'
import { piecesFor } from './pieces.ts'

export interface PageScriptParts {
  /** Those of the browser, and those of the edge that might be left to it or reverted. */
  readonly edits: readonly PlannedEdit[]
  /** A framework may hydrate the page, so that changes of the DOM have to be kept alive. */
  readonly hydrates: boolean
  /** Where the page asks for the plan of the next URL, by path; `null`: it does not. */
  readonly navigation: { readonly planUrl: string } | null
  /** What the page reports, and by which path its reports are taken; `null`: they are not. */
  readonly reporting: Reporting | null
}

export interface Reporting {
  readonly eventsPath: string
  readonly reports: PageReports | null
}

/**
 * The contents of the `<script>` elements that carry the parts out, in the order in which they have to stand: one for
 * each edit with code, so that a syntax error ends with that one, and the script that runs all. None when there is
 * nothing to do.
 */
export function pageScripts(parts: PageScriptParts): readonly ScriptText[] {
  const edits = parts.edits.map(({ edit }) => edit)
  if (edits.length === 0 && parts.navigation === null && !parts.reporting?.reports) return []
  const scripts = [...edits.filter((edit) => edit.kind === 'code').map(codeScript), mainScript(parts)]
  return scripts.filter((script) => script !== null)
}

function codeScript({ id, code }: CodeEdit): ScriptText | null {
  return codeForScript(
    `(self.turnoutCode=self.turnoutCode||{})[${jsonForScript(id)}]=function(){\n${asciiCode(code)}\n}`,
  )
}

function mainScript(parts: PageScriptParts): ScriptText | null {
  const calls = [...startCall(parts), ...sendCall(parts), ...navigateCall(parts)]
  const pieces = piecesFor(calls.flatMap(({ roots }) => roots.map((name) => NAMES[name])))
  return codeForScript(`(()=>{try{${pieces}${calls.map(({ code }) => code).join(';')}}catch(e){}})()`)
}

/** A statement of the script, and what it needs. */
interface Call {
  readonly roots: readonly Name[]
  readonly code: string
}

function startCall({ edits, hydrates, navigation, reporting }: PageScriptParts): readonly Call[] {
  const reports = reporting?.reports ?? null
  const isKept = navigation !== null || (hydrates && edits.some(({ edit }) => edit.kind === 'dom'))
  const carried = isKept ? keptEdits(edits, reports) : plainEdits(edits, reports)
  if (carried.length === 0 && navigation === null) return []
  const roots: Name[] = ['start', ...(navigation === null ? usedOperations(carried) : EVERY_OPERATION)]
  const table = roots.slice(1).map((name) => `${name === 'runCode' ? 'code' : name}:${NAMES[name]}`)
  const awaiting = reports?.awaiting ?? []
  if (reporting !== null && awaiting.length > 0) {
    const exposures = awaiting.map(({ exposure }) => exposure)
    table.push(`report:${NAMES.reporter}(${reportArguments(reporting, exposures)})`)
    roots.push('reporter')
    if (!isKept && awaiting.some(({ isLate }) => isLate)) table.push('isLate:1')
  }
  const keeps = isKept ? [NAMES.companionHooks, jsonForScript(watchedAttributes(carried))] : []
  if (isKept) roots.push('companionHooks')
  return [{ roots, code: `${NAMES.start}(${[jsonForScript(carried), `{${table}}`, ...keeps]})` }]
}

function sendCall({ reporting }: PageScriptParts): readonly Call[] {
  const exposures = reporting?.reports?.atOnce ?? []
  if (reporting === null || exposures.length === 0) return []
  return [{ roots: ['send'], code: `${NAMES.send}(${reportArguments(reporting, exposures)})` }]
}

function navigateCall({ navigation, reporting }: PageScriptParts): readonly Call[] {
  if (navigation === null) return []
  const paths = [navigation.planUrl, ...(reporting === null ? [] : [reporting.eventsPath])]
  return [{ roots: ['navigate'], code: `${NAMES.navigate}(${paths.map(jsonForScript)})` }]
}

/** Path, exposures, and what the page is to say of itself. */
function reportArguments({ eventsPath, reports }: Reporting, exposures: readonly PageExposureJson[]): string {
  const facts = (reports?.facts ?? []).map((fact) => `${fact}:${FACTS[fact]}`)
  return [jsonForScript(eventsPath), jsonForScript(exposures), `{${facts}}`].join()
}

const FACTS: Readonly<Record<PageFact, string>> = {
  path: 'location.pathname+location.search',
  referrer: 'document.referrer',
  isFirstSession: '!0',
}

type Name = keyof typeof NAMES

const EVERY_OPERATION = [
  ...(['attributes', 'style', 'text', 'html', 'insert', 'rearrange'] as const),
  ...(['runCode', 'isAwaiting', 'isBarred', 'watch'] as const),
]

function usedOperations(edits: readonly PageEdit[]): readonly Name[] {
  const kinds = new Set(edits.flatMap(operationOf))
  if (edits.some(({ dependencies }) => dependencies !== undefined)) kinds.add('isAwaiting')
  if (kinds.has('insert') || kinds.has('html')) kinds.add('isBarred')
  return [...kinds]
}

/** Nothing is done by what is watched, but to look whether the target is there. */
function operationOf(edit: PageEdit): readonly Name[] {
  if (!('selector' in edit)) return ['code']
  const { operation } = edit
  return operation.kind === 'watch' && operation.target === undefined ? [] : [operation.kind]
}

function watchedAttributes(edits: readonly PageEdit[]): readonly string[] {
  const names = edits.flatMap((edit) => {
    if (!('selector' in edit)) return []
    const { operation } = edit
    if (operation.kind === 'attributes') return operation.set.map(([name]) => name)
    return operation.kind === 'style' ? ['style'] : []
  })
  return [...new Set(names)]
}
