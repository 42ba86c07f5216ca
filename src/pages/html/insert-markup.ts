/**
 * Puts our elements into a page as it streams. Only the page's start is looked at, and what follows goes on as it comes;
 * a page that is there as a whole by then goes on in one piece, which costs less than a stream. Where nothing is to be inserted, or something is wrong, the page goes on byte for byte.
 */

import type { BodyEditor } from './body-editor.ts'
import { joined } from './bytes.ts'
import { copyBody } from './copy-body.ts'
import { PIECE_BYTES, type Pieces, piecesOf } from './pieces.ts'
import { scanPrefix } from './prefix-scan.ts'

/** What became of a page. */
export type Insertion =
  /** Decoded, so that `Content-Encoding` has to go with it. The response's own body is used up. */
  | { readonly kind: 'inserted'; readonly body: ReadableStream<Uint8Array> | Uint8Array }
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
  const length = isPiped ? lengthOf(response) : null
  const spareBytes = markup.length + (editor === null ? 0 : EDITS_BYTES)
  const pieces = piecesOf(body, { pieceBytes: pieceBytesFor(length, editor), spareBytes })
  const read = await readStart(pieces, isMaybePart)
  if (read.place === null && !isPiped) {
    void pieces.cancel().catch(ignore)
    return { kind: 'untouched', response }
  }
  if (!isPiped) void response.body?.cancel().catch(ignore)
  const start = startOf(read, markup, pieces)
  if (read.place !== null && read.bytes.length === length) {
    void pieces.cancel().catch(ignore)
    return { kind: 'inserted', body: editor === null ? start : await editor.editWhole(start) }
  }
  const isUntouched = read.place === null
  const { readable, writable } = isUntouched ? streamFor(response) : new IdentityTransformStream()
  const sending = { writable, isPiped: isPiped && !read.isBroken, editor: isUntouched ? null : editor }
  void send(start, { body, pieces }, sending).catch(ignore)
  return isUntouched
    ? { kind: 'untouched', response: new Response(readable, response) }
    : { kind: 'inserted', body: readable }
}

/** Pages up to this size are taken as a whole where they are there. */
const MAX_WHOLE_BYTES = 131_072
/** Enough for the place in most pages; what comes behind it is piped. */
const START_BYTES = 4_096

/** By which most pages grow at most when they are edited. */
const EDITS_BYTES = 4_096

/** Room for all of a page whose length is known, so that it can come at once. */
function pieceBytesFor(length: number | null, editor: BodyEditor | null): number {
  if (length !== null && length <= MAX_WHOLE_BYTES) return Math.max(length, START_BYTES)
  return editor === null ? START_BYTES : PIECE_BYTES
}

/** How many bytes come; `null` where only their end tells. In chunks they may be more than the header says. */
function lengthOf({ headers }: Response): number | null {
  const length = headers.get('Content-Length') ?? ''
  return /^\d{1,15}$/.test(length) && !headers.has('Transfer-Encoding') ? Number(length) : null
}

/** An untouched page keeps its length. */
function streamFor(response: Response): IdentityTransformStream {
  const length = lengthOf(response)
  return length === null ? new IdentityTransformStream() : new FixedLengthStream(length)
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
async function readStart({ read }: Pieces, isMaybePart: boolean): Promise<Start> {
  let bytes: Uint8Array = new Uint8Array()
  try {
    for (;;) {
      const piece = await read()
      if (piece !== null) bytes = bytes.length === 0 ? piece : joined([bytes, piece])
      const scan = scanPrefix(bytes, piece === null)
      if (scan.kind !== 'more') {
        const isFit = scan.kind === 'found' && (!isMaybePart || saysDocument(bytes.subarray(0, scan.offset)))
        return { bytes, place: isFit ? scan.offset : null, isBroken: false }
      }
      // The next piece comes in the place of this one.
      bytes = bytes.slice()
    }
  } catch {
    return { bytes, place: null, isBroken: true }
  }
}

/** Whether the bytes before the place have a doctype, `<html>` or `<head>` among them. */
function saysDocument(prefix: Uint8Array): boolean {
  return /<(?:!doctype|html|head)[\s>/]/i.test(new TextDecoder('latin1').decode(prefix))
}

/** Where there is room behind the bytes, they make way. */
function startOf({ bytes, place }: Start, markup: string, { areOwn }: Pieces): Uint8Array {
  if (place === null) return bytes
  const { buffer, byteOffset, length } = bytes
  const hasRoom = areOwn && byteOffset + length + markup.length <= buffer.byteLength
  const whole = hasRoom
    ? new Uint8Array(buffer, byteOffset, length + markup.length)
    : joined([bytes, new Uint8Array(markup.length)])
  whole.copyWithin(place + markup.length, place, length)
  ascii.encodeInto(markup, whole.subarray(place))
  return whole
}

const ascii = new TextEncoder()

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
  { body, pieces }: { readonly body: ReadableStream<Uint8Array>; readonly pieces: Pieces },
  { writable, isPiped, editor }: Sending,
): Promise<void> {
  const writer = writable.getWriter()
  const pipe = () => {
    writer.releaseLock()
    pieces.release()
    return body.pipeTo(writable)
  }
  if (!isPiped || editor !== null) return copyBody(pieces, writer, { start, editor, passOn: isPiped ? pipe : null })
  // The pipe ends with the same error.
  writer.write(start).catch(ignore)
  return pipe()
}

/** For failures that the other side of a stream tells. */
function ignore(): void {}
