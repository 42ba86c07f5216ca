/** What listeners are told, as the Agent writes it: Go's structures, whose fields have no other names (source: go-sdk `notification`). */
import type { Attributes, Decision, UserContext } from '../../engine/index.ts'
import type { Conversion } from '../../events/event.ts'
import { impressionsOf } from '../../events/impression.ts'
import { MOST_TOLD_UNITS, type Notification } from '../../events/notification-stream.ts'
import type { FoundDatafile } from '../../store/datafile-store.ts'
import type { Api } from '../api.ts'
import { agentJson, goMap } from './agent-json.ts'

/** For whom decisions were made, and whether they count. */
export interface DecidedFor {
  readonly sdkKey: string
  readonly user: Pick<UserContext, 'userId' | 'attributes' | 'qualifiedSegments'>
  readonly isTracked: boolean
}

/** Tells of decisions; a flag that has none is no decision. Costs nothing where nobody can listen. */
export function notifyDecisions(
  decisions: readonly Decision[],
  { sdkKey, user, isTracked }: DecidedFor,
  { found, api }: { readonly found: FoundDatafile; readonly api: Pick<Api, 'notifications' | 'log'> },
): void {
  if (api.notifications === null) return
  const { project } = found.datafile
  const UserContext = userFields(user)
  const decided = decisions.filter((decision) => decision.kind === 'decided')
  const told: Notification[] = []
  let units = 0
  for (const decision of decided) {
    const isCounted = isTracked && impressionsOf(decision, { ...user, sdkKey, project }).length > 0
    const DecisionInfo = goMap(flagFields(decision, isCounted))
    const notice = notification('decision', { Type: 'flag', UserContext, DecisionInfo })
    units += notice.json.length
    // Each repeats the user's attributes: what would be dropped is not even made.
    if (units > MOST_TOLD_UNITS) break
    told.push(notice)
  }
  const dropped = decided.length - told.length
  if (dropped > 0) api.log({ level: 'warn', code: 'notifications_dropped', count: dropped })
  api.notifications.publish(sdkKey, told)
}

/** Tells of a decision of whatever type. */
export function decisionNotification(Type: string, user: DecidedFor['user'], DecisionInfo: object): Notification {
  return notification('decision', { Type, UserContext: userFields(user), DecisionInfo })
}

/** Tells of something that a user did. */
export function trackNotification({ eventKey, userId, attributes, tags }: Conversion): Notification {
  const user = userFields({ userId, attributes })
  return notification('track', { EventKey: eventKey, UserContext: user, EventTags: goMap(tags), ConversionEvent: null })
}

/** Tells of another datafile. */
export function configNotification(revision: string): Notification {
  return notification('project_config_update', { Type: 'project_config_update', Revision: revision })
}

function notification(type: Notification['type'], fields: object): Notification {
  return { type, json: agentJson(fields).trimEnd() }
}

function userFields({ userId, attributes, qualifiedSegments = null }: UserIdentity): object {
  return { ID: userId, Attributes: goMap(attributes), QualifiedSegments: qualifiedSegments }
}

interface UserIdentity {
  readonly userId: string
  readonly attributes: Attributes
  readonly qualifiedSegments?: readonly string[] | null
}

function flagFields(decision: Extract<Decision, { kind: 'decided' }>, isCounted: boolean) {
  const { flagKey, enabled, variables, variationKey, ruleKey, reasons, evidence } = decision
  return {
    flagKey,
    enabled,
    variables,
    variationKey: variationKey ?? '',
    ruleKey: ruleKey ?? '',
    reasons,
    decisionEventDispatched: isCounted,
    experimentId: evidence.rule?.id ?? '',
    variationId: evidence.variation?.id ?? '',
  }
}
