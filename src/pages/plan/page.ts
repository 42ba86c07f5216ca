/** What a page's experiments come to: the types between planning a page and carrying the plan out. */
import type { ScriptText } from '../../base/script-text.ts'
import type { Holdout, Rule, UserProfile, Variation } from '../../engine/index.ts'
import type { PageExposureJson, ReportingPageJson } from '../../protocol/events.ts'

/** Where an insertion goes, seen from the element that its selector finds. */
export type Position = 'before' | 'after' | 'prepend' | 'append'

/** One thing that is done to every element that a selector finds. */
export type Operation =
  /** Sets attributes, each to a text; names are lower case. `class`, `href`, `src` and `srcset` are among them. */
  | { readonly kind: 'attributes'; readonly set: readonly NameAndText[] }
  /** Adds declarations to the element's `style`, after emptying it where `replaces` is true. */
  | { readonly kind: 'style'; readonly declarations: readonly NameAndText[]; readonly replaces: boolean }
  /** Makes a text the only content. */
  | { readonly kind: 'text'; readonly text: string }
  /** Makes HTML the only content. */
  | { readonly kind: 'html'; readonly html: string }
  | { readonly kind: 'insert'; readonly position: Position; readonly html: string }
  | { readonly kind: 'remove' }
  /** Moves the element to the first one that `target`, a selector, finds. */
  | { readonly kind: 'rearrange'; readonly target: string; readonly position: Position }

export type NameAndText = readonly [name: string, text: string]

/** A change of the datafile, or one part of it, as it is carried out. */
export type Edit = DomEdit | CodeEdit

export interface DomEdit {
  readonly kind: 'dom'
  /** Unique in a plan, and the same for every visitor who gets this change. */
  readonly id: string
  readonly selector: string
  readonly operation: Operation
  /** Ids of edits that have to be made before this one; whatever has some is made in the browser. */
  readonly dependencies: readonly string[]
}

export interface CodeEdit {
  readonly kind: 'code'
  readonly id: string
  /** JavaScript of the datafile's author, accepted: free of `</script`, `<script` and `<!--`. Any characters. */
  readonly code: string
  readonly dependencies: readonly string[]
}

/** An edit, and who makes it: the Worker in the HTML, or the script in the page. */
export interface PlannedEdit {
  readonly edit: Edit
  readonly place: 'edge' | 'browser'
}

/** One experiment that is about the page, and what it came to for this visitor. */
export interface PageDecision {
  readonly experimentId: string
  readonly experimentKey: string
  /** The flag whose decision it is; `null` for an experiment on pages only. */
  readonly flagKey: string | null
  /** `null`: the visitor is not in it. */
  readonly variation: Variation | null
  /** What kept the visitor out, and the variation of it that counts. */
  readonly holdout: { readonly rule: Rule | Holdout; readonly variation: Variation } | null
  /** `experiment` also for a flag's; `holdout` where a holdout kept the visitor out. */
  readonly source: 'experiment' | 'rollout' | 'holdout'
  /** Empty unless asked for, in the SDK's words; but what could not be evaluated always says why. */
  readonly reasons: readonly string[]
}

/** What the page itself reports, because the Worker that serves it does not know whether it is shown. */
export interface PageReports {
  /** Once the script has run. */
  readonly atOnce: readonly PageExposureJson[]
  readonly awaiting: readonly AwaitingReport[]
  /** What it says of itself, because attributes are read from it. */
  readonly facts: readonly PageFact[]
  /** Ids of experiments that turn text into HTML in the browser: where that is forbidden they are shown, and count, for nobody. */
  readonly untrusted: readonly string[]
}

/** `isFirstSession`: of a new visitor alone. */
export type PageFact = keyof ReportingPageJson

/** One experiment that counts once something is in the page. */
export interface AwaitingReport {
  readonly exposure: PageExposureJson
  /** Ids of this visitor's own edits, of which one has to be made. */
  readonly edits: readonly string[]
  /** For whoever has none: where others are shown something, of which one has to be there. */
  readonly places: readonly ShownPlace[]
  /** A framework may hydrate the page: edits are made after it has loaded, too. */
  readonly isLate: boolean
}

/** Where an edit can be made: an element that the selector finds, and one to which it can be moved where there is a `target`. */
export type ShownPlace = { readonly selector: string; readonly target?: string }

/**
 * Everything that is to happen to one page for one visitor. Made by `planPage` alone; whatever comes after it only
 * carries it out.
 */
export interface PagePlan {
  /** The keys of the datafile's pages that the URL matches. */
  readonly pageKeys: readonly string[]
  /** One for each running experiment that is about the page, in datafile order. */
  readonly decisions: readonly PageDecision[]
  /** Those of them that count when the page is served, or the visitor sent elsewhere: who sees them has seen them then. */
  readonly served: readonly PageDecision[]
  /** In the order in which they apply. */
  readonly edits: readonly PlannedEdit[]
  /** All `custom_css` that applies, in order; free of `</style`. Any characters. */
  readonly css: string
  /** An absolute http(s) URL written in the datafile, with the request's parameters where they are to be kept. */
  readonly redirect: string | null
  /** A framework may hydrate the page: the script keeps its edits alive. */
  readonly hydrates: boolean
  /** `null`: whatever is decided counts when the page is served. */
  readonly reports: PageReports | null
  /** Decisions of flags that stand in the page for whoever reads them there, as `handoffText` has them; `null`: none. */
  readonly handoff: ScriptText | null
  /** The script asks for the plan of the next URL when the page navigates by itself. */
  readonly clientNavigation: boolean
  /** Values of `Set-Cookie`. */
  readonly cookies: readonly string[]
  /** Sticky assignments to keep; `null` where nothing changed or nobody keeps them. */
  readonly profile: UserProfile | null
  /**
   * What caches go by: equal for two visitors, or two visits, whose pages are edited alike and hold the same decisions.
   * `null` where no running experiment is about the page and nothing is handed over, so that the page's own caching stands.
   */
  readonly cacheTag: string | null
}

/** Nothing is to happen. */
export const NO_PLAN: PagePlan = {
  pageKeys: [],
  decisions: [],
  served: [],
  edits: [],
  css: '',
  redirect: null,
  hydrates: false,
  reports: null,
  handoff: null,
  clientNavigation: false,
  cookies: [],
  profile: null,
  cacheTag: null,
}
