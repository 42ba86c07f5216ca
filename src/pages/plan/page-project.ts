/** The page fields of a datafile, compiled: what depends on the datafile alone has been computed. */
import type { MadeOnce } from '../../base/made-once.ts'
import type { Flag, Project, Rule } from '../../engine/index.ts'
import type { UrlTest } from './match-url.ts'
import type { Edit, PlannedEdit, ShownPlace } from './page.ts'
import type { HandedFlags, Redirect } from './page-fields.ts'

/** Everything that planning a page needs. Safe to share between requests. */
export interface PageProject {
  readonly project: Project
  /** In datafile order. */
  readonly pages: readonly CompiledPage[]
  /** Those that are about any page, by the id of the rule. */
  readonly rules: ReadonlyMap<string, PageRule>
  /** The pages on which any variation redirects, with the rules that have such a one. */
  readonly redirecting: readonly { readonly page: CompiledPage; readonly rules: readonly PageRule[] }[]
  /** What the visitors of one combination of variations are sent, by combination, as far as it has come up. */
  readonly contents: MadeOnce<PageContent>
}

export interface CompiledPage {
  readonly id: string
  readonly key: string
  readonly matches: UrlTest
  readonly hydrates: boolean
  readonly clientNavigation: boolean
  readonly handoff: HandedFlags | null
  /** Those that are about it, running or not, in datafile order. */
  readonly rules: readonly PageRule[]
}

/** An experiment or delivery rule that is about pages. */
export interface PageRule {
  /** Its place in datafile order. */
  readonly index: number
  readonly rule: Rule
  readonly isDelivery: boolean
  /** The flags that have it: it is decided through them. None: it is decided by itself. */
  readonly flags: readonly Flag[]
  /** Variation id to what it does, in datafile order. */
  readonly actions: ReadonlyMap<string, readonly PageAction[]>
  /** Page id to the redirects that any variation makes there. */
  readonly redirects: ReadonlyMap<string, readonly Redirect[]>
  /** Page id to when the page counts as shown, where any variation needs the browser there. */
  readonly triggers: ReadonlyMap<string, Trigger>
}

/** The same for all variations, so that none of them counts on pages where the others do not. */
export interface Trigger {
  /** Ids of the edits that show it, of all variations. */
  readonly edits: ReadonlySet<string>
  /** Where the first of them are made; empty: the script runs, and that is enough. */
  readonly places: readonly ShownPlace[]
  /** Any of them turns text into HTML in the browser. */
  readonly insertsHtml: boolean
}

/** What one variation does on one page. */
export interface PageAction {
  /** Unique in the datafile. */
  readonly index: number
  readonly page: CompiledPage
  readonly edits: readonly Edit[]
  readonly css: string
  /** The first of several. */
  readonly redirect: Redirect | null
}

/** What is put into the page for one combination of actions. */
export interface PageContent {
  readonly edits: readonly PlannedEdit[]
  readonly css: string
  readonly hydrates: boolean
  /** Of all of this. */
  readonly fingerprint: string
}
