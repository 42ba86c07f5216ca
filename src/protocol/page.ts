/** What a page, or somebody else's Worker, is told of a page's plan: this visitor's changes, and nothing of the others. */
import type { PageExposureJson } from './events.ts'

/** The answer of `GET /v1/page`. */
export interface PageAnswer {
  /** In the order in which they apply. */
  readonly edits: readonly PageEdit[]
  readonly css: string
  /** Absolute, http(s). */
  readonly redirect: string | null
  readonly hydrates: boolean
  readonly clientNavigation: boolean
  /** Those that the user is in. */
  readonly decisions: readonly PageAnswerDecision[]
  /** Why nothing was decided: `crawler`, `no-consent`, `opted-out`, `privacy-signal`, `off`, …; `null` where it was. */
  readonly leftAlone: string | null
  /** Values of `Set-Cookie`, for whoever sends the page. */
  readonly cookies: readonly string[]
  /** Equal where the page is edited alike; `null`: no running experiment is about it. */
  readonly cacheTag: string | null
  /** What the page is to report by itself; absent unless it was asked for with `reports=true`. */
  readonly reports?: {
    /** Once the edits have been tried. */
    readonly atOnce: readonly PageExposureJson[]
    /** Each once an edit is made that `shows` it. */
    readonly awaiting: readonly PageExposureJson[]
  }
}

export interface PageAnswerDecision {
  readonly experimentKey: string
  /** `null` for an experiment on pages only. */
  readonly flagKey: string | null
  readonly variationKey: string
}

/** One change, as the script in the page reads it. */
export type PageEdit = PageDomEdit | PageCodeEdit

export type PageDomEdit = {
  readonly id?: string
  readonly place?: PagePlace
  readonly selector: string
  readonly operation: PageOperation
  /** Ids of edits that come before this one; absent: none. */
  readonly dependencies?: readonly string[]
  /** The place among the awaiting reports of the one that counts once this is made; absent: none waits for it. */
  readonly shows?: number
  /** `1`: the element's end has to be parsed first. `2`: the whole page has to be. */
  readonly wait?: 1 | 2
  /** The selector counts siblings, so that it finds another element once one was added or removed. */
  readonly counts?: 1
}

export type PageCodeEdit = {
  readonly id: string
  readonly place?: PagePlace
  /** JavaScript. Absent where the page already holds it, in a script of its own. */
  readonly code?: string
  readonly dependencies?: readonly string[]
  readonly shows?: number
}

/** Who makes an edit where the page passes through a Worker; a page by itself makes them all. */
export type PagePlace = 'edge' | 'browser'

export type PageOperation =
  | { readonly kind: 'attributes'; readonly set: readonly (readonly [name: string, text: string])[] }
  | {
      readonly kind: 'style'
      readonly declarations: readonly (readonly [name: string, text: string])[]
      readonly replaces?: boolean
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'html'; readonly html: string }
  | { readonly kind: 'insert'; readonly position: PagePosition; readonly html: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'rearrange'; readonly target: string; readonly position: PagePosition }
  /** Nothing but to be found: others are shown something there, or could be moved from there to `target`. */
  | { readonly kind: 'watch'; readonly target?: string }

export type PagePosition = 'before' | 'after' | 'prepend' | 'append'
