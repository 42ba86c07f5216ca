import type { DomEdit, Operation } from '../../../src/pages/plan/page.ts'
import { htmlOf } from '../documents/documents.ts'
import { applyEdits, describeTree, parsePage } from './reference-edits.ts'
import { rewriteBody } from './rewrite-body.ts'

export interface Page {
  readonly bytes: Uint8Array
  readonly charset: string
}

export function edit(id: string, selector: string, operation: Operation): DomEdit {
  return { kind: 'dom', id, selector, operation, dependencies: [] }
}

export interface Rewritten {
  readonly bytes: Uint8Array
  readonly left: readonly string[]
}

/** What is sent for a page that comes in these pieces. */
export async function rewrite(
  chunks: readonly Uint8Array[],
  edits: readonly DomEdit[],
  charset = 'utf-8',
): Promise<Rewritten> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>()
  const body = rewriteBody(streamOf(chunks), { edits, charset, report: resolve })
  const bytes = new Uint8Array(await new Response(body).arrayBuffer())
  return { bytes, left: await promise }
}

export interface Judgement {
  /** What the browser builds of what is sent, after it has made the edits that were left. */
  readonly actual: string
  readonly expected: string
  readonly left: readonly string[]
}

export async function judge({ bytes, charset }: Page, edits: readonly DomEdit[], chunks = [bytes]): Promise<Judgement> {
  const sent = await rewrite(chunks, edits, charset)
  const page = parsePage(htmlOf({ bytes: sent.bytes, charset }))
  return {
    actual: describeTree(sent.left.length === 0 ? page : applyEdits(page, edits, true)),
    expected: describeTree(applyEdits(parsePage(htmlOf({ bytes, charset })), edits)),
    left: sent.left,
  }
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const chunk = rest.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
  })
}
