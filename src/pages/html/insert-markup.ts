/**
 * Puts our elements into a page as it streams. Only the page's start is looked at, and what follows goes on as it comes.
 * Where nothing is to be inserted, or something is wrong, the response is handed back as untouched as it was.
 */
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
): Promise<ReadableStream<Uint8Array> | null> {
  // The other branch stays as it came, encoded, for the case that this one cannot be decoded.
  const body = response.clone().body
  if (body === null) return null
  const reader = body.getReader()
  const start = await readStart(reader, new TextEncoder().encode(markup)).catch(() => null)
  if (start === null) {
    void reader.cancel().catch(ignore)
    return null
  }
  reader.releaseLock()
  void response.body?.cancel().catch(ignore)
  const { readable, writable } = new IdentityTransformStream()
  void send(start, body, { writable, isEncoded: response.headers.has('Content-Encoding') }).catch(ignore)
  return readable
}

/** Reads until the place is known, and gives what was read with the markup in it; `null` without a place. */
async function readStart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  markup: Uint8Array,
): Promise<Uint8Array | null> {
  let bytes: Uint8Array = new Uint8Array()
  for (;;) {
    const { done, value } = await reader.read()
    if (value !== undefined) bytes = bytes.length === 0 ? value : joined([bytes, value])
    const scan = scanPrefix(bytes, done)
    if (scan.kind === 'found') return joined([bytes.subarray(0, scan.offset), markup, bytes.subarray(scan.offset)])
    if (scan.kind !== 'more') return null
  }
}

interface Sending {
  readonly writable: WritableStream<Uint8Array>
  readonly isEncoded: boolean
}

/** An error of either side ends the other. Nothing is waited for before the pipe is laid: that is a tenth of the cost. */
async function send(
  start: Uint8Array,
  body: ReadableStream<Uint8Array>,
  { writable, isEncoded }: Sending,
): Promise<void> {
  const writer = writable.getWriter()
  const written = writer.write(start)
  const reader = isEncoded ? byteReader(body) : null
  if (reader !== null) return sendDecoded(reader, writer, written)
  // The pipe ends with the same error.
  written.catch(ignore)
  writer.releaseLock()
  return body.pipeTo(writable)
}

const BUFFER_BYTES = 65_536
/** What the runtime says of a body that ends too early, or goes on behind its end, or is broken. */
const UNDECODABLE = /decompression|compressed stream/

/**
 * Piping would lose what was decoded last before a fault. A fault of the encoding ends the body as the end of the
 * encoded one would have: browsers show what they could decode.
 */
async function sendDecoded(
  reader: ReadableStreamBYOBReader,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  written: Promise<void>,
): Promise<void> {
  try {
    await written
    let buffer = new Uint8Array(BUFFER_BYTES)
    for (;;) {
      const { done, value } = await reader.read(buffer)
      if (done) break
      await writer.write(value)
      buffer = new Uint8Array(value.buffer)
    }
    await writer.close()
  } catch (error) {
    void reader.cancel(error).catch(ignore)
    await (UNDECODABLE.test(String(error)) ? writer.close() : writer.abort(error))
  }
}

/** `null` for a stream that somebody made of chunks. */
function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return null
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** For failures that the other side of a stream tells. */
function ignore(): void {}
