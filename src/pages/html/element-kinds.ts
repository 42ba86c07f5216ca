/** What a parser does with elements of each type, as flags (HTML Standard, 13.1.2 and 13.2.4 to 13.2.6). */

export const VOID = 1
/** Its content is text up to its end tag. */
export const RAW = 2
/** "Special" in the standard: an end tag that does not close it stops there. */
export const SPECIAL = 4
/** In the list of active formatting elements: it is opened again where others closed it. */
export const FORMATTING = 8
export const CLOSES_P = 16
/** An end tag inside does not reach out of it. */
export const SCOPE = 32
/** It also ends the list of active formatting elements. */
export const MARKER = 64
export const HEADING = 128
export const ITEM = 256
/** Part of a table, for which only places in tables count. */
export const PART = 512
/** Goes where it stands, and into the head before the body begins. */
export const HEAD = 1024
/** Its end tag closes the nearest of its type in scope. */
export const BLOCK = 2048
/** `html`, `head`, `body`: once in a page, with a tag or without. */
export const ROOT = 4096
/** Parsers differ, or do what is not followed here: from there on, nobody knows what is in what. */
export const UNSURE = 8192
/** Whatever comes behind it is something else than its tags say, or may be. */
export const HAZARD = 16384
/** Ends foreign content, and is otherwise an element like any other. */
export const PLAIN = 32768

const KINDS: readonly (readonly [kind: number, names: string])[] = [
  [VOID, 'area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr'],
  [RAW, 'iframe noembed noframes noscript script style textarea title xmp'],
  [
    SPECIAL,
    'address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe image img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp',
  ],
  [FORMATTING, 'a b big code em font i nobr s small strike strong tt u'],
  [
    CLOSES_P,
    'address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p pre search section summary ul xmp',
  ],
  [SCOPE, 'applet caption marquee object table td template th'],
  [MARKER, 'applet caption marquee object td template th'],
  [HEADING, 'h1 h2 h3 h4 h5 h6'],
  [ITEM, 'dd dt li'],
  [PART, 'caption col colgroup tbody td tfoot th thead tr'],
  [HEAD, 'base basefont bgsound link meta noframes noscript script style template title'],
  [
    BLOCK,
    'address applet article aside blockquote button center dd details dialog dir div dl dt fieldset figcaption figure footer header hgroup listing main marquee menu nav object ol pre search section summary ul',
  ],
  [ROOT, 'body head html'],
  [UNSURE, 'keygen rb rp rt rtc search'],
  [HAZARD, 'frameset math plaintext'],
  [PLAIN, 'foreignobject ruby select span sub sup var'],
]

/** Starts the id of a name; `addToId` goes on with each of its units, in lower case, and `endId` ends it. FNV-1a. */
export const EMPTY_ID = 0x811c9dc5

export function addToId(id: number, unit: number): number {
  return Math.imul(id ^ unit, 0x01000193)
}

/** Small enough to be kept without an object. */
export function endId(id: number): number {
  return (id ^ (id >>> 29)) & 0x1fffffff
}

/** The number by which an element type goes here, which is quicker to make and compare than its name. */
export function nameId(name: string): number {
  let id = EMPTY_ID
  for (let index = 0; index < name.length; index++) id = addToId(id, name.charCodeAt(index))
  return endId(id)
}

const kinds = new Map<number, number>()
for (const [kind, names] of KINDS) {
  for (const name of names.split(' ')) kinds.set(nameId(name), (kinds.get(nameId(name)) ?? 0) | kind)
}

/** The flags of an element type; 0 for a type that means nothing to a parser. */
export function kindOf(id: number): number {
  return kinds.get(id) ?? 0
}
