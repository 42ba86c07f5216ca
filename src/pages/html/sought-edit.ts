import { madeOncePer } from '../../base/made-once.ts'
import type { DomEdit } from '../plan/page.ts'
import { isAscii } from './fragment.ts'
import { type Compound, parseCompounds } from './selector.ts'
import type { TagAttributes } from './tag-attributes.ts'
import { latin1 } from './tag-scanner.ts'

/** An edit, and what its selector finds by the characters that a page's bytes are read as. */
export interface SoughtEdit {
  readonly edit: DomEdit
  readonly compounds: readonly Compound[]
}

const utf8 = new TextEncoder()

/** A datafile's edits are the same objects for every visitor. */
const read = madeOncePer(readEdit)

/** `null` for a selector that tags alone cannot decide, or that says something that the charset may write otherwise. */
export function soughtEdit(edit: DomEdit, isUtf8: boolean): SoughtEdit | null {
  const sought = read(edit)
  return sought === null || isUtf8 || sought.compounds.every(isPortable) ? sought : null
}

function isPortable({ tests }: Compound): boolean {
  return tests.every(({ name, value }) => isAscii(name + value))
}

function readEdit(edit: DomEdit): SoughtEdit | null {
  const compounds = parseCompounds(edit.selector)
  return compounds && { edit, compounds: compounds.map(asRead) }
}

function asRead({ tag, tests }: Compound): Compound {
  return { tag, tests: tests.map((test) => ({ ...test, name: binary(test.name), value: binary(test.value) })) }
}

/** The id that a compound asks for; `null` where it asks for none. */
export function idOf({ tests }: Compound): string | null {
  return tests.find(({ name, operator }) => name === 'id' && operator === '=')?.value ?? null
}

/** Sets what an edit sets, for the edits after it. */
export function setAttributes({ operation }: DomEdit, { values, unsure }: TagAttributes): void {
  if (operation.kind !== 'attributes') return
  for (const [name, text] of operation.set) {
    values.set(name, binary(text))
    unsure.delete(name)
  }
}

function binary(text: string): string {
  return isAscii(text) ? text : latin1.decode(utf8.encode(text))
}
