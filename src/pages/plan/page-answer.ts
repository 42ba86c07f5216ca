import type { PageAnswer, PageEdit } from '../../protocol/page.ts'
import type { PagePlan, PlannedEdit } from './page.ts'

/** A plan on the wire: this visitor's changes, and nothing of anybody else's. */
export function pageAnswer(plan: PagePlan): PageAnswer {
  const { edits, css, redirect, hydrates, clientNavigation, decisions, cookies, cacheTag } = plan
  return {
    edits: edits.map(editOf),
    css,
    redirect,
    hydrates,
    clientNavigation,
    decisions: decisions.map(({ experimentKey, flagKey, variation }) => ({
      experimentKey,
      flagKey,
      variationKey: variation?.key ?? null,
    })),
    cookies,
    cacheTag,
  }
}

function editOf({ edit, place }: PlannedEdit): PageEdit {
  const { id, dependencies } = edit
  const common = { id, place, ...(dependencies.length === 0 ? {} : { dependencies }) }
  if (edit.kind === 'code') return { ...common, code: edit.code }
  return { ...common, selector: edit.selector, operation: edit.operation }
}
