import { reasonOf } from '../../base/reason.ts'
import type { Impression } from '../../events/event.ts'
import { exposureUuid } from '../../events/exposure-uuid.ts'
import type { PageDecision } from '../plan/page.ts'
import type { Site } from './site.ts'
import type { PlannedVisit } from './visit.ts'

/**
 * Counts what a person is shown: one exposure for each experiment that they are in, and for each holdout that keeps them
 * out. Deliveries count where the datafile says so, as they do when a flag is asked for. What is shown again within a session,
 * also out of the browser's cache (304), is recorded again under the same uuid. In the background: the page is on its way.
 */
export function recordExposures(visit: PlannedVisit, site: ExposureSite, decisions = visit.plan.served): void {
  const { sdkKey, exposures, background, clock, log } = site
  if (!visit.isCounted || sdkKey === null) return
  const recorded = exposuresOf(decisions, { ...visit, sdkKey, timestampMs: clock() })
    .then((shown) => exposures.record(shown))
    .catch((cause) => log({ level: 'error', code: 'exposures_failed', message: reasonOf(cause) }))
  background(recorded)
}

export type ExposureSite = Pick<Site, 'sdkKey' | 'exposures' | 'background' | 'clock' | 'log'>

/** Who was shown something, and when. */
export interface ShownTo extends Pick<PlannedVisit, 'userId' | 'attributes' | 'loaded'> {
  readonly sdkKey: string
  /** Milliseconds since 1970. */
  readonly timestampMs: number
}

/** What decisions come to that were shown, each once. */
export async function exposuresOf(decisions: readonly PageDecision[], to: ShownTo): Promise<readonly Impression[]> {
  const shown = decisions.flatMap((decision) => exposureOf(decision, to))
  const once = new Map(shown.map((one) => [`${one.flagKey} ${one.rule?.id}`, one]))
  return await Promise.all(Array.from(once.values(), (one) => inSession(one, to.timestampMs)))
}

/** Shown at that time. */
async function inSession(shown: Impression, timestampMs: number): Promise<Impression> {
  const { sdkKey, userId, flagKey, rule, variation } = shown
  const ids = { experimentId: rule?.id ?? '', variationId: variation?.id ?? '' }
  return { ...shown, timestampMs, uuid: await exposureUuid({ sdkKey, userId, flagKey, ...ids, timestampMs }) }
}

function exposureOf(
  { experimentId, flagKey, source, variation, holdout }: PageDecision,
  { userId, attributes, loaded: { project }, sdkKey }: ShownTo,
): readonly Impression[] {
  const common = { kind: 'impression', sdkKey, project, userId, attributes, flagKey: flagKey ?? '' } as const
  if (holdout !== null) {
    return [{ ...common, ...holdout, source: 'holdout', enabled: holdout.variation.featureEnabled }]
  }
  if (variation === null || (source === 'rollout' && !project.sendFlagDecisions)) return []
  const rule = project.experimentsById.get(experimentId) ?? null
  const ofFlag = source === 'rollout' ? source : 'feature-test'
  return [
    { ...common, rule, variation, source: flagKey === null ? 'experiment' : ofFlag, enabled: variation.featureEnabled },
  ]
}
