/**
 * What the page fields of a datafile may hold, in counts, because no clock can bound a Worker's work. Lengths are in
 * UTF-16 code units.
 */
export const PAGE_LIMITS = {
  /** Every page is tried against the URL of every request. */
  pages: 1_000,
  /** Ids in all `pageIds`: experiments times pages, were each to name them all. Bounds what is compiled. */
  pageIds: 100_000,
  /** In the whole datafile: bounds memory, and the edits that one page can be given. */
  changes: 20_000,
  /** Attributes, and declarations of `css` or `style`, of one change: each is one step in the page. */
  parts: 100,
  /** Ids that one change depends on. */
  dependencies: 100,
  /** What a selector costs to match grows with its length, for every element of a page. */
  selectorUnits: 1_024,
  /** A piece of text or HTML that is inlined into the page before the visitor sees anything. */
  htmlUnits: 262_144,
  /** A style sheet or a script of one change, inlined as well. */
  cssUnits: 262_144,
  codeUnits: 262_144,
  /** The value of one attribute or declaration: a tag with a longer one would not fit the rewriter's memory. */
  valueUnits: 65_536,
  /** Names of attributes and properties, ids of changes. */
  nameUnits: 128,
  /** Written in the datafile, and with the request's parameters: what browsers and caches take in a `Location`. */
  destinationUnits: 2_048,
  locationUnits: 8_192,
  /** URLs that are looked at to see whether a redirect can lead back: beyond it, it is not carried out. */
  redirectUrls: 32,
} as const
