import { BodyEditor, type BodyWork } from '../../../src/pages/html/body-editor.ts'
import { copyBody } from '../../../src/pages/html/copy-body.ts'
import { piecesOf } from '../../../src/pages/html/pieces.ts'

export interface Reported extends BodyWork {
  /** Told once, at the end, the ids of the edits that were left. */
  readonly report?: (left: readonly string[]) => void
}

/** A body with the edits made, copied as the proxy copies it. */
export function rewriteBody(body: ReadableStream<Uint8Array>, work: Reported): ReadableStream<Uint8Array> {
  const editor = new BodyEditor(work)
  const { readable, writable } = new IdentityTransformStream()
  void copyBody(piecesOf(body), writable.getWriter(), { start: new Uint8Array(), editor })
    .finally(() => work.report?.([...editor.left]))
    .catch(() => {})
  return readable
}
