/**
 * Puts our elements into a page as it streams. Only the page's start is looked at, and what follows goes on as it comes.
 * Where nothing is to be inserted, or something is wrong, the response is handed back as untouched as it was.
 */

import { joined } from './bytes.ts'
import { endEarly } from './end-early.ts'
import { scanPrefix } from './prefix-scan.ts'

/**
 * The page's body with `markup`, which is ASCII, at the script's place: decoded, so that `Content-Encoding` has to go
 * with it. `null` where there is no such place, or the body is not what its encoding says: the response can then be sent
 * on, byte for byte; in all other cases its body is used up. Settles as soon as the place is known; rejects
 * only for a response that somebody has read.
 */
export async function insertAtScriptPlace(
  response: Response,
  markup: string,
  { isMaybePart }: InsertOptions = WHOLE,
): Promise<ReadableStream<Uint8Array> | null> {
  // The other branch stays as it came, encoded, for the case that this one cannot be decoded.
  const body = response.clone().body
  if (body === null) return null
  const reader = body.getReader()
  const isFit = isMaybePart ? saysDocument : () => true
  const start = await readStart(reader, new TextEncoder().encode(markup), isFit).catch(() => null)
  if (start === null) {
    void reader.cancel().catch(ignore)
    return null
  }
  reader.releaseLock()
  void response.body?.cancel().catch(ignore)
  const { readable, writable } = new IdentityTransformStream()
  void send(start, body, { writable, isPiped: isPipeable(response) }).catch(ignore)
  return readable
}

export interface InsertOptions {
  /** Scripts fetch parts of pages as HTML too: then only what says that it is a whole document is one. */
  readonly isMaybePart: boolean
}

const WHOLE: InsertOptions = { isMaybePart: false }

/** Whether the bytes before the place have a doctype, `<html>` or `<head>` among them. */
function saysDocument(prefix: Uint8Array): boolean {
  return /<(?:!doctype|html|head)[\s>/]/i.test(new TextDecoder('latin1').decode(prefix))
}

/** Reads until the place is known, and gives what was read with the markup in it; `null` without a place that is fit. */
async function readStart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  markup: Uint8Array,
  isFit: (prefix: Uint8Array) => boolean,
): Promise<Uint8Array | null> {
  let bytes: Uint8Array = new Uint8Array()
  for (;;) {
    const { done, value } = await reader.read()
    if (value !== undefined) bytes = bytes.length === 0 ? value : joined([bytes, value])
    const scan = scanPrefix(bytes, done)
    if (scan.kind === 'more') continue
    const prefix = scan.kind === 'found' ? bytes.subarray(0, scan.offset) : null
    return prefix === null || !isFit(prefix) ? null : joined([prefix, markup, bytes.subarray(prefix.length)])
  }
}

interface Sending {
  readonly writable: WritableStream<Uint8Array>
  readonly isPiped: boolean
}

/**
 * What came from the network as it is can be piped natively, which costs least. What was decoded would lose its last piece
 * before a fault, and what a Worker made itself may be a stream that the runtime cannot pipe, and then never ends.
 */
function isPipeable({ url, headers }: Response): boolean {
  return url !== '' && !headers.has('Content-Encoding')
}

/** An error of either side ends the other. Nothing is waited for before the pipe is laid: that is a tenth of the cost. */
function send(start: Uint8Array, body: ReadableStream<Uint8Array>, { writable, isPiped }: Sending): Promise<void> {
  const writer = writable.getWriter()
  const written = writer.write(start)
  if (!isPiped) return copy(body, writer, written)
  // The pipe ends with the same error.
  written.catch(ignore)
  writer.releaseLock()
  return body.pipeTo(writable)
}

/** What the runtime says of a body that ends too early, or goes on behind its end, or is broken. */
const UNDECODABLE = /decompression|compressed stream/

/** A fault of the encoding ends the body as the end of the encoded one would have: browsers show what they could decode. */
async function copy(
  body: ReadableStream<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  written: Promise<void>,
): Promise<void> {
  const { read, cancel } = piecesOf(body)
  try {
    await written
    for (let piece = await read(); piece !== null; piece = await read()) await writer.write(piece)
    await writer.close()
  } catch (error) {
    void cancel(error).catch(ignore)
    await (UNDECODABLE.test(String(error)) ? writer.close() : endEarly(writer, error))
  }
}

const BUFFER_BYTES = 65_536

interface Pieces {
  /** `null` at the end. */
  readonly read: () => Promise<Uint8Array | null>
  readonly cancel: (cause: unknown) => Promise<void>
}

/** In as large pieces as there are; a stream that somebody made of chunks is read in those. */
function piecesOf(body: ReadableStream<Uint8Array>): Pieces {
  const reader = byteReader(body)
  if (reader === null) {
    const chunks = body.getReader()
    return { read: async () => (await chunks.read()).value ?? null, cancel: (cause) => chunks.cancel(cause) }
  }
  let buffer = new Uint8Array(BUFFER_BYTES)
  const read = async () => {
    const { done, value } = await reader.read(buffer)
    if (done) return null
    buffer = new Uint8Array(value.buffer)
    return value
  }
  return { read, cancel: (cause) => reader.cancel(cause) }
}

/** `null` for a stream that somebody made of chunks. */
function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return null
  }
}

/** For failures that the other side of a stream tells. */
function ignore(): void {}
