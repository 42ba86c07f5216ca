import type { DomEdit } from '../plan/page.ts'
import { joined, splice } from './bytes.ts'
import { keepEdit, knownEdit } from './known-edits.ts'
import type { Batch, Site } from './page-editor.ts'
import { type ElementWork, workOf } from './site-edits.ts'
import { latin1 } from './tag-scanner.ts'

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
  batch: Batch,
  { isUtf8, room }: Rewriting,
): Promise<Uint8Array | null> {
  const { ready, sites } = batch
  if (sites.length === 0) return bytes.subarray(0, ready)
  const slices = slicesOf(batch, isUtf8)
  const unknown = slices.filter(({ known }) => known === null)
  const edited = unknown.length === 0 ? [] : await editSlices(bytes, unknown, isUtf8)
  if (edited === null) return null
  const spliced = slices.map(({ start, end, known }) => ({ start, end, bytes: known ?? joined(edited.shift() ?? []) }))
  return splice(bytes.subarray(0, ready), spliced, room)
}

export interface Rewriting {
  readonly isUtf8: boolean
  /** How many bytes behind the given ones may be written over, as these may. */
  readonly room: number
}

/** A piece of the page that is edited: the start tag of an element, or all of the element. */
interface Slice {
  readonly start: number
  readonly end: number
  readonly sites: readonly Site[]
  /** As characters. */
  readonly text: string
  /** What it comes to; `null` where that has to be found out. */
  readonly known: Uint8Array | null
}

/** What is inside of a piece goes with it; what is inside of an element that loses its content is gone. */
function slicesOf({ text, sites }: Batch, isUtf8: boolean): readonly Slice[] {
  const slices: { start: number; end: number; sites: Site[]; text: string; known: Uint8Array | null }[] = []
  let goneUntil = 0
  for (const site of sites) {
    const { start, end, edits } = site
    if (start < goneUntil) continue
    if (edits.some(losesContent)) goneUntil = end
    const last = slices.at(-1)
    if (last === undefined || start >= last.end) {
      const written = text.slice(start, end)
      slices.push({ start, end, sites: [site], text: written, known: knownEdit(written, { edits, isUtf8 }) })
    } else {
      last.sites.push(site)
      last.known = null
    }
  }
  return slices
}

function losesContent({ operation: { kind } }: DomEdit): boolean {
  return kind === 'remove' || kind === 'text' || kind === 'html'
}

type Parts = readonly Uint8Array[]

async function editSlices(bytes: Uint8Array, slices: readonly Slice[], isUtf8: boolean): Promise<Parts[] | null> {
  const { token, marks } = secrets ?? newSecrets()
  const works = slices.flatMap(({ sites }) => sites.map((site) => workOf(site, isUtf8)))
  const edited = await edit(join(bytes, slices, token), works, token)
  const parts = edited && split(edited, marks)
  if (parts?.length !== slices.length) return null
  for (const [index, { sites, text }] of slices.entries()) {
    const [site, another] = sites
    if (site !== undefined && another === undefined)
      keepEdit(text, { edits: site.edits, isUtf8 }, joined(parts[index] ?? []))
  }
  return parts
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
  works: readonly ElementWork[],
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
function split(edited: Uint8Array, marks: RegExp): Parts[] {
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
