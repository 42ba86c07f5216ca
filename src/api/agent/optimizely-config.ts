import { isJsonObject, type JsonValue } from '../../base/json.ts'
import type { Datafile } from '../../engine/index.ts'

type ExperimentEntry = Datafile['experiments'][number]
type FeatureFlagEntry = Datafile['featureFlags'][number]
type VariationEntry = ExperimentEntry['variations'][number]
type VariableEntry = FeatureFlagEntry['variables'][number]

/** A rule as OptimizelyConfig describes it. */
interface ExperimentConfig {
  readonly id: string
  readonly key: string
  readonly audiences: string
  readonly variationsMap: Readonly<Record<string, unknown>>
}

/** The OptimizelyConfig of a datafile: what the Agent answers on `GET /v1/config`. */
export function optimizelyConfig(datafile: Datafile): Readonly<Record<string, unknown>> {
  const names = audienceNames(datafile)
  const describe = (entry: ExperimentEntry, flag: FeatureFlagEntry | undefined) => experimentConfig(entry, flag, names)
  const experiments = [...datafile.experiments, ...datafile.groups.flatMap((group) => group.experiments)]
  const flagsOfExperiments = firstFlags(datafile.featureFlags)
  const configs = new Map(experiments.map((entry) => [entry.id, describe(entry, flagsOfExperiments.get(entry.id))]))
  const rollouts = new Map(datafile.rollouts.map((rollout) => [rollout.id, rollout.experiments]))
  return {
    environmentKey: datafile.environmentKey ?? '',
    sdkKey: datafile.sdkKey ?? '',
    revision: datafile.revision,
    experimentsMap: byKey(configs.values()),
    featuresMap: Object.fromEntries(
      datafile.featureFlags.map((flag) => {
        const experimentRules = flag.experimentIds.flatMap((id) => configs.get(id) ?? [])
        const deliveryRules = (rollouts.get(flag.rolloutId ?? '') ?? []).map((entry) => describe(entry, flag))
        return [flag.key, featureConfig(flag, experimentRules, deliveryRules)]
      }),
    ),
    attributes: datafile.attributes,
    audiences: audienceConfigs(datafile),
    events: datafile.events,
  }
}

function featureConfig(
  { id, key, variables }: FeatureFlagEntry,
  experimentRules: readonly ExperimentConfig[],
  deliveryRules: readonly ExperimentConfig[],
): Readonly<Record<string, unknown>> {
  const variablesMap = byKey(variables.map((variable) => variableConfig(variable, variable.defaultValue)))
  return { id, key, experimentRules, deliveryRules, experimentsMap: byKey(experimentRules), variablesMap }
}

function experimentConfig(
  { id, key, variations, audienceSource, audienceField }: ExperimentEntry,
  flag: FeatureFlagEntry | undefined,
  names: ReadonlyMap<string, string>,
): ExperimentConfig {
  const conditions = audienceField === 'audienceConditions' ? audienceSource : undefined
  const variables = flag?.variables ?? []
  return {
    id,
    key,
    audiences: audiencesText(conditions, names),
    variationsMap: byKey(variations.map((variation) => variationConfig(variation, variables))),
  }
}

/** A variation with all variables of its flag: its own values where it is enabled, else the defaults. */
function variationConfig(variation: VariationEntry, variables: readonly VariableEntry[]) {
  const { id, key, featureEnabled } = variation
  const variablesMap = byKey(
    variables.map((variable) => {
      const own = featureEnabled ? variation.variables?.get(variable.id) : undefined
      return variableConfig(variable, own ?? variable.defaultValue)
    }),
  )
  return { id, key, featureEnabled, variablesMap }
}

function variableConfig({ id, key, type }: VariableEntry, value: string) {
  return { id, key, type, value }
}

/** An experiment that several flags share is described with the variables of the first. */
function firstFlags(flags: readonly FeatureFlagEntry[]): ReadonlyMap<string, FeatureFlagEntry> {
  const first = new Map<string, FeatureFlagEntry>()
  for (const flag of flags) {
    for (const id of flag.experimentIds) {
      if (!first.has(id)) first.set(id, flag)
    }
  }
  return first
}

/** Typed audiences first; conditions that the datafile has as text stay as they are. */
function audienceConfigs({ audiences, typedAudiences }: Datafile) {
  const typedIds = new Set(typedAudiences.map(({ id }) => id))
  const untyped = audiences.filter(({ id }) => !typedIds.has(id) && id !== '$opt_dummy_audience')
  return [...typedAudiences, ...untyped].map(({ id, name, conditionsSource }) => ({
    id,
    name,
    conditions: typeof conditionsSource === 'string' ? conditionsSource : JSON.stringify(conditionsSource),
  }))
}

function audienceNames({ audiences, typedAudiences }: Datafile): ReadonlyMap<string, string> {
  return new Map([...audiences, ...typedAudiences].map(({ id, name }) => [id, name]))
}

const OPERATORS: ReadonlySet<JsonValue> = new Set(['and', 'or', 'not'])

/** Conditions for people: `"Gold" AND NOT ("Trial" OR "Staff")`. */
function audiencesText(conditions: JsonValue | undefined, names: ReadonlyMap<string, string>): string {
  if (typeof conditions === 'string') return `"${names.get(conditions) ?? conditions}"`
  if (!Array.isArray(conditions)) return ''
  let operator = ''
  let text = ''
  for (const condition of conditions) {
    if (OPERATORS.has(condition)) operator = String(condition).toUpperCase()
    else text = joined(text, operator, operandText(condition, names))
  }
  return text
}

function joined(text: string, operator: string, operand: string): string {
  if (operand === '') return text
  if (text !== '') return `${text} ${operator || 'OR'} ${operand}`
  return operator === 'NOT' ? `NOT ${operand}` : operand
}

function operandText(condition: JsonValue, names: ReadonlyMap<string, string>): string {
  if (!Array.isArray(condition)) return isJsonObject(condition) ? '' : audiencesText(String(condition), names)
  const text = audiencesText(condition, names)
  return text === '' ? '' : `(${text})`
}

function byKey<Entry extends { readonly key: string }>(entries: Iterable<Entry>): Readonly<Record<string, Entry>> {
  return Object.fromEntries([...entries].map((entry) => [entry.key, entry]))
}
