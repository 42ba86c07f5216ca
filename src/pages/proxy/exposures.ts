import { reasonOf } from '../../base/reason.ts'
import type { Project } from '../../engine/index.ts'
import type { Impression } from '../../events/impression.ts'
import type { PageDecision } from '../plan/page.ts'
import type { Site } from './site.ts'
import type { PlannedVisit } from './visit.ts'

/**
 * Counts what a person is shown: one exposure for each experiment that they are in, or held out of. Deliveries count where
 * the datafile says so, as they do when a flag is asked for. Never throws: the page is on its way.
 */
export function recordExposures(
  visit: PlannedVisit,
  { sdkKey, exposures, log }: Pick<Site, 'sdkKey' | 'exposures' | 'log'>,
): void {
  if (!visit.isCounted || sdkKey === null) return
  try {
    exposures.record(visit.plan.decisions.flatMap((decision) => exposureOf(decision, visit, sdkKey)))
  } catch (cause) {
    log({ level: 'error', code: 'exposures_failed', message: reasonOf(cause) })
  }
}

function exposureOf(
  decision: PageDecision,
  { userId, attributes, loaded }: PlannedVisit,
  sdkKey: string,
): readonly Impression[] {
  const { variation, source } = decision
  const { project } = loaded
  if (variation === null || (source === 'rollout' && !project.sendFlagDecisions)) return []
  const common = { sdkKey, revision: project.revision, userId, attributes }
  return [{ ...common, ...shownBy(decision, project), enabled: variation.featureEnabled, variation }]
}

function shownBy(
  { experimentId, flagKey, source }: PageDecision,
  { experimentsById, holdouts }: Project,
): Pick<Impression, 'flagKey' | 'source' | 'rule'> {
  const rule = source === 'holdout' ? holdouts.find(({ id }) => id === experimentId) : experimentsById.get(experimentId)
  const common = { flagKey: flagKey ?? '', rule: rule ?? null }
  if (source === 'experiment') return { ...common, source: flagKey === null ? 'experiment' : 'feature-test' }
  return { ...common, source }
}
