import * as sdk from '@optimizely/optimizely-sdk/universal'
import { describe, expect, test } from 'vitest'
import { decide, type Project } from '../../src/engine/index.ts'
import type { Impression } from '../../src/events/event.ts'
import { impressionsOf } from '../../src/events/impression.ts'
import { projectOf } from '../engine/datafile-builder.ts'
import { CASE_FILES } from '../support/cases.ts'

/** What the SDK sends to its collector for one decision, as far as it follows from the decision. */
interface Sent {
  readonly visitorId: string
  readonly revision: string
  readonly experimentId: string
  readonly flagKey: string
  readonly ruleKey: string
  readonly ruleType: string
  readonly variationKey: string
  readonly enabled: boolean
}

/** Datafiles with every kind of rule, and the samples. */
const DATAFILES = CASE_FILES.map(({ name, datafile }) => ({ name, text: JSON.stringify(datafile) }))
const USER_IDS = Array.from({ length: 40 }, (_, index) => `u${index}`)

describe('the impressions of a decision are those that the SDK sends', () => {
  test.each(DATAFILES)('for every flag of $name', ({ text }) => {
    const project = projectOf(JSON.parse(text))
    const questions = [...project.flags.keys()].flatMap((flagKey) => USER_IDS.map((userId) => ({ flagKey, userId })))
    expect(questions.map((each) => ourImpressions(project, each))).toEqual(theirImpressions(text, questions))
  })

  test('a datafile without sendFlagDecisions and one with it are both among them', () => {
    const values = CASE_FILES.map(({ datafile }) => Object.entries(datafile).some(sendsFlagDecisions))
    expect(new Set(values)).toEqual(new Set([true, false]))
  })
})

function sendsFlagDecisions([name, value]: readonly [string, unknown]): boolean {
  return name === 'sendFlagDecisions' && value === true
}

interface Asked {
  readonly flagKey: string
  readonly userId: string
}

function ourImpressions(project: Project, { flagKey, userId }: Asked): readonly Sent[] {
  const { decision } = decide(project, flagKey, { userId, attributes: {} })
  if (decision.kind === 'failed') return []
  return impressionsOf(decision, { sdkKey: 'shop', userId, attributes: {}, project }).map(sentFrom)
}

function sentFrom({ userId, project, rule, flagKey, source, variation, enabled }: Impression): Sent {
  return {
    visitorId: userId,
    revision: project.revision,
    experimentId: rule?.id ?? '',
    flagKey,
    ruleKey: rule?.key ?? '',
    ruleType: source,
    variationKey: variation?.key ?? '',
    enabled,
  }
}

/** Nothing where the SDK throws, which is where our decision has failed. */
function theirImpressions(datafile: string, questions: readonly Asked[]): readonly (readonly Sent[])[] {
  const sent: sdk.LogEvent[] = []
  const client = clientOf(datafile, sent)
  return questions.map(({ flagKey, userId }) => {
    sent.length = 0
    try {
      client.createUserContext(userId).decide(flagKey)
    } catch {
      return []
    }
    return sent.flatMap(({ params }) => sentIn(params))
  })
}

function clientOf(datafile: string, sent: sdk.LogEvent[]): sdk.Client {
  return sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile }),
    eventProcessor: sdk.createForwardingEventProcessor({
      dispatchEvent: async (event) => {
        sent.push(event)
        return {}
      },
    }),
    requestHandler: {
      makeRequest: () => {
        throw new Error('There is no network here.')
      },
    },
  })
}

/** The body of an event, as far as it is looked at. */
interface EventBody {
  readonly revision: string
  readonly visitors: readonly {
    readonly visitor_id: string
    readonly snapshots: readonly {
      readonly decisions: readonly {
        readonly experiment_id: string
        readonly metadata: {
          readonly flag_key: string
          readonly rule_key: string
          readonly rule_type: string
          readonly variation_key: string
          readonly enabled: boolean
        }
      }[]
    }[]
  }[]
}

function sentIn(params: object): readonly Sent[] {
  // The SDK's own type says nothing of what it sends; a difference shows in the comparison.
  const { revision, visitors } = params as EventBody
  return visitors.flatMap(({ visitor_id: visitorId, snapshots }) =>
    snapshots.flatMap(({ decisions }) =>
      decisions.map(({ experiment_id: experimentId, metadata }) => ({
        visitorId,
        revision,
        experimentId,
        flagKey: metadata.flag_key,
        ruleKey: metadata.rule_key,
        ruleType: metadata.rule_type,
        variationKey: metadata.variation_key,
        enabled: metadata.enabled,
      })),
    ),
  )
}
