/** Counts what compared events come to, so that a comparison of nothing is seen for what it is. */
import type { EventAgreement } from './compare-events.ts'
import type { EventQuestion } from './event-case.ts'

/** A request, as far as it is counted. */
interface Body {
  readonly url: string
  readonly anonymize_ip: boolean
  readonly visitors: readonly [
    {
      readonly attributes: readonly { readonly entity_id: string; readonly key: string; readonly value: unknown }[]
      readonly snapshots: readonly [
        {
          readonly decisions?: readonly [Decision]
          readonly events: readonly [{ readonly tags?: object; readonly value?: unknown; readonly revenue?: number }]
        },
      ]
    },
  ]
}

interface Decision {
  readonly campaign_id: string | null
  readonly experiment_id: string
  readonly variation_id: string | null
  readonly metadata: {
    readonly flag_key: string
    readonly rule_type: string
    readonly variation_key: string
    readonly enabled: boolean
  }
}

interface Reached {
  readonly asked: EventQuestion
  readonly bodies: readonly Body[]
}

type Kind = (reached: Reached) => boolean

export const EVENT_KINDS = {
  'an experiment of a flag counts': ofRule('feature-test'),
  'a delivery counts': ofRule('rollout'),
  'a holdout counts': ofRule('holdout'),
  'an experiment that is asked for itself counts': ofRule('experiment'),
  'a delivery and the holdout beside it both count': ({ bodies }) => bodies.some(isBesideDelivery),
  'nothing matches, and that counts': decision((one) => one.experiment_id === '' && one.metadata.variation_key === ''),
  'a flag is forced without a rule': decision((one) => one.campaign_id === null && one.metadata.variation_key !== ''),
  'a decision counts for nothing': ({ asked, bodies }) => asksForOne(asked) && bodies.length === 0,
  'counting is off': ({ asked }) => asked.kind === 'decide' && asked.isDisabled,
  'flags that are off are left out of the answer': ({ asked, bodies }) => leavesOut(asked) && bodies.some(isOff),
  'a flag is on': decision(({ metadata }) => metadata.enabled),
  'the campaign is the layer': decision((one) => one.campaign_id !== null && one.campaign_id !== one.experiment_id),
  'the campaign is the experiment': decision((one) => one.campaign_id === one.experiment_id),
  'the id of a variation is sent': decision((one) => one.variation_id !== null),
  'the id of a variation is withheld': decision(
    (one) => one.variation_id === null && one.metadata.variation_key !== '',
  ),
  'attributes are sent': attribute(({ key }) => !key.startsWith('$opt_')),
  'an attribute that the datafile does not know is sent': attribute((one) => one.key === one.entity_id),
  'an attribute is the largest number': attribute(({ value }) => value === 2 ** 53),
  'attributes are withheld': ({ asked, bodies }) =>
    asked.kind !== 'decide' &&
    bodies.some((body) => attributesIn(body).length < Object.keys(asked.user.attributes).length),
  'bots are left out': attribute(({ key, value }) => key === '$opt_bot_filtering' && value === true),
  'bots are kept': attribute(({ key, value }) => key === '$opt_bot_filtering' && value === false),
  'nothing is said of bots': body((one) => attributesIn(one).every(({ key }) => key !== '$opt_bot_filtering')),
  'addresses are kept': body((one) => !one.anonymize_ip),
  'addresses are anonymized': body((one) => one.anonymize_ip),
  'it goes to Europe': body(({ url }) => url.startsWith('https://eu.')),
  'it goes to America': body(({ url }) => url.startsWith('https://logx.')),
  'a conversion has neither revenue nor value': conversion(
    (one) => one.revenue === undefined && one.value === undefined,
  ),
  'a conversion has revenue': conversion((one) => one.revenue !== undefined && one.value === undefined),
  'a conversion has a value': conversion((one) => one.revenue === undefined && typeof one.value === 'number'),
  'a conversion has both': conversion((one) => one.revenue !== undefined && one.value !== undefined),
  'a conversion has negative revenue': conversion((one) => (one.revenue ?? 0) < 0),
  'a value is no number, and sent': conversion((one) => one.value !== undefined && typeof one.value !== 'number'),
  'a conversion has no tags': conversion((one) => one.tags === undefined),
  'all tags of a conversion are empty': conversion((one) => Object.keys(one.tags ?? { none: 1 }).length === 0),
  'an event is unknown': ({ asked, bodies }) => asked.kind === 'track' && bodies.length === 0,
} as const satisfies Record<string, Kind>

export type EventKind = keyof typeof EVENT_KINDS

export interface EventTally {
  questions: number
  events: number
  readonly kinds: Map<EventKind, number>
}

export function emptyEventTally(): EventTally {
  return { questions: 0, events: 0, kinds: new Map() }
}

/** Adds one agreement. */
export function countEvents(tally: EventTally, { asked, sent }: EventAgreement): void {
  if (sent.kind === 'threw') return
  const bodies = sent.requests.map(({ url, body: text }): Body => ({ ...JSON.parse(text), url }))
  tally.questions++
  tally.events += bodies.length
  for (const [name, holds] of Object.entries(EVENT_KINDS)) {
    const kind = name as EventKind
    if (holds({ asked, bodies })) tally.kinds.set(kind, (tally.kinds.get(kind) ?? 0) + 1)
  }
}

function asksForOne(asked: EventQuestion): boolean {
  return asked.kind === 'decide' && asked.question.ask.kind === 'one' && !asked.isDisabled
}

function leavesOut(asked: EventQuestion): boolean {
  return (
    asked.kind === 'decide' && asked.question.ask.kind !== 'one' && asked.question.options.enabledFlagsOnly === true
  )
}

/** The event before is of the same flag. */
function isBesideDelivery(one: Body, index: number, all: readonly Body[]): boolean {
  const [before, own] = [all[index - 1], one].map((each) => each && decisionsIn(each)[0]?.metadata)
  return before?.rule_type === 'rollout' && own?.rule_type === 'holdout' && before.flag_key === own.flag_key
}

function isOff(one: Body): boolean {
  return decisionsIn(one).some(({ metadata }) => !metadata.enabled)
}

function ofRule(type: string): Kind {
  return decision(({ metadata }) => metadata.rule_type === type)
}

function body(holds: (body: Body) => boolean): Kind {
  return ({ bodies }) => bodies.some(holds)
}

function decision(holds: (decision: Decision) => boolean): Kind {
  return body((one) => decisionsIn(one).some(holds))
}

type Attribute = ReturnType<typeof attributesIn>[number]

function attribute(holds: (attribute: Attribute) => boolean): Kind {
  return body((one) => attributesIn(one).some(holds))
}

type Conversion = Body['visitors'][0]['snapshots'][0]['events'][0]

function conversion(holds: (conversion: Conversion) => boolean): Kind {
  return body(
    ({
      visitors: [
        {
          snapshots: [
            {
              decisions,
              events: [event],
            },
          ],
        },
      ],
    }) => decisions === undefined && holds(event),
  )
}

function decisionsIn({
  visitors: [
    {
      snapshots: [{ decisions }],
    },
  ],
}: Body): readonly Decision[] {
  return decisions ?? []
}

function attributesIn({ visitors: [{ attributes }] }: Body): Body['visitors'][0]['attributes'] {
  return attributes
}
