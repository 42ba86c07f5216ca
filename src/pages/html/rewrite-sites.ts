import { joined } from './bytes.ts'
import type { Batch, Site } from './page-editor.ts'
import { type ElementWork, workOf } from './site-edits.ts'
import { latin1 } from './tag-scanner.ts'

/** A piece of the page that HTMLRewriter edits: the start tag of an element, or all of the element. */
interface Slice {
  readonly start: number
  readonly end: number
  readonly sites: readonly Site[]
}

const ascii = new TextEncoder()

/** A word that no page knows, because it never gets into one, and what finds our marks by it. */
interface Secrets {
  readonly token: string
  readonly marks: RegExp
}

let secrets: Secrets | null = null

/** Made once for an isolate: compiling costs more than the edits of most pages. */
function newSecrets(): Secrets {
  const token = `t${crypto.randomUUID().replaceAll('-', '')}`
  secrets = { token, marks: new RegExp(` ${token}|(</select><!--${token}-->)`, 'g') }
  return secrets
}

/**
 * The ready bytes of a batch with its edits made. HTMLRewriter is handed nothing but the elements that are edited, in one
 * go, each marked by an attribute and followed by a comment that no page can hold; so what it makes of them is either
 * complete, or is not used: `null`.
 */
export async function rewriteSites(
  bytes: Uint8Array,
  { ready, sites }: Batch,
  isUtf8: boolean,
): Promise<Uint8Array | null> {
  if (sites.length === 0) return bytes.subarray(0, ready)
  const works = new Map(sites.map((site) => [site, workOf(site, isUtf8)]))
  const slices = slicesOf(sites, works)
  const { token, marks } = secrets ?? newSecrets()
  const edited = await edit(
    join(bytes, slices, token),
    slices.flatMap((slice) => slice.sites.map((site) => works.get(site) ?? null)),
    token,
  )
  const parts = edited && split(edited, marks)
  if (parts?.length !== slices.length) return null
  const whole: Uint8Array[] = []
  let at = 0
  for (const [index, { start, end }] of slices.entries()) {
    whole.push(bytes.subarray(at, start), ...(parts[index] ?? []))
    at = end
  }
  return joined([...whole, bytes.subarray(at, ready)])
}

/** What is inside of a piece goes with it; what is inside of an element that loses its content is gone. */
function slicesOf(sites: readonly Site[], works: ReadonlyMap<Site, ElementWork>): readonly Slice[] {
  const slices: { start: number; end: number; sites: Site[] }[] = []
  let goneUntil = 0
  for (const site of sites) {
    if (site.start < goneUntil) continue
    const work = works.get(site)
    if (work?.isRemoved || work?.content !== null) goneUntil = site.end
    const last = slices.at(-1)
    if (last !== undefined && site.start < last.end) last.sites.push(site)
    else slices.push({ start: site.start, end: site.end, sites: [site] })
  }
  return slices
}

/** `</select>`, because the rewriter gives up on some tags in one that is still open. */
function join(bytes: Uint8Array, slices: readonly Slice[], token: string): readonly Uint8Array[] {
  const separator = ascii.encode(`</select><!--${token}-->`)
  const mark = ascii.encode(` ${token}`)
  return slices.flatMap(({ start, end, sites }) => {
    let at = start
    const pieces = sites.flatMap(({ nameEnd }) => {
      const piece = bytes.subarray(at, nameEnd)
      at = nameEnd
      return [piece, mark]
    })
    return [...pieces, bytes.subarray(at, end), separator]
  })
}

/** `null` where not every piece of work has been done. What a handler throws would end the Worker's answer. */
async function edit(
  pieces: readonly Uint8Array[],
  works: readonly (ElementWork | null)[],
  token: string,
): Promise<Uint8Array | null> {
  let done = 0
  let isBroken = false
  const element = (found: Element) => {
    try {
      const work = works[done++]
      if (work) perform(work, found)
    } catch {
      isBroken = true
    }
  }
  const input = new Response(joined(pieces))
  const output = new HTMLRewriter().on(`[${token}]`, { element }).transform(input)
  const edited = new Uint8Array(await output.arrayBuffer())
  return done === works.length && !isBroken ? edited : null
}

const AS_HTML = { html: true }

function perform(work: ElementWork, element: Element): void {
  for (const [name, text] of work.attributes) element.setAttribute(name, text)
  if (work.before !== '') element.before(work.before, AS_HTML)
  if (work.after !== '') element.after(work.after, AS_HTML)
  if (work.isRemoved) element.remove()
  else if (work.content !== null) element.setInnerContent(work.prepend + work.content + work.append, AS_HTML)
  else {
    if (work.prepend !== '') element.prepend(work.prepend, AS_HTML)
    if (work.append !== '') element.append(work.append, AS_HTML)
  }
}

/** The pieces again, without our marks. */
function split(edited: Uint8Array, marks: RegExp): readonly (readonly Uint8Array[])[] {
  const pieces: Uint8Array[][] = []
  let piece: Uint8Array[] = []
  let at = 0
  for (const { 0: mark, 1: separator, index } of latin1.decode(edited).matchAll(marks)) {
    piece.push(edited.subarray(at, index))
    at = index + mark.length
    if (separator === undefined) continue
    pieces.push(piece)
    piece = []
  }
  return pieces
}
