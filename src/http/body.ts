import { type JsonValue, parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'

/** Why a body could not be read. */
export type BodyFailure =
  | { readonly code: 'payload_too_large'; readonly limitBytes: number }
  | { readonly code: 'malformed_body'; readonly message: string }

/** Requests of the API nest less deep than this: bounds whoever walks them. */
const MAX_DEPTH = 32

/** A request, or a response. */
type Message = Pick<Request, 'headers' | 'body'>

/** Reads a body of at most `limitBytes`. A declared length is refused at once, an undeclared one as soon as it is over. */
export async function readBytes(
  { headers, body }: Message,
  limitBytes: number,
): Promise<Result<Uint8Array, BodyFailure>> {
  const tooLarge = err<BodyFailure>({ code: 'payload_too_large', limitBytes })
  if (Number(headers.get('Content-Length')) > limitBytes) return tooLarge
  if (body === null) return ok(new Uint8Array())
  try {
    const bytes = await collect(body, limitBytes)
    return bytes === null ? tooLarge : ok(bytes)
  } catch {
    // A caller that goes away in the middle of its body is no fault of ours.
    return err({ code: 'malformed_body', message: 'The body ended before it was complete.' })
  }
}

/**
 * `null` as soon as there are more bytes than may be. Chunks are copied and let go of: each may hold a buffer of kilobytes
 * for a single byte, so that a list of them could be thousands of times as large as the limit.
 */
async function collect(body: ReadableStream<Uint8Array>, limitBytes: number): Promise<Uint8Array | null> {
  let bytes = new Uint8Array()
  let length = 0
  for await (const chunk of body) {
    const end = length + chunk.byteLength
    if (end > limitBytes) return null
    if (end > bytes.length) bytes = enlarged(bytes, Math.max(end, Math.min(2 * bytes.length, limitBytes)))
    bytes.set(chunk, length)
    length = end
  }
  return bytes.subarray(0, length)
}

function enlarged(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(bytes)
  return larger
}

/** Reads a body of JSON in UTF-8. An empty body is `undefined`. */
export async function readJson(
  message: Message,
  limitBytes: number,
): Promise<Result<JsonValue | undefined, BodyFailure>> {
  const bytes = await readBytes(message, limitBytes)
  if (!bytes.ok) return bytes
  const text = decodeUtf8(bytes.value)
  if (text === null) return err({ code: 'malformed_body', message: 'The body is not UTF-8.' })
  if (text === '') return ok(undefined)
  const parsed = parseJson(text, { maxDepth: MAX_DEPTH })
  return parsed.ok ? parsed : err({ code: 'malformed_body', message: `The body is not JSON: ${parsed.error.message}` })
}

/** `null` for bytes that are not UTF-8; a byte order mark is left out. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return null
  }
}
