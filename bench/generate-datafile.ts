/**
 * The datafile that everything here is measured on, its users, and the same rules as a GrowthBook payload.
 *
 * Each flag has one A/B test for the OR of three audiences and an everyone-else rule, as the Optimizely app writes
 * them: `typedAudiences` beside the placeholder in `audiences`, variables as texts. Pure and without randomness of
 * its own: the same size gives the same file.
 */

export interface BenchUser {
  readonly userId: string
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

/** The key of the n-th flag. */
export function flagKeyOf(index: number): string {
  return `flag_${index}`
}

/** A datafile of version 4 with so many flags, rules and audiences. */
export function generateDatafile(flags: number) {
  const indexes = Array.from({ length: flags }, (_, index) => index)
  return {
    version: '4',
    revision: '42',
    sdkKey: 'bench',
    environmentKey: 'production',
    accountId: '10367498574',
    projectId: '10431130345',
    anonymizeIP: true,
    botFiltering: false,
    sendFlagDecisions: true,
    attributes: ATTRIBUTE_KEYS.map((key, index) => ({ id: String(500 + index), key })),
    events: [{ id: '700', key: 'purchase', experimentIds: indexes.map((index) => ruleId(index)) }],
    audiences: indexes.map((index) => ({ id: audienceId(index), name: audienceName(index), conditions: PLACEHOLDER })),
    typedAudiences: indexes.map((index) => ({
      id: audienceId(index),
      name: audienceName(index),
      conditions: audienceAt(index).optimizely,
    })),
    featureFlags: indexes.map((index) => ({
      id: String(10_000 + index),
      key: flagKeyOf(index),
      rolloutId: rolloutId(index),
      experimentIds: [ruleId(index)],
      variables: VARIABLES.map(({ type, values }, variable) => ({
        id: variableId(index, variable),
        key: `${type}_value`,
        type,
        defaultValue: values[0],
      })),
    })),
    experiments: indexes.map((index) => experiment(index, flags)),
    rollouts: indexes.map((index) => ({ id: rolloutId(index), experiments: [everyoneElse(index)] })),
    groups: [],
    integrations: [],
  }
}

/** The same flags, rules and audiences in GrowthBook's words, its audiences written as flat as its editor does. */
export function generateGrowthBookPayload(flags: number) {
  const features = Array.from({ length: flags }, (_, index) => [
    flagKeyOf(index),
    {
      defaultValue: growthBookValue(false, 0),
      rules: [
        {
          key: ruleKey(index),
          condition: { $or: audiencesOf(index, flags).map((audience) => audienceAt(audience).growthBook) },
          variations: [growthBookValue(true, 0), growthBookValue(true, 1)],
          weights: [0.5, 0.5],
          coverage: 1,
          hashAttribute: 'id',
          hashVersion: 2,
        },
      ],
    },
  ])
  return { features: Object.fromEntries(features) }
}

/** How many flags give a datafile of about so many bytes. */
export function flagsForBytes(bytes: number): number {
  return Math.round(bytes / (JSON.stringify(generateDatafile(200)).length / 200))
}

/** Users of every kind that the audiences tell apart; about half of them are in a given rule's audience. */
export function generateUsers(count: number): readonly BenchUser[] {
  return Array.from({ length: count }, (_, index) => ({
    userId: `user-${index}`,
    attributes: {
      country: COUNTRIES[scramble(index, 1) % COUNTRIES.length] ?? 'se',
      plan: PLANS[scramble(index, 2) % PLANS.length] ?? 'free',
      age: scramble(index, 3) % 100,
      app_version: `${scramble(index, 4) % 5}.${scramble(index, 5) % 10}.0`,
      device: DEVICES[scramble(index, 6) % DEVICES.length] ?? 'iPhone',
      beta: scramble(index, 7) % 4 === 0,
      visits: scramble(index, 8) % 200,
    },
  }))
}

const ATTRIBUTE_KEYS = ['country', 'plan', 'age', 'app_version', 'device', 'beta', 'visits']
const COUNTRIES = ['se', 'no', 'dk', 'fi', 'de', 'fr', 'jp', 'us']
const PLANS = ['free', 'pro', 'team']
const DEVICES = ['iPhone 17', 'Galaxy Tab S11', 'Pixel 11', 'iPad', 'Tablet P12']
const VARIABLES = [
  { type: 'string', values: ['Buy now', 'Add to basket'] },
  { type: 'integer', values: ['10', '25'] },
  { type: 'boolean', values: ['false', 'true'] },
  { type: 'json', values: ['{"columns":2,"order":["price"]}', '{"columns":3,"order":["name","price"]}'] },
] as const

/** What the Optimizely app writes into `audiences` for an audience that is defined in `typedAudiences`. */
const PLACEHOLDER = JSON.stringify([
  'or',
  { match: 'exact', name: '$opt_dummy_attribute', type: 'custom_attribute', value: '$opt_dummy_value' },
])

function experiment(index: number, flags: number) {
  return {
    id: ruleId(index),
    key: ruleKey(index),
    layerId: String(20_000 + index),
    status: 'Running',
    audienceIds: [],
    audienceConditions: ['or', ...audiencesOf(index, flags).map(audienceId)],
    forcedVariations: {},
    trafficAllocation: [
      { entityId: variationId(index, 0), endOfRange: 5_000 },
      { entityId: variationId(index, 1), endOfRange: 10_000 },
    ],
    variations: [0, 1].map((variation) => ({
      id: variationId(index, variation),
      key: `variation_${variation}`,
      featureEnabled: true,
      variables: VARIABLES.map(({ values }, variable) => ({
        id: variableId(index, variable),
        value: values[variation] ?? values[0],
      })),
    })),
  }
}

function everyoneElse(index: number) {
  const id = String(80_000 + index)
  return {
    id,
    key: `default-rollout-${index}`,
    layerId: rolloutId(index),
    status: 'Running',
    audienceIds: [],
    audienceConditions: [],
    forcedVariations: {},
    trafficAllocation: [{ entityId: `${id}1`, endOfRange: 10_000 }],
    variations: [{ id: `${id}1`, key: 'off', featureEnabled: false, variables: [] }],
  }
}

function growthBookValue(enabled: boolean, variation: 0 | 1) {
  const [text, integer, flag, json] = VARIABLES.map(({ values }) => values[variation])
  return {
    enabled,
    string_value: text,
    integer_value: Number(integer),
    boolean_value: flag === 'true',
    json_value: JSON.parse(json ?? '{}'),
  }
}

/** One audience, in both languages. Every user has every attribute, so that "missing" cannot tell them apart. */
function audienceAt(index: number) {
  switch (index % 4) {
    case 0: {
      const countries = [COUNTRIES[index % 8] ?? 'se', COUNTRIES[(index + 3) % 8] ?? 'no']
      const age = 30 + (index % 40)
      return {
        optimizely: all(
          any(...countries.map((country) => condition('country', 'exact', country))),
          any(condition('age', 'gt', age)),
        ),
        growthBook: { country: { $in: countries }, age: { $gt: age } },
      }
    }
    case 1: {
      const plan = PLANS[index % 3] ?? 'pro'
      const version = `${index % 4}.2.0`
      return {
        optimizely: all(any(condition('plan', 'exact', plan)), any(condition('app_version', 'semver_ge', version))),
        growthBook: { plan, app_version: { $vgte: version } },
      }
    }
    case 2:
      return {
        optimizely: all(any(condition('device', 'substring', 'Tab')), ['not', condition('beta', 'exact', true)]),
        growthBook: { device: { $regex: 'Tab' }, $not: { beta: true } },
      }
    default: {
      const visits = 100 + (index % 80)
      return {
        optimizely: all(any(condition('visits', 'ge', visits)), any(condition('beta', 'exact', true))),
        growthBook: { visits: { $gte: visits }, beta: true },
      }
    }
  }
}

function condition(name: string, match: string, value: string | number | boolean) {
  return { type: 'custom_attribute', name, match, value }
}

/** The nesting that the Optimizely app gives every audience. */
function any(...conditions: readonly unknown[]) {
  return ['or', ['or', ...conditions]]
}

function all(...operands: readonly unknown[]) {
  return ['and', ...operands]
}

function audiencesOf(index: number, flags: number): readonly number[] {
  return [index, (index + 1) % flags, (index + 2) % flags]
}

function audienceId(index: number): string {
  return String(30_000 + index)
}

function audienceName(index: number): string {
  return `Audience ${index}`
}

function ruleId(index: number): string {
  return String(40_000 + index)
}

function ruleKey(index: number): string {
  return `rule_${index}`
}

function rolloutId(index: number): string {
  return String(60_000 + index)
}

function variationId(index: number, variation: number): string {
  return `${ruleId(index)}${variation}`
}

function variableId(index: number, variable: number): string {
  return `9${10_000 + index}${variable}`
}

/** A number that looks random, the same every time. */
function scramble(index: number, salt: number): number {
  let mixed = Math.imul(index * 31 + salt, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)
  return (mixed ^ (mixed >>> 13)) >>> 0
}
