import { placeEdits } from '../html/place-edits.ts'
import type { Edit, ShownPlace } from './page.ts'
import { gather } from './page-content.ts'
import type { PageAction, Trigger } from './page-project.ts'

/**
 * When an experiment counts on each of its pages where a variation needs the browser. Where one redirects it counts when the
 * page is served: whoever is sent away reports nothing.
 */
export function triggersOf(
  variations: readonly (readonly PageAction[])[],
  redirects: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, Trigger> {
  const triggers = new Map<string, Trigger>()
  for (const id of new Set(variations.flat().map(({ page }) => page.id))) {
    const edits = variations.flatMap((actions) => browserEdits(actions.filter(({ page }) => page.id === id)))
    if (edits.length > 0 && !redirects.has(id)) triggers.set(id, triggerOf(edits))
  }
  return triggers
}

/** Beside other experiments an edit may need the browser that by itself does not: that is nothing to count by. */
function browserEdits(actions: readonly PageAction[]): readonly Edit[] {
  return placeEdits(gather(actions)).flatMap(({ edit, place }) => (place === 'browser' ? [edit] : []))
}

/** What waits is made after what it waits for, so that the first to be made waits for nothing. */
function triggerOf(edits: readonly Edit[]): Trigger {
  const first = edits.filter(({ dependencies }) => dependencies.length === 0)
  const places = new Map(first.flatMap(placeOf).map((place) => [JSON.stringify(place), place]))
  return {
    edits: new Set(edits.map(({ id }) => id)),
    insertsHtml: edits.some((edit) => edit.kind === 'dom' && /^(?:html|insert)$/.test(edit.operation.kind)),
    places: first.some(({ kind }) => kind === 'code') ? [] : [...places.values()],
  }
}

function placeOf(edit: Edit): readonly ShownPlace[] {
  if (edit.kind === 'code') return []
  const { selector, operation } = edit
  return [operation.kind === 'rearrange' ? { selector, target: operation.target } : { selector }]
}
