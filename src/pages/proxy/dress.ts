import type { JsonValue } from '../../base/json.ts'
import { madeOnce, madeOncePer } from '../../base/made-once.ts'
import { jsonForScript, type ScriptText } from '../../base/script-text.ts'
import { pageScripts } from '../browser/page-script.ts'
import type { DomEdit, PagePlan, PlannedEdit } from '../plan/page.ts'
import { trustedReports } from '../plan/plan-reports.ts'
import {
  amendPolicies,
  type Hashes,
  type InlinePermission,
  type Permission,
  permit,
  policiesOf,
  scriptHash,
} from './csp.ts'
import { headMarkup, styleRules, styleText } from './head-markup.ts'

/** What a page is given: what stands at the script's place, and what is edited behind it. */
export interface Dressing {
  /** ASCII; empty for nothing. */
  readonly head: string
  /** Made by the rewriter, in order. */
  readonly edits: readonly DomEdit[]
  /** Makes the page's policies allow exactly what is put in. */
  readonly amend: (headers: Headers) => void
  /** Something of ours carries a nonce of this answer, so that nobody may keep the page. */
  readonly usesNonce: boolean
  /** The page's policies cannot allow what the plan needs in the browser. */
  readonly isIncomplete: boolean
  /** The page's policies let a script run, and forbid it to report: what the page would report counts when it is served. */
  readonly isMute: boolean
}

/** What is fitted to what. */
export interface Dressed {
  readonly plan: PagePlan
  /** Whose policies count. */
  readonly response: Response
  readonly planPath: string
  /** `null`: there is nobody to report to. */
  readonly eventsPath: string | null
  readonly debug: JsonValue | null
}

/** Fits a plan to the policies of the page that it is for. */
export async function dress(dressed: Dressed): Promise<Dressing> {
  const { plan, response, debug } = dressed
  const edgeEdits = plan.edits.flatMap(edgeEdit)
  const styling = edgeEdits.filter(({ operation }) => operation.kind === 'style')
  const permission = permit(policiesOf(response.headers), {
    script: plan.edits.length > 0 || plan.clientNavigation || plan.reports !== null,
    style: plan.css !== '' || styling.length > 0,
  })
  const style = styleFor(plan.css, permission.styleAttributes ? [] : styling, permission)
  const scripts = scriptsFor(dressed, permission)
  const hashes = await hashesOf(scripts, style, permission)
  return {
    head: headMarkup({
      style,
      styleNonce: nonceOf(permission.style),
      scripts,
      scriptNonce: nonceOf(permission.script),
      handoff: plan.handoff,
      debug: debug === null ? null : jsonForScript(debug),
    }),
    edits: permission.styleAttributes ? edgeEdits : edgeEdits.filter((edit) => !styling.includes(edit)),
    amend: (amended) => amendPolicies(amended, permission, hashes),
    usesNonce: permission.usesNonce && (scripts.length > 0 || style !== ''),
    isIncomplete: isIncomplete(plan, permission),
    isMute: permission.script.kind === 'allowed' && !permission.reports,
  }
}

function edgeEdit({ edit, place }: PlannedEdit): readonly DomEdit[] {
  return place === 'edge' && edit.kind === 'dom' ? [edit] : []
}

function styleFor(css: string, asRules: readonly DomEdit[], { style }: Permission): string {
  return style.kind === 'allowed' ? styleText(css + styleRules(asRules)) : ''
}

function scriptsFor(
  { plan, planPath, eventsPath }: Dressed,
  { script, trustedTypes, reports: mayReport }: Permission,
): readonly ScriptText[] {
  if (script.kind !== 'allowed') return []
  const { edits, hydrates } = plan
  const reports = plan.reports !== null && trustedTypes ? trustedReports(plan.reports) : plan.reports
  const planUrl = plan.clientNavigation ? planPath : null
  const reporting = eventsPath !== null && mayReport ? { eventsPath, reports } : null
  const key = JSON.stringify([trustedTypes, hydrates, planUrl, reporting])
  return scriptsOf(edits)(key, () =>
    pageScripts({
      edits: trustedTypes ? edits.filter(needsNoHtml) : edits,
      hydrates,
      navigation: planUrl === null ? null : { planUrl },
      reporting,
    }),
  )
}

/** Visitors in the same variations have the same edits: to make their scripts takes as long as to plan their page. */
const scriptsOf = madeOncePer((_: readonly PlannedEdit[]) => madeOnce<readonly ScriptText[]>(100))

function isIncomplete({ edits, css }: PagePlan, { script, style, styleAttributes, trustedTypes }: Permission): boolean {
  if (style.kind !== 'allowed' && (css !== '' || !styleAttributes)) return true
  const ofBrowser = edits.filter(({ place }) => place === 'browser')
  return script.kind === 'allowed' ? trustedTypes && !ofBrowser.every(needsNoHtml) : ofBrowser.length > 0
}

/** Where trusted types are required, a script cannot turn text into HTML. */
function needsNoHtml({ edit }: PlannedEdit): boolean {
  return edit.kind === 'code' || (edit.operation.kind !== 'html' && edit.operation.kind !== 'insert')
}

function nonceOf(permission: InlinePermission): string | null {
  return permission.kind === 'allowed' ? permission.nonce : null
}

/** A hash takes the runtime as long as the rest: it is made where a policy asks for it alone. */
async function hashesOf(scripts: readonly ScriptText[], style: string, permission: Permission): Promise<Hashes> {
  return {
    scripts: needsHash(permission.script) ? await Promise.all(scripts.map(scriptHash)) : [],
    style: style !== '' && needsHash(permission.style) ? await scriptHash(style) : null,
  }
}

function needsHash(permission: InlinePermission): boolean {
  return permission.kind === 'allowed' && permission.needsHash
}
