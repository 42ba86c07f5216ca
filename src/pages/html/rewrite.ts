/**
 * Makes a plan's edits in a page as it streams. The page is always whole: whatever cannot be done, or goes wrong, leaves
 * the bytes as they came.
 */
import type { DomEdit } from '../plan/page.ts'
import { joined } from './bytes.ts'
import { endEarly } from './end-early.ts'
import { PageEditor } from './page-editor.ts'
import { rewriteSites } from './rewrite-sites.ts'

export interface BodyWork {
  /** Those that are the Worker's to make, in order. */
  readonly edits: readonly DomEdit[]
  /** In lower case, of an encoding in which ASCII is ASCII; `null` where only the page says it. */
  readonly charset: string | null
  /**
   * Told once, at the end, the ids of the edits that have not been made, or not at every element: whoever makes them
   * after all has to find out where, and makes those after them on the same elements again.
   */
  readonly report?: (left: readonly string[]) => void
  /** Told what was thrown, which is a bug: the rest of the page goes on as it came. */
  readonly onBug?: (cause: unknown) => void
}

const BUFFER_BYTES = 32_768

/** The page's body with the edits made wherever that does to its tree what it does to its tags. */
export function rewriteBody(body: ReadableStream<Uint8Array>, work: BodyWork): ReadableStream<Uint8Array> {
  const page = new EditedPage(work)
  const { readable, writable } = new IdentityTransformStream()
  void send(body, writable.getWriter(), page)
    .finally(() => work.report?.([...page.left]))
    .catch(ignore)
  return readable
}

/** Copied by hand to the end: the runtime never ends a pipe from one of its own streams to another. */
async function send(
  body: ReadableStream<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  page: EditedPage,
): Promise<void> {
  const chunks = chunkReader(body)
  try {
    for (;;) {
      const chunk = await chunks.read().catch(async (error: unknown) => {
        await write(writer, page.rest())
        await endEarly(writer, error)
        throw error
      })
      await write(writer, await page.edit(chunk))
      if (chunk === null) return await writer.close()
    }
  } catch (error) {
    await chunks.cancel(error)
  }
}

async function write(writer: WritableStreamDefaultWriter<Uint8Array>, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await writer.write(bytes)
}

/** Keeps what has to wait for more bytes. */
class EditedPage {
  private readonly editor: PageEditor
  private readonly isUtf8: boolean
  private held: Uint8Array = new Uint8Array()
  private dropped = 0
  private isBroken = false
  private readonly onBug: BodyWork['onBug']

  constructor({ edits, charset, onBug }: BodyWork) {
    this.onBug = onBug
    this.editor = new PageEditor(edits, charset)
    this.isUtf8 = charset === 'utf-8'
  }

  private get isOver(): boolean {
    return this.isBroken || this.editor.isOver
  }

  get left(): ReadonlySet<string> {
    return this.editor.left
  }

  /** Takes a chunk, or `null` at the end, and gives what can be sent. What it gives is good until it is called again. */
  async edit(chunk: Uint8Array | null): Promise<Uint8Array> {
    if (this.isOver) return chunk ?? this.rest()
    const bytes = chunk === null ? this.held : this.held.length === 0 ? chunk : joined([this.held, chunk])
    this.held = bytes
    try {
      const batch = this.editor.feed(bytes, chunk === null, this.dropped)
      const edited = await rewriteSites(bytes, batch, this.isUtf8)
      if (edited === null) this.editor.leave()
      this.dropped = batch.ready
      this.held = bytes.slice(batch.ready)
      return edited ?? bytes.subarray(0, batch.ready)
    } catch (cause) {
      this.onBug?.(cause)
      this.editor.leave()
      this.isBroken = true
      return this.rest()
    }
  }

  rest(): Uint8Array {
    const { held } = this
    this.held = new Uint8Array()
    return held
  }
}

interface ChunkReader {
  /** `null` at the end. A chunk is good until the next one is read. */
  read(): Promise<Uint8Array | null>
  cancel(reason: unknown): Promise<void>
}

/** The runtime's own streams give larger chunks to those who bring a buffer. */
function chunkReader(body: ReadableStream<Uint8Array>): ChunkReader {
  const reader = byteReader(body)
  if (reader === null) return plainReader(body)
  let buffer = new ArrayBuffer(BUFFER_BYTES)
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (done) return null
      buffer = value.buffer
      return value
    },
    cancel: (reason) => reader.cancel(reason),
  }
}

function plainReader(body: ReadableStream<Uint8Array>): ChunkReader {
  const reader = body.getReader()
  return {
    async read() {
      const { done, value } = await reader.read()
      return done ? null : value
    },
    cancel: (reason) => reader.cancel(reason),
  }
}

function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return null
  }
}

/** For failures that the other side of a stream tells. */
function ignore(): void {}
