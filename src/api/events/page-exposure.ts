import { ok, type Result } from '../../base/result.ts'
import type { Holdout, Project, Rule, Variation } from '../../engine/index.ts'
import { pageProjectOf } from '../../pages/plan/compile-pages.ts'
import type { PageDecision } from '../../pages/plan/page.ts'
import type { PageRule } from '../../pages/plan/page-project.ts'
import { exposuresOf, type ShownTo } from '../../pages/proxy/exposures.ts'
import type { PageExposureJson } from '../../protocol/events.ts'
import { quoted, type Refusal, type Resolved, refuse } from './refusal.ts'

/**
 * What counts of an exposure that a page reports. It is not decided once more: the datafile may have changed since, and the
 * visitor has seen what they have seen.
 */
export async function pageExposure(event: PageExposureJson, to: ShownTo): Promise<Resolved> {
  const pages = pageProjectOf(to.loaded)
  const rule = pages.ok ? pages.value.rules.get(event.experimentId) : undefined
  if (rule === undefined) {
    return refuse(
      'unknown_rule',
      `.experimentId: no page of the datafile has an experiment ${quoted(event.experimentId)}.`,
    )
  }
  const decision = decisionOf(event, rule, to.loaded.project)
  return decision.ok ? ok(await exposuresOf([decision.value], to)) : decision
}

function decisionOf(
  { experimentId, variationId, flagKey, holdoutId }: PageExposureJson,
  { rule, flags, isDelivery }: PageRule,
  project: Project,
): Result<PageDecision, Refusal> {
  if (flagKey === undefined ? flags.length > 0 : flags.every(({ key }) => key !== flagKey)) {
    return refuse('unknown_flag', `.flagKey: expected that of a flag with experiment ${quoted(experimentId)}.`)
  }
  const common = { experimentId, experimentKey: rule.key, flagKey: flagKey ?? null, reasons: [] }
  if (holdoutId === undefined) {
    const variation = rule.variations.findLast(({ id }) => id === variationId) ?? variationOf(rule, variationId)
    if (variation === undefined) return noVariation(experimentId, variationId)
    return ok({ ...common, variation, holdout: null, source: isDelivery ? 'rollout' : 'experiment' })
  }
  const holdout = [...project.holdouts, ...rule.localHoldouts].find(({ id }) => id === holdoutId)
  if (holdout === undefined) return refuse('unknown_rule', `.holdoutId: no holdout ${quoted(holdoutId)} is about it.`)
  const variation = variationOf(holdout, variationId)
  if (variation === undefined) return noVariation(holdoutId, variationId)
  return ok({ ...common, variation: null, holdout: { rule: holdout, variation }, source: 'holdout' })
}

/** One that traffic leads to: an experiment's may lead into another's, as in the SDK. */
function variationOf({ allocation }: Rule | Holdout, variationId: string): Variation | undefined {
  const variations = allocation.flatMap(({ destination }) => (destination.kind === 'in' ? [destination.variation] : []))
  return variations.find(({ id }) => id === variationId)
}

function noVariation(ruleId: string, variationId: string) {
  return refuse('unknown_variation', `.variationId: ${quoted(ruleId)} has no variation ${quoted(variationId)}.`)
}
