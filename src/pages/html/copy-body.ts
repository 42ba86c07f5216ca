/** Copies a page's body by hand, and edits it on the way where there is something to edit. */

import type { BodyEditor } from './body-editor.ts'
import { endEarly } from './end-early.ts'

export interface Copying {
  /** What comes before the body. */
  readonly start: Uint8Array
  /** Gets everything, `start` too; `null`: it goes on as it is. */
  readonly editor: Pick<BodyEditor, 'edit' | 'rest'> | null
}

/** What the runtime says of a body that ends too early, or goes on behind its end, or is broken. */
const UNDECODABLE = /decompression|compressed stream/

/**
 * Copies to the end, or up to a fault, which then ends the copy too; what the editor holds back is never lost. A fault of
 * the encoding ends the body as the end of the encoded one would have: browsers show what they could decode.
 */
export async function copyBody(
  body: ReadableStream<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { start, editor }: Copying,
): Promise<void> {
  const { read, cancel } = piecesOf(body)
  try {
    for (let piece: Uint8Array | null = start; piece !== null; piece = await read()) {
      await write(writer, editor === null ? piece : await editor.edit(piece))
    }
  } catch (error) {
    void cancel(error).catch(ignore)
    if (!UNDECODABLE.test(String(error))) {
      await write(writer, editor?.rest() ?? NOTHING)
      return await endEarly(writer, error)
    }
  }
  if (editor !== null) await write(writer, await editor.edit(null))
  await writer.close()
}

const NOTHING = new Uint8Array()

async function write(writer: WritableStreamDefaultWriter<Uint8Array>, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await writer.write(bytes)
}

const BUFFER_BYTES = 65_536

interface Pieces {
  /** `null` at the end. A piece is good until the next one is read. */
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
