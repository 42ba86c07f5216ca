/** What is sent here for a question: the same events that the API records for it, each in a batch of its own. */
import { parseJson } from '../../src/base/json.ts'
import {
  compile,
  decide,
  decideAll,
  decideExperiment,
  decideForKeys,
  type Project,
  parseDatafile,
} from '../../src/engine/index.ts'
import { batchEvents } from '../../src/events/batch-events.ts'
import { buildEvent } from '../../src/events/build-event.ts'
import { collectorBatch, collectorOf } from '../../src/events/delivery/collector-sink.ts'
import type { EventContext, UserEvent } from '../../src/events/event.ts'
import { impressionsOf } from '../../src/events/impression.ts'
import { parseQueuedEvent, type QueuedEvent } from '../../src/events/queued-event.ts'
import type { Question } from './case.ts'
import {
  comparable,
  type EventQuestion,
  type EventUser,
  type LoadedSender,
  type Sent,
  type SentRequest,
} from './event-case.ts'
import { SDK_CLIENT } from './event-oracle.ts'

export function loadEventEngine(datafile: string): LoadedSender {
  const sender = readSender(datafile)
  if (sender === null) return { kind: 'refused' }
  return { kind: 'loaded', send: (asked) => sendAll(eventsOf(sender, asked)) }
}

/** A datafile whose events are sent. */
export interface Sender {
  readonly project: Project
  /** Of those that are no deliveries. */
  readonly experimentIds: ReadonlySet<string>
}

/** `null` for a text that is no datafile. */
export function readSender(text: string): Sender | null {
  const json = parseJson(text)
  const parsed = json.ok ? parseDatafile(json.value) : json
  if (!parsed.ok) return null
  const { datafile } = parsed.value
  const experiments = [...datafile.experiments, ...datafile.groups.flatMap((group) => group.experiments)]
  return { project: compile(datafile), experimentIds: new Set(experiments.map(({ id }) => id)) }
}

function sendAll(events: readonly UserEvent[]): Sent {
  return { kind: 'sent', requests: events.map((event) => sentAlone(throughQueue(event))) }
}

/** As it comes out of the queue. */
export function throughQueue(event: UserEvent): QueuedEvent {
  const facts = { uuid: crypto.randomUUID(), timestampMs: 1_790_000_000_000, client: SDK_CLIENT }
  const parsed = parseQueuedEvent(JSON.parse(JSON.stringify(buildEvent(event, facts))))
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

/** What is sent of one event that has no other beside it. */
export function sentAlone(event: QueuedEvent): SentRequest {
  const [batch] = batchEvents([event], { maxEvents: 10, maxBytes: 3_500_000 })
  if (batch === undefined) throw new Error('An event is in no batch.')
  return { url: collectorOf(batch.region), body: comparable(JSON.stringify(collectorBatch(batch))) }
}

/** What counts of a question. */
export function eventsOf(sender: Sender, asked: EventQuestion): readonly UserEvent[] {
  const { project } = sender
  switch (asked.kind) {
    case 'decide':
      return asked.isDisabled ? [] : impressionsFor(project, asked.question)
    case 'activate':
      return activationOf(sender, asked.experimentKey, asked.user)
    case 'track': {
      const eventId = project.eventIds.get(asked.eventKey)
      const { eventKey, tags = {} } = asked
      if (eventId === undefined) return []
      return [{ kind: 'conversion', ...contextOf(project, asked.user), eventKey, eventId, tags }]
    }
  }
}

function contextOf(project: Project, { userId, attributes }: EventUser): EventContext {
  return { sdkKey: 'shop', project, userId, attributes }
}

/** All that is decided counts, also what is left out of the answer because it is off. */
function impressionsFor(project: Project, { user, ask, options }: Question): readonly UserEvent[] {
  const made = { ...options, enabledFlagsOnly: false }
  const decisions =
    ask.kind === 'one'
      ? [decide(project, ask.flagKey, user, made).decision]
      : ask.kind === 'all'
        ? decideAll(project, user, made).decisions.values()
        : decideForKeys(project, new Set(ask.flagKeys), user, made).decisions.values()
  const origin = contextOf(project, user)
  return [...decisions].flatMap((decision) => (decision.kind === 'decided' ? impressionsOf(decision, origin) : []))
}

/**
 * An experiment by itself, as the SDK's `activate` has it: without holdouts, and with the variation looked up once more. Both are known
 * differences.
 */
function activationOf(
  { project, experimentIds }: Sender,
  experimentKey: string,
  user: EventUser,
): readonly UserEvent[] {
  const rule = project.experimentsByKey.get(experimentKey)
  if (rule === undefined || !experimentIds.has(rule.id)) return []
  const { decision } = decideExperiment({ ...project, holdouts: [] }, { ...rule, localHoldouts: [] }, user)
  if (!decision.ok || decision.value.variation === null) return []
  const { key } = decision.value.variation
  const variation = rule.variations.findLast((one) => one.key === key) ?? null
  const common = { ...contextOf(project, user), flagKey: '', enabled: true }
  return [{ kind: 'impression', ...common, source: 'experiment', rule, variation }]
}
