import type { Attributes } from '../../engine/index.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'
import type { PagePlan } from '../plan/page.ts'

/** What is to become of a request for a page. */
export type Visit = LeftAlone | PlannedVisit

/** The page is the origin's. */
export interface LeftAlone {
  readonly kind: 'left-alone'
  /** In one word: `crawler`, `no-consent`, `off` and their like. */
  readonly reason: string
  /** A value of `Set-Cookie` with which the visitor's own choice is kept. */
  readonly setCookie: string | null
  /** Said in `Turnout-Note`, where there is something to say. */
  readonly note: string | null
}

/** A page whose experiments have been decided for this visitor. */
export interface PlannedVisit {
  readonly kind: 'planned'
  readonly plan: PagePlan
  readonly userId: string
  readonly attributes: Attributes
  readonly loaded: LoadedDatafile
  /** Whether what is shown counts as seen. */
  readonly isCounted: boolean
  /** Forced by somebody who looks before it is live: kept nowhere. */
  readonly isPreview: boolean
  /** The plan is to stand in the page, as JSON. */
  readonly isDebug: boolean
  readonly setCookie: string | null
  readonly note: string | null
}

/** Nothing happens, for a reason that whoever looks into it should find in the answer's headers. */
export function leftAloneBecause(note: string): LeftAlone {
  return { kind: 'left-alone', reason: note, setCookie: null, note }
}

/** The header that says what did not go as it might. */
export const NOTE = 'Turnout-Note'
