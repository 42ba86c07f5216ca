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

/** A flag as OptimizelyConfig describes it. */
interface FeatureConfig {
  readonly id: string
  readonly key: string
  readonly experimentRules: readonly ExperimentConfig[]
  readonly deliveryRules: readonly ExperimentConfig[]
  readonly experimentsMap: Readonly<Record<string, ExperimentConfig>>
  readonly variablesMap: Readonly<Record<string, unknown>>
}

/** What describing one rule needs of the others. */
interface Describing {
  /** Audience id to name. */
  readonly names: ReadonlyMap<string, string>
  /** Of all flags, by id: the last of an id wins. */
  readonly variables: ReadonlyMap<string, VariableEntry>
  /** Rollout id to delivery rules. */
  readonly rollouts: ReadonlyMap<string, readonly ExperimentEntry[]>
}

/** The OptimizelyConfig of a datafile: what the Agent answers on `GET /v1/config`. */
export function optimizelyConfig(datafile: Datafile): Readonly<Record<string, unknown>> {
  const describing: Describing = {
    names: audienceNames(datafile),
    variables: new Map(datafile.featureFlags.flatMap(({ variables }) => variables.map((each) => [each.id, each]))),
    rollouts: new Map(datafile.rollouts.map((rollout) => [rollout.id, rollout.experiments])),
  }
  const configs = experimentConfigs(datafile, describing)
  return {
    environmentKey: datafile.environmentKey ?? '',
    sdkKey: datafile.sdkKey ?? '',
    revision: datafile.revision,
    experimentsMap: byKey(configs.values()),
    featuresMap: byKey(datafile.featureFlags.map((flag) => featureConfig(flag, configs, describing))),
    attributes: datafile.attributes,
    audiences: audienceConfigs(datafile),
    events: datafile.events,
  }
}

/** Experiments by id. A Feature Rollout also has the variation of everyone else, once for each flag that it is of. */
function experimentConfigs(
  { experiments, groups, featureFlags }: Datafile,
  describing: Describing,
): ReadonlyMap<string, ExperimentConfig> {
  const flags = flagsOfExperiments(featureFlags)
  const entries = [...experiments, ...groups.flatMap((group) => group.experiments)]
  return new Map(
    entries.map((entry) => {
      const ofEntry = flags.get(entry.id) ?? []
      const added = entry.type === 'fr' ? ofEntry.flatMap((flag) => everyoneElseOf(flag, describing)) : []
      const variations = [...entry.variations, ...added]
      return [entry.id, experimentConfig({ ...entry, variations }, ofEntry[0], describing)]
    }),
  )
}

function everyoneElseOf({ rolloutId }: FeatureFlagEntry, { rollouts }: Describing): readonly VariationEntry[] {
  return (
    rollouts
      .get(rolloutId ?? '')
      ?.at(-1)
      ?.variations.slice(0, 1) ?? []
  )
}

function featureConfig(
  flag: FeatureFlagEntry,
  configs: ReadonlyMap<string, ExperimentConfig>,
  describing: Describing,
): FeatureConfig {
  const { id, key, variables, experimentIds, rolloutId } = flag
  const experimentRules = experimentIds.flatMap((experimentId) => configs.get(experimentId) ?? [])
  const delivery = describing.rollouts.get(rolloutId ?? '') ?? []
  const deliveryRules = delivery.map((entry) => experimentConfig(entry, flag, describing))
  const variablesMap = byKey(variables.map((variable) => variableConfig(variable, variable.defaultValue)))
  return { id, key, experimentRules, deliveryRules, experimentsMap: byKey(experimentRules), variablesMap }
}

/** An experiment that several flags share is described with the variables of the first. */
function experimentConfig(
  { id, key, variations, audienceSource, audienceField }: ExperimentEntry,
  flag: FeatureFlagEntry | undefined,
  { names, variables }: Describing,
): ExperimentConfig {
  const conditions = audienceField === 'audienceConditions' ? audienceSource : undefined
  const defaults = (flag?.variables ?? []).map((variable) => variableConfig(variable, variable.defaultValue))
  const describe = (variation: VariationEntry) => {
    const { featureEnabled } = variation
    const variablesMap = byKey([...defaults, ...ownVariables(variation, variables)])
    return { id: variation.id, key: variation.key, featureEnabled, variablesMap }
  }
  return { id, key, audiences: audiencesText(conditions, names), variationsMap: byKey(variations.map(describe)) }
}

/** What a variation sets, also of variables of other flags; the defaults where it is off. */
function ownVariables({ variables: values, featureEnabled }: VariationEntry, variables: Describing['variables']) {
  return [...(values ?? [])].flatMap(([id, value]) => {
    const variable = variables.get(id)
    return variable === undefined ? [] : variableConfig(variable, featureEnabled ? value : variable.defaultValue)
  })
}

function variableConfig({ id, key, type }: VariableEntry, value: string) {
  return { id, key, type, value }
}

/** Experiment id to the flags that it is of, in datafile order. */
function flagsOfExperiments(flags: readonly FeatureFlagEntry[]): ReadonlyMap<string, readonly FeatureFlagEntry[]> {
  const flagsOf = new Map<string, FeatureFlagEntry[]>()
  for (const flag of flags) {
    for (const id of flag.experimentIds) {
      const known = flagsOf.get(id)
      if (known === undefined) flagsOf.set(id, [flag])
      else known.push(flag)
    }
  }
  return flagsOf
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

/** A list in a list stands in parentheses, also an empty one. */
function operandText(condition: JsonValue, names: ReadonlyMap<string, string>): string {
  if (Array.isArray(condition)) return `(${audiencesText(condition, names)})`
  return isJsonObject(condition) ? '' : audiencesText(String(condition), names)
}

function byKey<Entry extends { readonly key: string }>(entries: Iterable<Entry>): Readonly<Record<string, Entry>> {
  return Object.fromEntries([...entries].map((entry) => [entry.key, entry]))
}
