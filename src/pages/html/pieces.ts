/** A body piece by piece, in as large pieces as there are. */

/** What is left of a body. */
export interface Pieces {
  /** `null` at the end. A piece is good until the next one is read. */
  readonly read: () => Promise<Uint8Array | null>
  readonly cancel: (cause?: unknown) => Promise<void>
  /** The rest of the body is for somebody else. */
  readonly release: () => void
  /** Behind a piece, as far as its buffer goes, there is nothing of anybody else's. */
  readonly areOwn: boolean
}

/** The usual size of a piece, in bytes: what the runtime hands over at once. */
export const PIECE_BYTES = 65_536

export interface PieceOptions {
  /** The most that is read at once. */
  readonly pieceBytes: number
  /** Room for so many more behind the first piece. */
  readonly spareBytes: number
}

const USUAL: PieceOptions = { pieceBytes: PIECE_BYTES, spareBytes: 0 }

/** The pieces of a body, of at most so many bytes each; a stream that somebody made of chunks is read in those. */
export function piecesOf(body: ReadableStream<Uint8Array>, { pieceBytes, spareBytes } = USUAL): Pieces {
  const reader = byteReader(body)
  if (reader === null) {
    const chunks = body.getReader()
    return {
      read: async () => (await chunks.read()).value ?? null,
      cancel: (cause) => chunks.cancel(cause),
      release: () => chunks.releaseLock(),
      areOwn: false,
    }
  }
  let buffer = new Uint8Array(new ArrayBuffer(pieceBytes + spareBytes), 0, pieceBytes)
  const read = async () => {
    // An end or a fault has taken it: whoever reads on learns of the same.
    if (buffer.length === 0) buffer = new Uint8Array(pieceBytes)
    const { done, value } = await reader.read(buffer)
    if (done) return null
    buffer = new Uint8Array(value.buffer)
    return value
  }
  return { read, cancel: (cause) => reader.cancel(cause), release: () => reader.releaseLock(), areOwn: true }
}

/** `null` for a stream that somebody made of chunks. */
function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return null
  }
}
