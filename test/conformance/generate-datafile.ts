/** Whole datafiles, as texts of JSON. */
import fc from 'fast-check'
import { audience, typedAudience } from './generate-audience.ts'
import { deliveryRule, experiment, holdout, variableText } from './generate-rule.ts'
import { flagKey, groupId, jsonText, mostly, RULE_IDS, rolloutId, variableId, variableKey } from './names.ts'

type Fields = Record<string, unknown>

/** Experiments are listed by number, and become ids when it is known which rules there are. */
interface FlagFields extends Fields {
  readonly experimentNumbers: readonly number[]
}

const variable = fc.record(
  {
    id: variableId,
    key: variableKey,
    type: fc.constantFrom('string', 'boolean', 'integer', 'double', 'json', 'someday'),
    subType: mostly(fc.constant(undefined), fc.constantFrom('json', 'other', null), 15),
    defaultValue: variableText,
  },
  { requiredKeys: ['id', 'key', 'type', 'defaultValue'] },
)

const flag: fc.Arbitrary<FlagFields> = fc.record({
  key: flagKey,
  rolloutId: mostly(rolloutId, fc.constantFrom<unknown>('', 'r9', null, undefined), 20),
  experimentNumbers: fc.array(fc.nat(), { maxLength: 4 }),
  variables: fc.array(variable, { maxLength: 4 }),
})

/** Its ranges name rules by number, too. */
const group = fc.record({
  id: groupId,
  policy: mostly(fc.constant('random'), fc.constantFrom<unknown>('overlapping', 'other', null, undefined), 25),
  traffic: fc.array(fc.record({ number: fc.nat(4), endOfRange: fc.constantFrom(0, 2_500, 5_000, 9_999, 10_000) }), {
    maxLength: 4,
  }),
  experiments: fc.array(experiment, { maxLength: 3 }),
})

const rollout = fc.record({ id: rolloutId, experiments: fc.array(deliveryRule, { maxLength: 4 }) })

const parts = fc.record({
  version: fc.constantFrom('2', '3', '4', '4', '4'),
  experiments: fc.array(experiment, { maxLength: 5 }),
  groups: mostly(fc.constant([]), fc.array(group, { maxLength: 2 }), 45),
  rollouts: mostly(fc.array(rollout, { maxLength: 3 }), fc.constant([]), 20),
  featureFlags: fc.array(flag, { minLength: 1, maxLength: 5 }),
  holdouts: mostly(fc.constant([]), fc.array(holdout, { maxLength: 2 }), 30),
  localHoldouts: mostly(fc.constant([]), fc.array(holdout, { maxLength: 3 }), 35),
  audiences: mostly(fc.array(audience, { maxLength: 3 }), fc.constant(null), 3),
  typedAudiences: mostly(fc.array(typedAudience, { minLength: 1, maxLength: 5 }), fc.constant(undefined), 3),
})

type ValueOf<Generator> = Generator extends fc.Arbitrary<infer Value> ? Value : never

/** Lists that are mostly empty have the type of both. */
interface Parts extends Omit<ValueOf<typeof parts>, 'groups' | 'rollouts'> {
  readonly groups: readonly ValueOf<typeof group>[]
  readonly rollouts: readonly ValueOf<typeof rollout>[]
}

/** What a datafile may be without, or have besides. */
const more = fc.record(
  {
    accountId: fc.constant('1'),
    projectId: fc.constant('2'),
    sendFlagDecisions: fc.boolean(),
    botFiltering: fc.boolean(),
    anonymizeIP: fc.boolean(),
    region: fc.constantFrom('US', 'EU'),
    attributes: fc.constant([{ id: '1', key: 'country' }]),
    events: fc.constantFrom([], [{ id: '1', key: 'bought', experimentIds: [] }]),
    integrations: fc.constantFrom<unknown>([], [{ key: 'odp', host: 'https://odp.example', publicKey: 'p' }]),
    somethingNew: fc.constant({ deep: [1] }),
  },
  { requiredKeys: [] },
)

/** A datafile, mostly one that both sides accept. */
export const datafile: fc.Arbitrary<string> = fc
  .tuple(parts, more, mostly(fc.constant(null), fc.constantFrom('version', 'text'), 2))
  .map(([fields, others, fault]) => textOf({ revision: '1', ...others, ...assembled(fields) }, fault))

/** Gives every rule an id of its own, and says by these what flags and groups refer to. */
function assembled({ experiments, groups, rollouts, featureFlags, ...rest }: Parts): Fields {
  const ids = RULE_IDS.values()
  const withId = (rule: Fields): Fields => ({ id: ids.next().value, ...rule })
  const numbered = {
    experiments: experiments.map(withId),
    groups: groups.map(({ experiments, ...fields }) => ({ ...fields, experiments: experiments.map(withId) })),
    rollouts: rollouts.map(({ id, experiments }) => ({ id, experiments: experiments.map(withId) })),
  }
  const { groups: groupFields, ...others } = numbered
  const listed = [...numbered.experiments, ...groupFields.flatMap((group) => group.experiments)]
  const everywhere = [...listed, ...numbered.rollouts.flatMap((rollout) => rollout.experiments)]
  return {
    ...rest,
    ...others,
    groups: groupFields.map(({ traffic, experiments, ...fields }) => ({
      ...fields,
      experiments,
      trafficAllocation: traffic.map(({ number, endOfRange }) => ({
        entityId: experiments[number]?.id ?? (number === 4 ? '' : 'e1'),
        endOfRange,
      })),
    })),
    featureFlags: featureFlags.map(({ experimentNumbers, ...fields }, index) => ({
      id: `f${index}`,
      ...fields,
      experimentIds: experimentIds(experimentNumbers, listed, everywhere),
    })),
  }
}

/** Mostly experiments; one in nine is whatever rule, a delivery rule perhaps. */
function experimentIds(
  numbers: readonly number[],
  listed: readonly Fields[],
  everywhere: readonly Fields[],
): unknown[] {
  return numbers.flatMap((number) => {
    const rules = number % 9 === 0 ? everywhere : listed
    const rule = rules[number % rules.length]
    return rule === undefined ? [] : [rule.id]
  })
}

type Fault = 'version' | 'text' | null

/** Makes the text, at times of a datafile that both sides have to refuse. */
function textOf(fields: Fields, fault: Fault): string {
  switch (fault) {
    case 'version':
      return jsonText({ ...fields, version: '5' })
    case 'text':
      return `\ufeff${jsonText(fields)}`
    case null:
      return jsonText(fields)
  }
}
