/** Copies a page's body by hand, and edits it on the way where there is something to edit. */

import type { BodyEditor } from './body-editor.ts'
import { endEarly } from './end-early.ts'
import type { Pieces } from './pieces.ts'

export interface Copying {
  /** What comes before the body. */
  readonly start: Uint8Array
  /** Gets everything, `start` too; `null`: it goes on as it is. */
  readonly editor: Pick<BodyEditor, 'edit' | 'rest' | 'isOver'> | null
  /** Passes on what the editor has nothing to do with any more, in place of the copying; `null`: that goes on. */
  readonly passOn?: (() => Promise<void>) | null
}

/** What the runtime says of a body that ends too early, or goes on behind its end, or is broken. */
const UNDECODABLE = /decompression|compressed stream/

/**
 * Copies to the end, or up to a fault, which then ends the copy too; what the editor holds back is never lost. A fault of
 * the encoding ends the body as the end of the encoded one would have: browsers show what they could decode.
 */
export async function copyBody(
  { read, cancel }: Pick<Pieces, 'read' | 'cancel'>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { start, editor, passOn = null }: Copying,
): Promise<void> {
  let isOver = false
  try {
    for (let piece: Uint8Array | null = start; piece !== null; piece = isOver ? null : await read()) {
      await write(writer, editor === null ? piece : await editor.edit(piece))
      isOver = passOn !== null && editor?.isOver === true
    }
  } catch (error) {
    void cancel(error).catch(ignore)
    if (!UNDECODABLE.test(String(error))) {
      await write(writer, editor?.rest() ?? NOTHING)
      return await endEarly(writer, error)
    }
  }
  if (passOn !== null && isOver) return await passOn()
  if (editor !== null) await write(writer, await editor.edit(null))
  await writer.close()
}

const NOTHING = new Uint8Array()

async function write(writer: WritableStreamDefaultWriter<Uint8Array>, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await writer.write(bytes)
}

/** For failures that the other side of a stream tells. */
function ignore(): void {}
