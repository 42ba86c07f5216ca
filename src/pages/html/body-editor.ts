/**
 * Makes a plan's edits in a page as it streams. The page is always whole: whatever cannot be done, or goes wrong, leaves
 * the bytes as they came.
 */
import type { DomEdit } from '../plan/page.ts'
import { joined } from './bytes.ts'
import { PageEditor } from './page-editor.ts'
import { rewriteSites } from './rewrite-sites.ts'

export interface BodyWork {
  /** Those that are the Worker's to make, in order. */
  readonly edits: readonly DomEdit[]
  /** In lower case, of an encoding in which ASCII is ASCII; `null` where only the page says it. */
  readonly charset: string | null
  /** Told what was thrown, which is a bug: the rest of the page goes on as it came. */
  readonly onBug?: (cause: unknown) => void
}

interface Work {
  readonly isEnd: boolean
  readonly room: number
}

/** Makes the edits wherever that does to the page's tree what it does to its tags. Keeps what has to wait for more bytes. */
export class BodyEditor {
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

  /** Whatever comes goes on as it is. */
  get isOver(): boolean {
    return this.isBroken || this.editor.isOver
  }

  /**
   * The ids of the edits that have not been made, or not at every element: whoever makes them after all has to find out
   * where, and makes those after them on the same elements again.
   */
  get left(): ReadonlySet<string> {
    return this.editor.left
  }

  /** Takes a chunk, or `null` at the end, and gives what can be sent. What it gives is good until it is called again. */
  async edit(chunk: Uint8Array | null): Promise<Uint8Array> {
    if (this.isOver) return chunk ?? this.rest()
    const bytes = chunk === null ? this.held : this.held.length === 0 ? chunk : joined([this.held, chunk])
    return await this.work(bytes, { isEnd: chunk === null, room: 0 })
  }

  /** Gives a page that is there as a whole, and takes over its buffer with what stands behind it. */
  async editWhole(page: Uint8Array): Promise<Uint8Array> {
    const room = page.buffer.byteLength - page.byteOffset - page.length
    return this.isOver ? page : await this.work(page, { isEnd: true, room })
  }

  private async work(bytes: Uint8Array, { isEnd, room }: Work): Promise<Uint8Array> {
    this.held = bytes
    try {
      const batch = this.editor.feed(bytes, isEnd, this.dropped)
      const edited = await rewriteSites(bytes, batch, { isUtf8: this.isUtf8, room })
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

  /** What waits for bytes that will not come. */
  rest(): Uint8Array {
    const { held } = this
    this.held = new Uint8Array()
    return held
  }
}
