/** The scripts of a page: this visitor's changes, and of the code that makes them what they use. */
import { codeForScript, jsonForScript, type ScriptText } from '../../base/script-text.ts'
import type { PageEdit } from '../../protocol/page.ts'
import type { CodeEdit, PlannedEdit } from '../plan/page.ts'
import { asciiCode } from './ascii-code.ts'
import { NAMES, PIECES } from './generated.ts'
import { keptEdits, plainEdits } from './page-edits.ts'

export interface PageScriptParts {
  /** Those of the browser, and those of the edge that might be left to it or reverted. */
  readonly edits: readonly PlannedEdit[]
  /** A framework may hydrate the page, so that changes of the DOM have to be kept alive. */
  readonly hydrates: boolean
  /** Where the page asks for the plan of the next URL, by path; `null`: it does not. */
  readonly navigation: { readonly planUrl: string } | null
}

/**
 * The contents of the `<script>` elements that carry the parts out, in the order in which they have to stand: one for
 * each edit with code, so that a syntax error ends with that one, and the script that runs all. None when there is
 * nothing to do.
 */
export function pageScripts(parts: PageScriptParts): readonly ScriptText[] {
  const edits = parts.edits.map(({ edit }) => edit)
  if (edits.length === 0 && parts.navigation === null) return []
  const scripts = [...edits.filter((edit) => edit.kind === 'code').map(codeScript), mainScript(parts)]
  return scripts.filter((script) => script !== null)
}

function codeScript({ id, code }: CodeEdit): ScriptText | null {
  return codeForScript(
    `(self.turnoutCode=self.turnoutCode||{})[${jsonForScript(id)}]=function(){\n${asciiCode(code)}\n}`,
  )
}

function mainScript({ edits, hydrates, navigation }: PageScriptParts): ScriptText | null {
  const isKept = navigation !== null || (hydrates && edits.some(({ edit }) => edit.kind === 'dom'))
  const carried = isKept ? keptEdits(edits) : plainEdits(edits)
  const operations = navigation === null ? usedOperations(carried) : EVERY_OPERATION
  const keeps = isKept ? [NAMES.companionHooks, jsonForScript(watchedAttributes(carried))] : []
  const table = operations.map((name) => `${name === 'runCode' ? 'code' : name}:${NAMES[name]}`)
  const start = `${NAMES.start}(${[jsonForScript(carried), `{${table}}`, ...keeps]})`
  const navigate = navigation === null ? '' : `${NAMES.navigate}(${jsonForScript(navigation.planUrl)})`
  const roots: Name[] = ['start', ...operations]
  if (isKept) roots.push('companionHooks')
  if (navigation !== null) roots.push('navigate')
  return codeForScript(`(()=>{try{${piecesFor(roots)}${start};${navigate}}catch(e){}})()`)
}

type Name = keyof typeof NAMES

const EVERY_OPERATION = [
  ...(['attributes', 'style', 'text', 'html', 'insert', 'rearrange'] as const),
  ...(['runCode', 'isAwaiting', 'isBarred'] as const),
]

function usedOperations(edits: readonly PageEdit[]): readonly Name[] {
  const kinds = new Set<Name>(edits.map((edit) => ('selector' in edit ? edit.operation.kind : 'code')))
  if (edits.some(({ dependencies }) => dependencies !== undefined)) kinds.add('isAwaiting')
  if (kinds.has('insert') || kinds.has('html')) kinds.add('isBarred')
  return [...kinds]
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

/** The declarations that the named ones need, in their order. */
function piecesFor(roots: readonly Name[]): string {
  const key = roots.join()
  const known = pieceTexts.get(key)
  if (known !== undefined) return known
  const needed = new Set<string>()
  const need = (name: string): void => {
    if (needed.has(name)) return
    needed.add(name)
    PIECES.find(([piece]) => piece === name)?.[2]
      .split(' ')
      .forEach(need)
  }
  for (const root of roots) need(NAMES[root])
  const text = PIECES.filter(([name]) => needed.has(name))
    .map(([, code]) => code)
    .join('')
  pieceTexts.set(key, text)
  return text
}

/** By the names of their roots: no more than there are combinations of operations. */
const pieceTexts = new Map<string, string>()
