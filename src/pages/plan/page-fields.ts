/** The page fields of a datafile, with their types established. */
import type { Variation } from '../../engine/index.ts'
import type { Operation } from './page.ts'
import type { UrlConditions } from './url-condition.ts'

/** The page fields of a whole datafile. */
export interface ParsedPages {
  readonly pages: readonly PageEntry[]
  /** By id: the experiments and delivery rules that say something about pages, in datafile order. */
  readonly rules: ReadonlyMap<string, PageRuleEntry>
  /** What the variations do that do something, by the datafile's own entry: ids are shared between rules. */
  readonly actions: ReadonlyMap<Variation, readonly ActionEntry[]>
}

/** One page of a site: the URLs that its conditions are true for. */
export interface PageEntry {
  readonly id: string
  readonly key: string
  readonly conditions: UrlConditions
  readonly hydrates: boolean
  readonly clientNavigation: boolean
  readonly handoff: HandedFlags | null
}

/** The flags whose decisions stand in the page, by key; `null` in their place: as the site has it. */
export type HandedFlags = 'all' | readonly string[]

/** What a rule says of pages. */
export interface PageRuleEntry {
  /** A rule of a rollout: decided only where a flag gets as far. */
  readonly isDelivery: boolean
  /** The pages that it is about; `null`, where it does not say, are those that its variations have actions for. */
  readonly pageIds: readonly string[] | null
}

/** What a variation does on one page. */
export interface ActionEntry {
  readonly pageId: string
  readonly changes: readonly Change[]
}

/** One change as its author wrote it. */
export interface Change {
  /** `null` where the author gave none. Any text, and perhaps not the only change of that id. */
  readonly id: string | null
  /** Ids of changes of the same variation that come earlier. */
  readonly dependencies: readonly string[]
  readonly effect: Effect
}

/** What a change comes to. */
export type Effect =
  /** In the order in which they are done. */
  | { readonly kind: 'dom'; readonly selector: string; readonly operations: readonly Operation[] }
  | { readonly kind: 'code'; readonly code: string; readonly path: Path }
  | { readonly kind: 'css'; readonly css: string }
  | { readonly kind: 'redirect'; readonly redirect: Redirect }

/** Sends the visitor to another URL. */
export interface Redirect {
  /** Absolute http(s), in ASCII, at most 2,048 characters. */
  readonly destination: string
  /** The request's parameters go along. */
  readonly preservesParameters: boolean
  /** It is made also where the destination may redirect in turn. */
  readonly allowsAnother: boolean
  readonly path: Path
}

/** Where the datafile says so, for what is only found out later. */
export type Path = readonly (string | number)[]
