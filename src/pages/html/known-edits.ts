/**
 * What elements have come to. A site's tags are nearly the same for everyone, and to have `HTMLRewriter` make the same edits of
 * the same bytes once more costs as much as a third of passing the page on.
 */
import type { DomEdit } from '../plan/page.ts'

/** What is done to an element. */
export interface ElementEdits {
  readonly edits: readonly DomEdit[]
  readonly isUtf8: boolean
}

interface Known extends ElementEdits {
  readonly edited: Uint8Array
}

/** By the edits and the element as it is written. */
const known = new Map<string, Known>()

/** Together some hundred kB, and then they are looked for afresh. */
const MAX_KNOWN = 200
/** In characters: a start tag, or a small element. */
const LONGEST_KNOWN = 1024

/** What the edits make of an element; `null` where that has to be found out. */
export function knownEdit(element: string, { edits, isUtf8 }: ElementEdits): Uint8Array | null {
  if (element.length > LONGEST_KNOWN) return null
  const found = known.get(keyOf(element, edits))
  const isSame = found?.isUtf8 === isUtf8 && found.edits.every((edit, index) => edit === edits[index])
  return found !== undefined && isSame ? found.edited : null
}

/** Keeps what they make of it. The bytes may be part of others, which go. */
export function keepEdit(element: string, { edits, isUtf8 }: ElementEdits, edited: Uint8Array): void {
  if (element.length > LONGEST_KNOWN || edited.length > 2 * LONGEST_KNOWN) return
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(keyOf(element, edits), { edits, isUtf8, edited: edited.slice() })
}

/** Ids may be the same in another datafile. */
function keyOf(element: string, edits: readonly DomEdit[]): string {
  return `${edits.map(({ id }) => id).join()} ${element}`
}
