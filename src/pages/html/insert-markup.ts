/**
 * Puts our elements into a page as it streams. Only the page's start is looked at, and what follows goes on as it comes.
 * Where nothing is to be inserted, or something is wrong, the page goes on byte for byte.
 */

import type { BodyEditor } from './body-editor.ts'
import { joined } from './bytes.ts'
import { copyBody } from './copy-body.ts'
import { scanPrefix } from './prefix-scan.ts'

/** What became of a page. */
export type Insertion =
  /** Decoded, so that `Content-Encoding` has to go with it. The response's own body is used up. */
  | { readonly kind: 'inserted'; readonly body: ReadableStream<Uint8Array> }
  /** To be sent in place of the response that was handed in: the same, byte for byte. */
  | { readonly kind: 'untouched'; readonly response: Response }

/**
 * Puts `markup`, which is ASCII, at the script's place in a page. Untouched is a page without such a place, or whose body is
 * not what its encoding says. Settles as soon as the place is known; rejects only for a response that somebody has read.
 */
export async function insertAtScriptPlace(
  response: Response,
  markup: string,
  { isMaybePart, editor }: InsertOptions = WHOLE,
): Promise<Insertion> {
  const isPiped = isPipeable(response)
  // The other branch of a body that may turn out to be broken stays as it came.
  const body = isPiped ? response.body : response.clone().body
  if (body === null) return { kind: 'untouched', response }
  const reader = body.getReader()
  const read = await readStart(reader, isMaybePart)
  if (read.place === null && !isPiped) {
    void reader.cancel().catch(ignore)
    return { kind: 'untouched', response }
  }
  reader.releaseLock()
  if (!isPiped) void response.body?.cancel().catch(ignore)
  const isUntouched = read.place === null
  const { readable, writable } = isUntouched ? streamFor(response) : new IdentityTransformStream()
  const sending = { writable, isPiped: isPiped && !read.isBroken, editor: isUntouched ? null : editor }
  void send(startOf(read, markup), body, sending).catch(ignore)
  return isUntouched
    ? { kind: 'untouched', response: new Response(readable, response) }
    : { kind: 'inserted', body: readable }
}

/** An untouched page keeps its length. */
function streamFor({ headers }: Response): IdentityTransformStream {
  const length = headers.get('Content-Length') ?? ''
  return /^\d{1,15}$/.test(length) ? new FixedLengthStream(Number(length)) : new IdentityTransformStream()
}

export interface InsertOptions {
  /** Scripts fetch parts of pages as HTML too: then only what says that it is a whole document is one. */
  readonly isMaybePart: boolean
  /** Edits the page on its way; `null`: it goes on as it comes. Not used for a page that stays untouched. */
  readonly editor: BodyEditor | null
}

const WHOLE: InsertOptions = { isMaybePart: false, editor: null }

/** The start of a page, as far as it had to be read. */
interface Start {
  readonly bytes: Uint8Array
  /** `null`: there is none that is fit. */
  readonly place: number | null
  /** Something went wrong on the way. */
  readonly isBroken: boolean
}

/** Reads until the place is known. What goes wrong on the way ends the search, and comes up again behind what was read. */
async function readStart(reader: ReadableStreamDefaultReader<Uint8Array>, isMaybePart: boolean): Promise<Start> {
  let bytes: Uint8Array = new Uint8Array()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (value !== undefined) bytes = bytes.length === 0 ? value : joined([bytes, value])
      const scan = scanPrefix(bytes, done)
      if (scan.kind === 'more') continue
      const isFit = scan.kind === 'found' && (!isMaybePart || saysDocument(bytes.subarray(0, scan.offset)))
      return { bytes, place: isFit ? scan.offset : null, isBroken: false }
    }
  } catch {
    return { bytes, place: null, isBroken: true }
  }
}

/** Whether the bytes before the place have a doctype, `<html>` or `<head>` among them. */
function saysDocument(prefix: Uint8Array): boolean {
  return /<(?:!doctype|html|head)[\s>/]/i.test(new TextDecoder('latin1').decode(prefix))
}

function startOf({ bytes, place }: Start, markup: string): Uint8Array {
  if (place === null) return bytes
  return joined([bytes.subarray(0, place), new TextEncoder().encode(markup), bytes.subarray(place)])
}

interface Sending {
  readonly writable: WritableStream<Uint8Array>
  readonly isPiped: boolean
  readonly editor: BodyEditor | null
}

/**
 * What came from the network as it is can be piped natively, which costs least. What was decoded would lose its last piece
 * before a fault, and what a Worker made itself may be a stream that the runtime cannot pipe, and then never ends.
 */
function isPipeable({ url, headers }: Response): boolean {
  return url !== '' && !headers.has('Content-Encoding')
}

/** An error of either side ends the other. Nothing is waited for before the pipe is laid: that is a tenth of the cost. */
function send(
  start: Uint8Array,
  body: ReadableStream<Uint8Array>,
  { writable, isPiped, editor }: Sending,
): Promise<void> {
  const writer = writable.getWriter()
  if (!isPiped || editor !== null) return copyBody(body, writer, { start, editor })
  // The pipe ends with the same error.
  writer.write(start).catch(ignore)
  writer.releaseLock()
  return body.pipeTo(writable)
}

/** For failures that the other side of a stream tells. */
function ignore(): void {}
