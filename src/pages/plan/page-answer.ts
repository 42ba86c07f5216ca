import type { PageAnswer, PageEdit } from '../../protocol/page.ts'
import type { PagePlan, PlannedEdit } from './page.ts'

/** A plan on the wire: this visitor's changes, as `edits` has them, and nothing of anybody else's. */
export function pageAnswer(plan: PagePlan, edits: readonly PageEdit[], leftAlone: string | null = null): PageAnswer {
  const { css, redirect, hydrates, clientNavigation, decisions, cookies, cacheTag, reports } = plan
  return {
    edits,
    css,
    redirect,
    hydrates,
    clientNavigation,
    decisions: decisions.flatMap(({ experimentKey, flagKey, variation }) =>
      variation === null ? [] : [{ experimentKey, flagKey, variationKey: variation.key }],
    ),
    leftAlone,
    cookies,
    cacheTag,
    ...(reports !== null && {
      reports: { atOnce: reports.atOnce, awaiting: reports.awaiting.map(({ exposure }) => exposure) },
    }),
  }
}

/** Edits for a Worker that makes them: as planned, each with its place. */
export function placedEdits(edits: readonly PlannedEdit[]): readonly PageEdit[] {
  return edits.map(({ edit, place }) => {
    const { id, dependencies } = edit
    const common = { id, place, ...(dependencies.length === 0 ? {} : { dependencies }) }
    if (edit.kind === 'code') return { ...common, code: edit.code }
    return { ...common, selector: edit.selector, operation: edit.operation }
  })
}
