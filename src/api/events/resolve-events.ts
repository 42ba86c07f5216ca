/** Reported events as they count: what they name is looked up in the datafile, and what it does not know is refused. */
import type { JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { type Decision, decideForKeys, evidenceByKey, type FlagDecision } from '../../engine/index.ts'
import type { EventContext, UserEvent } from '../../events/event.ts'
import { type DecisionOrigin, impressionsOf } from '../../events/impression.ts'
import type { ConversionJson, ExposureJson, RefusedEventJson } from '../../protocol/events.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'
import { pageExposure } from './page-exposure.ts'
import { quoted, type Refusal, type Resolved, refuse } from './refusal.ts'
import { parseEvent, type ReportedEvent } from './reported-event.ts'

/** Whose events they are, and when they came. */
export interface Reporter extends DecisionOrigin {
  /** Milliseconds since 1970. */
  readonly nowMs: number
  /** The datafile, where a page reports of itself; `null`: somebody else does. */
  readonly page: LoadedDatafile | null
}

export interface ResolvedEvents {
  readonly events: readonly UserEvent[]
  readonly refused: readonly RefusedEventJson[]
}

/** Resolves the events of one user. Those that cannot count are refused by themselves, and take no others along. */
export async function resolveEvents(reported: readonly JsonValue[], reporter: Reporter): Promise<ResolvedEvents> {
  const parsed = reported.map(parseEvent)
  const decisions = decisionsFor(parsed, reporter)
  const events: UserEvent[] = []
  const refused: RefusedEventJson[] = []
  for (const [index, event] of parsed.entries()) {
    const resolved = event.ok
      ? await resolveEvent(event.value, decisions, reporter)
      : err<Refusal>({ code: 'malformed_event', message: event.error })
    if (resolved.ok) events.push(...resolved.value)
    else refused.push({ index, code: resolved.error.code, message: `events[${index}]${resolved.error.message}` })
  }
  return { events, refused }
}

type Decisions = ReadonlyMap<string, Decision>

/** What the flags that were shown are for this user now. */
function decisionsFor(
  parsed: readonly Result<ReportedEvent, string>[],
  { project, userId, attributes }: Reporter,
): Decisions {
  const flagKeys = parsed.flatMap((event) => (event.ok && event.value.type === 'exposure' ? [event.value.flagKey] : []))
  return decideForKeys(project, new Set(flagKeys), { userId, attributes }, { excludeVariables: true }).decisions
}

/** Of one event: the recorder need not ask a clock. */
interface TimedContext extends EventContext {
  readonly timestampMs: number
}

function resolveEvent(event: ReportedEvent, decisions: Decisions, reporter: Reporter): Resolved | Promise<Resolved> {
  const { nowMs, page, ...origin } = reporter
  if (event.type === 'page-exposure') {
    return page === null
      ? refuse('malformed_event', '.type: only a page of the site reports a "page-exposure", without key and userId.')
      : pageExposure(event, { ...origin, loaded: page, timestampMs: nowMs })
  }
  const { uuid } = event
  const context = { ...origin, timestampMs: nowMs - event.ageMs, ...(uuid !== undefined && { uuid }) }
  return event.type === 'conversion'
    ? conversion(event, context)
    : exposure(event, decisions.get(event.flagKey), context)
}

function conversion({ eventKey, tags = {} }: ConversionJson, context: TimedContext): Resolved {
  const eventId = context.project.eventIds.get(eventKey)
  if (eventId === undefined) return refuse('unknown_event', `.eventKey: the datafile has no event ${quoted(eventKey)}.`)
  return ok([{ ...context, kind: 'conversion', eventKey, eventId, tags }])
}

/** A decision that would be made now counts as the SDK counts it; one that would not by the rule that it names. */
function exposure(shown: ExposureJson, now: Decision | undefined, context: TimedContext): Resolved {
  const same = now?.kind === 'decided' && isSame(now, shown) ? ok(now) : decisionOf(shown, context)
  if (!same.ok) return same
  const impressions = impressionsOf(same.value, context)
  return ok(impressions.map((impression, index) => ({ ...impression, ...timeOf(context, index) })))
}

function isSame({ ruleKey, variationKey }: FlagDecision, shown: ExposureJson): boolean {
  return ruleKey === shown.ruleKey && variationKey === shown.variationKey
}

function decisionOf(shown: ExposureJson, { project }: EventContext) {
  const { flagKey } = shown
  const flag = project.flags.get(flagKey)
  if (flag === undefined) return refuse('unknown_flag', `.flagKey: the datafile has no flag ${quoted(flagKey)}.`)
  const evidence = evidenceByKey(project, flag, shown)
  if (evidence.ok) {
    return ok({ flagKey, enabled: evidence.value.variation?.featureEnabled ?? false, evidence: evidence.value })
  }
  return evidence.error === 'unknown_rule'
    ? refuse(evidence.error, `.ruleKey: flag ${quoted(flagKey)} has no rule ${quoted(shown.ruleKey)}.`)
    : refuse(
        evidence.error,
        `.variationKey: rule ${quoted(shown.ruleKey)} has no variation ${quoted(shown.variationKey)}.`,
      )
}

/** A decision counts twice where a holdout leaves deliveries alone: each impression is an event of its own. */
function timeOf({ uuid, timestampMs }: TimedContext, index: number): Pick<TimedContext, 'uuid' | 'timestampMs'> {
  return uuid === undefined ? { timestampMs } : { timestampMs, uuid: index === 0 ? uuid : secondUuid(uuid) }
}

/** Always the same for the same one, so that a repeat repeats both. */
function secondUuid(uuid: string): string {
  return uuid.slice(0, -1) + (Number.parseInt(uuid.slice(-1), 16) ^ 8).toString(16)
}
