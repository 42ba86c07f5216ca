import type { Edit } from './page.ts'
import type { ActionEntry, Change, Redirect } from './page-fields.ts'

/** What the changes of one action come to, each compiled once. */
export interface CompiledChanges {
  readonly edits: readonly Edit[]
  readonly css: string
  readonly redirect: Redirect | null
}

/** How often each change id occurs in a datafile. */
export type IdCounts = ReadonlyMap<string, number>

/** Counts the ids that authors gave their changes. */
export function countIds(actions: Iterable<readonly ActionEntry[]>): IdCounts {
  const counts = new Map<string, number>()
  for (const { changes } of [...actions].flat()) {
    for (const { id } of changes) if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/**
 * Compiles the actions of one variation, one by one. Edits are called by their author's id where that is a plain word and
 * nobody else's, else by rule, variation and place: the same in every isolate and for every visitor.
 */
export function compileActions(
  actions: readonly ActionEntry[],
  { ids, ruleId, variationId }: { readonly ids: IdCounts; readonly ruleId: string; readonly variationId: string },
): readonly CompiledChanges[] {
  const prefix = `${plain(ruleId)}.${plain(variationId)}.`
  const editIds = new Map<string, readonly string[]>()
  let place = 0
  return actions.map(({ changes }) => {
    const edits: Edit[] = []
    for (const change of changes) {
      const made = compileChange(change, nameOf(change, ids) ?? prefix + place, editIds)
      if (change.id !== null)
        editIds.set(
          change.id,
          made.map(({ id }) => id),
        )
      edits.push(...made)
      place++
    }
    return { edits, css: cssOf(changes), redirect: redirectOf(changes) }
  })
}

function nameOf({ id }: Change, ids: IdCounts): string | null {
  return id !== null && ids.get(id) === 1 && /^[\w-]{1,64}$/.test(id) ? id : null
}

/** Without the dot that separates. */
function plain(id: string): string {
  return id.replace(/[^\w-]/g, (unit) => `%${unit.charCodeAt(0).toString(16)}`)
}

function compileChange(
  { dependencies: changeIds, effect }: Change,
  id: string,
  editIds: ReadonlyMap<string, readonly string[]>,
): readonly Edit[] {
  const dependencies = [...new Set(changeIds.flatMap((changeId) => editIds.get(changeId) ?? []))]
  switch (effect.kind) {
    case 'code':
      return [{ kind: 'code', id, code: effect.code, dependencies }]
    case 'dom':
      return effect.operations.map((operation, index) => ({
        kind: 'dom',
        id: index === 0 ? id : `${id}.${index}`,
        selector: effect.selector,
        operation,
        dependencies,
      }))
    default:
      return []
  }
}

function cssOf(changes: readonly Change[]): string {
  return changes.flatMap(({ effect }) => (effect.kind === 'css' ? [effect.css] : [])).join('\n')
}

function redirectOf(changes: readonly Change[]): Redirect | null {
  for (const { effect } of changes) if (effect.kind === 'redirect') return effect.redirect
  return null
}
