import type { JsonValue } from '../../base/json.ts'
import type { PlannedVisit } from './visit.ts'

/** A plan for somebody who wants to know why the page is as it is. */
export function debugJson({ plan, userId, isCounted, loaded }: PlannedVisit): JsonValue {
  const { decisions, edits, pageKeys, css, redirect, hydrates, clientNavigation, cacheTag } = plan
  return {
    userId,
    isCounted,
    revision: loaded.project.revision,
    pages: [...pageKeys],
    decisions: decisions.map(({ experimentKey, flagKey, variation, source, reasons }) => ({
      experimentKey,
      flagKey,
      variationKey: variation?.key ?? null,
      source,
      reasons: [...reasons],
    })),
    edits: edits.map(({ edit, place }) => ({
      id: edit.id,
      place,
      selector: edit.kind === 'dom' ? edit.selector : null,
    })),
    css,
    redirect,
    hydrates,
    clientNavigation,
    cacheTag,
  }
}
